// Kills programs that store artifacts, at random moments, and looks at what is left: what put() had returned is there,
// everything that is there is whole, and the repository goes on. Two repositories with five moments each, or twenty with
// --full; at each moment two programs are killed.
#include <hone/store/repository.hpp>

#include <cstdio>
#include <set>

#include "process.hpp"
#include "sample.hpp"

namespace {

// Of very different sizes, so that kills fall into long writes, too.
hone::artifact artifact(std::uint64_t seed) {
  auto a = sample::artifact(seed);
  a.origin.seed = seed;
  std::mt19937_64 random(seed);
  auto const rows = static_cast<std::int32_t>(random() % (seed % 5 == 0 ? 300'000 : 3'000) + 1);
  sample::fill(a.weights.add("dense_2.weight", hone::dtype::f32, {1, 1, 1, rows}), random);
  return a;
}

// Opens (the first time makes) the repository and stores for ever, telling the pipe each seed that is stored.
[[noreturn]] void store_for_ever(std::string const& path, std::uint64_t first, int pipe) {
  try {
    auto r = hone::store::repository::open(path);
    for (std::uint64_t seed = first;; ++seed) {
      r.put(artifact(seed));
      if (::write(pipe, &seed, sizeof seed) != sizeof seed) ::_exit(1);
    }
  } catch (std::exception const& e) {
    std::fprintf(stderr, "the writer failed: %s\n", e.what());
    ::_exit(1);
  }
}

struct campaign {
  std::string path;
  std::set<std::uint64_t> acknowledged{};
  std::size_t stored = 0, found = 0;
  int killed = 0, failures = 0;

  // Two programs store at once; both are killed after `moment`.
  void kill_at(std::chrono::microseconds moment, std::uint64_t seed) {
    int ends[2]{};
    if (::pipe(ends) != 0) return fail("no pipe");
    pid_t writers[2]{};
    for (std::uint64_t w = 0; w < 2; ++w)
      if ((writers[w] = ::fork()) == 0) store_for_ever(path, seed + 500'000 * w, ends[1]);
    ::close(ends[1]);
    ::usleep(static_cast<unsigned>(moment.count()));
    for (pid_t w : writers) ::kill(w, SIGKILL);
    for (std::uint64_t s = 0; ::read(ends[0], &s, sizeof s) == sizeof s;) acknowledged.insert(s);
    ::close(ends[0]);
    for (pid_t w : writers) {
      int status = 0;
      ::waitpid(w, &status, 0);
      if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL)
        ++killed;
      else
        fail("a writer ended by itself");
    }
  }
  // Who opens it now finds only whole artifacts, and all that were acknowledged; at the end also their very bytes.
  void check(bool last) {
    auto const r = hone::store::repository::open(path);
    for (auto const& line : r.verify()) fail(line.c_str());
    std::multiset<std::uint64_t> there;
    for (auto const& x : r.list()) {
      there.insert(x.origin.seed);
      if (last && !same(r.get(x.id), artifact(x.origin.seed))) fail("an artifact is not what was stored");
    }
    std::size_t lost = 0;
    for (std::uint64_t seed : acknowledged) lost += there.count(seed) != 1;
    if (lost != 0) fail("artifacts that were stored are lost");
    stored = acknowledged.size(), found = there.size();
  }
  static bool same(hone::artifact const& a, hone::artifact const& b) {
    auto const x = hone::store::write(a), y = hone::store::write(b);
    return x.size() == y.size() && std::memcmp(x.data(), y.data(), x.size()) == 0;
  }
  void add(campaign const& o) {
    stored += o.stored, found += o.found;
    killed += o.killed, failures += o.failures;
  }
  void fail(char const* why) {
    std::printf("failed after %d kills: %s\n", killed, why);
    ++failures;
  }
};

}  // namespace

int main(int argc, char** argv) {
  bool const full = argc == 2 && std::string(argv[1]) == "--full";
  sample::folder const here;
  std::mt19937_64 random(full ? std::random_device{}() : 1);
  campaign total{};
  for (int file = 0; file < (full ? 20 : 2); ++file) {
    campaign c{here / std::to_string(file).c_str()};
    try {
      for (std::uint64_t round = 0; round < 5; ++round) {
        // The first, short moments hit the making of the repository.
        c.kill_at(std::chrono::microseconds(1 + random() % (round < 2 ? 10'000 : 200'000)), 1'000'000 * (round + 1));
        c.check(round == 4);
      }
    } catch (std::exception const& e) {
      c.fail(e.what());
    }
    total.add(c);
  }
  std::printf("%d writers killed, %zu artifacts acknowledged, %zu there\n", total.killed, total.stored, total.found);
  return total.failures != 0 || total.stored == 0;
}
