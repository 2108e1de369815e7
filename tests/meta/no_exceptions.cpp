// An engine in a program without exceptions and without type information: errors go to the handler, which may jump back,
// and what was there before goes on.
#include <hone/engine.hpp>
#include <hone/hw/catalogue/any.hpp>
#include <hone/run/report.hpp>
#include <hone/run/selection.hpp>

#include <csetjmp>
#include <cstdio>
#include <cstring>

#include "networks.hpp"

namespace {

namespace nn = hone::nn;
struct net : hone::model<nn::input<12>, nn::dense<16>, nn::relu, nn::dense<6>> {};
using engine = hone::engine<net, hone::hw::any>;

std::jmp_buf before;
char what[64];

// Whether the work is refused with these words.
template <class Work>
bool refused(char const* words, Work work) {
  if (setjmp(before) == 0) {
    work();
    std::printf("not refused: %s\n", words);
    return false;
  }
  if (std::strcmp(what, words) == 0) return true;
  std::printf("refused with '%s' instead of '%s'\n", what, words);
  return false;
}

}  // namespace

int main() {
  hone::on_error() = [](hone::error_parts const& parts) {
    std::snprintf(what, sizeof what, "%s", parts.what);
    std::longjmp(before, 1);
  };
  static hone::tensor_set const good = networks::parameters_of(net::description, 1);
  static std::vector<float> const x = networks::input_of({1, 1, 12}, 1, false);
  static engine running(good);
  float const first = running(x)[0];
  bool const fine =
      refused("cannot find a tensor", [] { engine(hone::tensor_set{}); }) &&
      refused("cannot use this adaptation", [] { engine(good, {.sample_period = 0}); }) &&
      refused("cannot set this selection", [] { running.set(hone::selection{}); }) &&
      refused("cannot read a selection", [] { hone::selection_from("nonsense"); });
  return fine && running(x)[0] == first ? 0 : 1;
}
