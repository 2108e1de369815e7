// The whole life of a network, on real data: described, predicted, trained, specialised, stored, deployed, run, adapted.
#include "learn.hpp"
#include "model.hpp"
#include "report.hpp"
#include "serve.hpp"
#include "terminal.hpp"

#include <hone/hw/catalogue/cortex_a53.hpp>
#include <hone/hw/catalogue/cortex_m7.hpp>
#include <hone/hw/catalogue/neoverse_n1.hpp>
#include <hone/hw/catalogue/nvidia_h200.hpp>
#include <hone/hw/catalogue/tpu_v4i.hpp>
#include <hone/hw/catalogue/zen4.hpp>

#include <fmt/format.h>

#include <getopt.h>
#include <cstdlib>
#include <stdexcept>

namespace digits {
namespace {

using namespace hone::literals;

// The budget, checked by the compiler before anything is trained.
static_assert(hone::predict<network, hw::sapphire_rapids>().latency < 150_us);
static_assert(hone::require<network_int8, hw::haswell, 250000>());

struct settings {
  learning how{"examples/data/digits.csv", "digits.hone.db"};
  std::string report{"digits-report.html"}, export_to;
  double seconds{4};
};

constexpr char const* usage = R"(digits: the life of a small network, on this machine

  --data FILE        the images, a CSV file            (examples/data/digits.csv)
  --repository FILE  where the artifacts are stored    (digits.hone.db)
  --report FILE      the page with the results         (digits-report.html)
  --seed N           of the initial weights and the order of images (1)
  --epochs N         of training                       (35)
  --environments N   sampled for specialisation        (6)
  --seconds S        the network runs and adapts       (4)
  --export DIR       train one seed and write it for the benchmarks, nothing else
)";

[[noreturn]] void wrong_usage(char const* why) {
  fmt::print(stderr, "digits: {}\n{}", why, usage);
  std::exit(2);
}
long number(char const* text, char const* option, long least) {
  char* end{};
  long const v = std::strtol(text, &end, 10);
  if (*text == 0 || *end != 0 || v < least || v > 1'000'000)
    wrong_usage(fmt::format("{} wants a whole number from {} up, not '{}'", option, least, text).c_str());
  return v;
}
settings parse(int argc, char** argv) {
  settings s;
  option const options[]{
      {"data", 1, nullptr, 'd'},    {"repository", 1, nullptr, 'r'},
      {"report", 1, nullptr, 'o'},  {"seed", 1, nullptr, 's'},
      {"epochs", 1, nullptr, 'e'},  {"environments", 1, nullptr, 'n'},
      {"seconds", 1, nullptr, 't'}, {"export", 1, nullptr, 'x'},
      {"help", 0, nullptr, 'h'},    {}};
  opterr = 0;
  for (int c; (c = getopt_long(argc, argv, ":h", options, nullptr)) != -1;) switch (c) {
      case 'd': s.how.data = optarg; break;
      case 'r': s.how.repository = optarg; break;
      case 'o': s.report = optarg; break;
      case 's': s.how.seed = static_cast<std::uint64_t>(number(optarg, "--seed", 0)); break;
      case 'e': s.how.epochs = static_cast<int>(number(optarg, "--epochs", 1)); break;
      case 'n': s.how.environments = static_cast<int>(number(optarg, "--environments", 1)); break;
      case 't': s.seconds = static_cast<double>(number(optarg, "--seconds", 1)); break;
      case 'x': s.export_to = optarg; break;
      case 'h': fmt::print("{}", usage); std::exit(0);
      case ':': wrong_usage(fmt::format("{} wants a value", argv[optind - 1]).c_str());
      default: wrong_usage(fmt::format("there is no option {}", argv[optind - 1]).c_str());
    }
  if (optind < argc) wrong_usage(fmt::format("unexpected '{}'", argv[optind]).c_str());
  return s;
}

// Step 2, computed by the compiler.
template <class Network, class Machine>
prediction_row predicted(char const* what) {
  constexpr hone::shal::prediction p = hone::predict<Network, Machine>();
  return {fmt::format("{}{}", Machine::value.name, what),
          hone::name(Machine::value.kind),
          p.latency.value / 1e3,
          p.cold_latency.value / 1e3,
          p.throughput,
          p.traffic().value / 1024,
          p.arena.value / 1024,
          p.energy.value / 1e6};
}
std::vector<prediction_row> predictions() {
  return {predicted<network, hw::sapphire_rapids>(""),   predicted<network, hw::zen4>(""),
          predicted<network, hw::skylake_x>(""),         predicted<network, hw::haswell>(""),
          predicted<network, hw::neoverse_n1>(""),       predicted<network, hw::cortex_a53>(""),
          predicted<network, hw::cortex_m7>(""),         predicted<network, hw::nvidia_h200>(""),
          predicted<network_int8, hw::tpu_v4i>(", int8")};
}

void show_facts(std::vector<fact> const& facts) {
  std::vector<std::vector<std::string>> rows;
  for (fact const& f : facts) rows.push_back({f.name, f.value});
  print_table(rows, 2);
}

void show(std::string const& sentence) {
  fmt::print("   ");
  print_wrapped(sentence, 3);
}

void run(settings s) {
  report r;
  check_place(s.report);
  heading(1, "Machine");
  s.how.machine = describe_machine(r);
  show_facts(r.machine);
  show(r.counters);

  heading(2, "Predict: f32, before any training, computed by the compiler");
  r.predictions = predictions();
  std::vector<std::vector<std::string>> rows{
      {"profile", "warm us", "cold us", "calls/s", "traffic KB", "arena KB", "energy uJ"}};
  for (auto const& p : r.predictions)
    rows.push_back({p.profile, fmt::format("{:.2f}", p.latency_us), fmt::format("{:.2f}", p.cold_us),
                    fmt::format("{:.0f}", p.per_second), fmt::format("{:.0f}", p.traffic_kb),
                    fmt::format("{:.1f}", p.arena_kb), fmt::format("{:.1f}", p.energy_uj)});
  print_table(rows);

  heading(3, "Train, specialise for sampled environments, store");
  progress_bar training("training    "), specialising("specialising");
  learned const l = learn(s.how, [&](char const* what, int done, int all, std::string const& note) {
    (what[0] == 't' ? training : specialising).at(done, all, note);
  });
  r.epochs = l.epochs, r.environments = l.environments;
  r.training_images = l.training_images, r.test_images = l.test_labels.size(), r.base_accuracy = l.base_accuracy;
  fmt::print("   base model: {:.2f}% of {} test images right ({} for training)\n", l.base_accuracy, r.test_images,
             l.training_images);

  heading(4, "Specialised");
  rows = {{"environment", "choices", "before %", "after %", "latency us", "energy uJ", "memory KB", "artifact KB"}};
  for (auto const& e : r.environments)
    rows.push_back({e.name, e.choices, fmt::format("{:.2f}", e.before), fmt::format("{:.2f}", e.after),
                    fmt::format("{:.2f}", e.latency_us), fmt::format("{:.1f}", e.energy_uj),
                    fmt::format("{:.1f}", e.memory_kb), fmt::format("{:.1f}", e.artifact_kb)});
  print_table(rows, 2);

  heading(5, "Store");
  show_facts(stored(s.how.repository));

  heading(6, "Deploy");
  server serving(s.how.repository, l.test_pixels, l.test_labels);
  serving.deploy(r);
  show(r.served);
  show_facts(r.deployment);
  fmt::print("   the same from a shell:\n   {}\n", r.shell);

  heading(7, "Run and adapt");
  show("Every precision and instruction set of this machine:");
  serving.measure(r);
  rows = {{"precision", "variant", "predicted us", "measured us", "off"}};
  for (auto const& m : r.measured)
    rows.push_back({m.precision, m.variant, fmt::format("{:.2f}", m.predicted_us), fmt::format("{:.2f}", m.measured_us),
                    fmt::format("{:+.0f}%", 100 * (m.predicted_us / m.measured_us - 1))});
  print_table(rows, 2);
  serving.adapt(r, s.seconds);
  fmt::print("\n");
  show(r.adapted + " Its subgraphs, in us:");
  rows = {{"subgraph", "variant", "predicted", "measured", "share"}};
  for (auto const& g : r.subgraphs)
    rows.push_back({g.operations, g.variant, fmt::format("{:.2f}", g.predicted_us),
                    fmt::format("{:.2f}", g.measured_us), fmt::format("{:.0f}%", 100 * g.share)});
  print_table(rows, 2);
  std::size_t const shown = r.changes.size() < 12 ? r.changes.size() : 12;
  if (r.changes.empty()) {
    fmt::print("\n   nothing changed\n");
  } else {
    fmt::print("\n   what changed{}:\n",
               shown < r.changes.size() ? fmt::format(", the last {} of {}", shown, r.changes.size()) : "");
  }
  for (std::size_t i = r.changes.size() - shown; i < r.changes.size(); ++i)
    fmt::print("   call {:>9}: {}\n", r.changes[i].call, r.changes[i].what);

  heading(8, "Report");
  write_report(r, s.report);
  fmt::print("   {}\n", s.report);
}

}  // namespace
}  // namespace digits

int main(int argc, char** argv) {
  digits::settings const s = digits::parse(argc, argv);
  try {
    if (s.export_to.empty()) {
      digits::run(s);
    } else {
      digits::progress_bar training("training    "), specialising("specialising");
      auto const percent =
          digits::export_seed(s.how, s.export_to, [&](char const* what, int done, int all, std::string const& note) {
            (what[0] == 't' ? training : specialising).at(done, all, note);
          });
      fmt::print("{}: f32 {:.2f}%, bf16 {:.2f}%, int8 {:.2f}%\n", s.export_to, percent[0], percent[1], percent[2]);
    }
    if (std::fflush(stdout) != 0) throw std::runtime_error("what was printed could not be written");
  } catch (std::exception const& e) {
    fmt::print(stderr, "digits: {}\n", e.what());
    return 1;
  }
  return 0;
}
