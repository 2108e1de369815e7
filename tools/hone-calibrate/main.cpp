// hone-calibrate: measures this machine and writes its profiles, a machine type for each instruction set, as a header.
#include <hone/hw/detect.hpp>
#include <hone/hw/nearest.hpp>
#include <hone/run/measure_rates.hpp>
#include <hone/run/profile_header.hpp>
#include <hone/shal/ranking.hpp>

#include <cstdio>
#include <ctime>
#include <filesystem>
#include <fstream>

#include "networks.hpp"
#include "tools/support/program.hpp"

#if defined(__linux__)
#include <sched.h>
#include <unistd.h>
#endif

namespace {

namespace calibration = hone::calibration;
using calibration::family;
using calibration::timed;

// Text as printf makes it.
template <class... T>
std::string print(char const* format, T... values) {
  std::string out(static_cast<std::size_t>(std::snprintf(nullptr, 0, format, values...)), ' ');
  std::snprintf(out.data(), out.size() + 1, format, values...);
  return out;
}

// One line on stderr that grows, where somebody looks.
class progress_line {
 public:
  calibration::progress step(char const* what, double from, double to) const {
    return [this, what, from, to](double done) { show(what, from + (to - from) * done); };
  }
  void show(char const* what, double done) const {
    if (visible_) std::fprintf(stderr, "\r%3.0f %%  %-40s", 100 * done, what), std::fflush(stderr);
  }
  void end() const {
    if (visible_) std::fprintf(stderr, "\r%48s\r", "");
  }

 private:
#if defined(__linux__)
  bool visible_ = isatty(2) != 0;
#else
  bool visible_ = false;
#endif
};

// The file under a name of its own until it is whole; opened at once, so that what cannot be written is said at once.
class output_file {
 public:
  explicit output_file(std::string path) : path_(std::move(path)), part_(path_ + ".part") {
    if (path_.empty() || path_.back() == '/' || std::filesystem::is_directory(path_))
      hone::raise("cannot write the profile", hone::message() << "'" << path_.c_str() << "' is a folder, or no name",
                  "--output", "name a file, e.g. this_machine.hpp");
    file_.open(part_);
    if (!file_)
      hone::raise("cannot write the profile", hone::message() << part_.c_str() << " cannot be opened for writing",
                  "--output", "name a file in a folder that exists and is writable");
  }
  ~output_file() {
    std::error_code ignored;
    if (!done_) std::filesystem::remove(part_, ignored);
  }
  void finish(std::string const& text) {
    file_ << text;
    file_.close();
    std::error_code failed;
    if (file_) std::filesystem::rename(part_, path_, failed);
    if (!file_ || failed)
      hone::raise(
          "cannot write the profile",
          hone::message() << path_.c_str() << ": " << (failed ? failed.message().c_str() : "the disk may be full"),
          "--output", "free space, or name another file");
    done_ = true;
  }

 private:
  std::string path_, part_;
  std::ofstream file_;
  bool done_ = false;
};

// Stays on the processor that it is on: a move would cost caches, and perhaps another kind of core.
void stay_here() {
#if defined(__linux__)
  cpu_set_t one;
  CPU_ZERO(&one);
  int const here = sched_getcpu();
  if (here < 0 || here >= CPU_SETSIZE) return;
  CPU_SET(static_cast<unsigned>(here), &one);
  sched_setaffinity(0, sizeof one, &one);
#endif
}

std::vector<family> families_of(hone::hw::host const& host) {
  namespace hw = hone::hw;
  std::vector<family> families;
#if defined(__aarch64__)
  std::array const all{&hw::neoverse_n1::value, &hw::any::value};
#else
  std::array const all{
      &hw::sapphire_rapids::value, &hw::skylake_x::value, &hw::haswell::value, &hw::nehalem::value, &hw::any::value};
#endif
  for (hone::profile const* p : all)
    if (host.runs(p->target) && calibrate::has_kernels(p->target)) families.push_back({p, {}, {}});
  return families;
}

// What an engine adds to its operations in a call: of a network that is nothing but one small layer.
hone::nanoseconds call_cost() {
  auto const [engine, alone] = calibrate::engine_and_its_kernels();
  calibration::repeat const cases[]{engine, alone};
  auto const t = calibration::measure(cases, {.rounds = 40, .chunk = {1e5}});
  return std::max(hone::nanoseconds{0.5}, t.cases[0].best - t.cases[1].best);
}

// The dense layer of the bench with the most weights, for bandwidths.
void measure_memory(hone::profile& host, family const& f, bool latencies, calibration::progress const& tell) {
  calibration::kernel_bench const* bench = nullptr;
  std::size_t at = 0;
  int most = 0;
  for (auto const& b : f.fitted)
    for (std::size_t i = 0; i < b.size(); ++i)
      if (is(b.graph().ops[i], hone::dense_kind) && b.of_one(i, {}).graph.packed > most)
        bench = &b, at = i, most = b.of_one(i, {}).graph.packed;
  // memory itself once: what all sets share is slower than any of them
  auto const room = static_cast<std::size_t>(latencies ? host.memory.size.value / 4 : 64e6);
  calibration::measure_memory(
      host, bench->entry(at), bench->operands(at), static_cast<std::size_t>(most), room, latencies, tell);
}

std::string today() {
  std::time_t const now = std::time(nullptr);
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%d", std::gmtime(&now));
  return text;
}

std::string figures(char const* format, hone::microkernel const& k) {
  return print("%-5s efficiency %.2f, %.1f cycles a tile, %.1f cycles a dependent step", format, k.efficiency,
               k.cycles_per_tile, k.chain_cycles);
}

// What was measured and what the profile says of it, the networks that were not fitted first.
std::vector<std::string> notes_on(hone::shal::fitted const& fit, std::vector<timed> const& rows) {
  std::vector<std::string> notes{print("Fitted to %zu timings: root mean square error %.0f %%, worst %.0f %%.",
                                       fit.error.size(), 100 * fit.rms, 100 * fit.worst)};
  for (bool const fitted : {false, true})
    for (timed const& t : rows) {
      if (t.fitted != fitted) continue;
      double const modelled = hone::shal::modelled(t.measured, fit.machine).value, measured = t.measured.time.value;
      notes.push_back(print("%-44s measured %9.1f ns, modelled %9.1f (%+.0f %%)%s", t.what.c_str(), measured, modelled,
                            100 * (modelled / measured - 1), fitted ? "" : ", not fitted"));
    }
  return notes;
}

struct settings {
  std::string output{"this_machine.hpp"}, space{"this_machine"}, command;
  int rounds{60};
};

void run(settings const& set) {
  output_file file(set.output);
  progress_line const line;
  stay_here();
  hone::hw::host const host = hone::hw::detect();
  auto const nearest = hone::hw::nearest(host);
  hone::profile here = calibration::host_profile(host, *nearest.machine);

  line.show("preparing kernels", 0);
  std::vector<family> families = families_of(host);
  for (auto add : {calibrate::add_mobile, calibrate::add_residual, calibrate::add_perceptron, calibrate::add_unseen})
    add(families);
  here.call = call_cost();
  std::vector<hone::isa> sets;
  for (family const& f : families) sets.push_back(f.representative->target);
  auto const rates = calibration::measure_rates(sets, host, line.step("measuring the core", 0.05, 0.1));
  std::vector<hone::profile> bases;  // before kernels are measured
  for (std::size_t i = 0; i < families.size(); ++i) {
    bases.push_back(calibration::with_rates(hone::running(&here, *families[i].representative), rates[i]));
    auto const share = [&](std::size_t n) {
      return 0.1 + 0.25 * static_cast<double>(n) / static_cast<double>(families.size());
    };
    measure_memory(bases[i], families[i], i == 0, line.step("measuring memory", share(i), share(i + 1)));
    if (i == 0) here.cache = bases[0].cache, here.memory = bases[0].memory;  // latencies are all sets'
  }
  auto const timings = calibration::measure_families(
      families, {.rounds = set.rounds, .chunk = {1e5}, .follow = &host}, line.step("measuring kernels", 0.35, 1));
  if (timings.clock.value > 0) {
    here.clock = timings.clock;
    for (hone::profile& p : bases) p.clock = timings.clock;
  }
  auto const& rows = timings.rows;
  line.end();

  std::vector<std::string> names;
  std::vector<calibration::written_machine> machines;
  std::vector<hone::nanoseconds> predicted, measured;
  for (std::size_t i = 0; i < families.size(); ++i) {
    hone::profile const& base = bases[i];
    auto fit = calibration::fit(base, rows[i]);
    names.push_back(set.space + " " + hone::name(base.target));
    fit.machine.name = names.back().c_str();
    std::printf("%s: error %.0f %% (worst %.0f %%)\n  %s\n  %s\n  %s\n", hone::name(base.target), 100 * fit.rms,
                100 * fit.worst, figures("f32", fit.machine.f32).c_str(), figures("bf16", fit.machine.bf16).c_str(),
                figures("int8", fit.machine.int8).c_str());
    for (timed const& t : rows[i])
      if (!t.fitted) {
        predicted.push_back(hone::shal::modelled(t.measured, fit.machine)), measured.push_back(t.measured.time);
        std::printf(
            "  %-14s measured %8.2f us, predicted %8.2f us (%+.0f %%)\n", t.what.c_str(), measured.back().value / 1e3,
            predicted.back().value / 1e3, 100 * (predicted.back() / measured.back() - 1));
      }
    machines.push_back({hone::name(base.target), fit.machine, notes_on(fit, rows[i])});
  }
  std::printf("rank correlation of predicted and measured, networks that were not fitted: %.2f\n",
              hone::shal::kendall(predicted, measured));
  std::vector<std::string> const about{
      "This machine as hone-calibrate measured it on " + today() + ": " +
          (host.brand.empty() ? "a processor without a name" : host.brand) + print(", %.2f GHz.", here.clock.value),
      "Nearest of the catalogue: " + std::string(nearest.machine->name) + " (" + nearest.reason + ").",
      "Command: " + set.command};
  file.finish(calibration::profile_header(set.space, about, machines));
  std::printf("wrote %s: include it and use %s::best, or %s::avx2 and its like\n", set.output.c_str(),
              set.space.c_str(), set.space.c_str());
}

}  // namespace

int main(int argc, char** argv) {
  settings set;
  CLI::App app{
      "Measures this machine and writes its profile as a C++ header. Leave the machine in peace meanwhile: about half "
      "a minute.",
      "hone-calibrate"};
  app.add_option("-o,--output", set.output, "the header to write (this_machine.hpp)");
  app.add_option("-n,--namespace", set.space, "the namespace of its machine types (this_machine)")
      ->check([](std::string const& s) {
        return calibration::is_identifier(s) ? std::string() : s + " is no C++ identifier";
      });
  app.add_option("-r,--rounds", set.rounds, "timings of each kernel (60)")->check(CLI::Range(10, 1000));
  return tools::run_program(app, argc, argv, [&] {
    for (int i = 0; i < argc; ++i)
      set.command += (i == 0 ? "" : " ") + std::string(i == 0 ? "hone-calibrate" : argv[i]);
    run(set);
  });
}
