// Commits one fault: the sanitizer builds prove with it that they notice.
#include <cstdio>
#include <cstring>
#include <limits>
#include <thread>

namespace {

int unprotected = 0;

void race() {
  std::thread other([] { ++unprotected; });
  ++unprotected;
  other.join();
}

void overflow(int n) {
  auto* const heap = new char[4];
  std::size_t const volatile size = static_cast<std::size_t>(n) + 3;
  std::memset(heap, 0, size);
  std::printf("%d\n", heap[0]);
  delete[] heap;
}

void undefined(int n) { std::printf("%d\n", std::numeric_limits<int>::max() + n); }

}  // namespace

int main(int argc, char** argv) {
  char const* const fault = argc > 1 ? argv[1] : "";
  if (std::strcmp(fault, "race") == 0) race();
  if (std::strcmp(fault, "overflow") == 0) overflow(argc);
  if (std::strcmp(fault, "undefined") == 0) undefined(argc);
}
