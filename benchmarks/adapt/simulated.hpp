#pragma once
// The agent on simulated machines: plans of all kinds on machines of the catalogue, as SHAL prices them.
#include <hone/run/training.hpp>

#include <string>
#include <vector>

namespace bench::adapt {

/// What an agent lost, in percent of the time that the best selection takes, known beforehand; means over machines.
struct simulated_regret {
  std::string agent;
  double stationary{};  ///< times stay as they are, but for noise and interruptions
  double usual{};       ///< the clock changes now and then, and seldom a variant (hone::departure)
  double restless{};    ///< a variant becomes slower or faster every fifty timed calls
};
/// SHAL's first choice, kept; the agent with the policy that training starts from; the agent as it is.
std::vector<simulated_regret> simulate();

/// How hone::pretrained came to be: trains one policy for all plans and machines.
hone::training_result train(int episodes);

}  // namespace bench::adapt
