#include "benchmarks/support/npy.hpp"

#include <cstdint>
#include <string>
#include <vector>

#include "catch2.hpp"
#include "tests/bench/temporary.hpp"

namespace {

/// A .npy file of version 1 with this header and these values.
template <class T>
std::string npy(std::string header, std::vector<T> const& values) {
  header.resize(117, ' ');
  header += '\n';
  std::string const size = {static_cast<char>(header.size()), '\0'};
  return "\x93NUMPY\x01" + std::string{'\0'} + size + header +
         std::string{reinterpret_cast<char const*>(values.data()), values.size() * sizeof(T)};
}

char const* const floats = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }";

}  // namespace

TEST_CASE("npy: the values of every type") {
  bench_test::temporary_file const file;
  file.write(npy<float>(floats, {1, 2, 3, 4, 5, 6.5}));
  CHECK(bench::read_npy<float>(file.path()) == std::vector<float>{1, 2, 3, 4, 5, 6.5});
  file.write(npy<double>("{'descr': '<f8', 'fortran_order': False, 'shape': (2,), }", {0.25, -1.0}));
  CHECK(bench::read_npy<float>(file.path()) == std::vector<float>{0.25, -1.0});
  file.write(npy<std::int64_t>("{'descr': '<i8', 'fortran_order': False, 'shape': (3,), }", {9, 0, -4}));
  CHECK(bench::read_npy<int>(file.path()) == std::vector<int>{9, 0, -4});
  file.write(npy<float>("{'descr': '<f4', 'fortran_order': False, 'shape': (), }", {4}));
  CHECK(bench::read_npy<float>(file.path()) == std::vector<float>{4});
}

TEST_CASE("npy: a file that is none is refused by name") {
  bench_test::temporary_file const file;
  auto const refused = [&](std::string const& content, char const* why) {
    file.write(content);
    CHECK_THROWS_WITH(bench::read_npy<float>(file.path()), Contains(file.path().string()) && Contains(why));
  };
  CHECK_THROWS_WITH(bench::read_npy<float>("/nowhere.npy"), Contains("/nowhere.npy: cannot be opened"));
  refused("", "not a .npy file");
  refused("\x93NUMPY\x02 and more", "not a .npy file of version 1");
  refused(npy<float>(floats, {}).substr(0, 40), "cut short in its header");
  refused(npy<float>(floats, {1, 2, 3, 4, 5}), "cut short");
  refused(npy<float>("{'descr': '<f2', 'fortran_order': False, 'shape': (1,), }", {1}), "neither float32");
  refused(npy<float>("{'descr': '<f4', 'fortran_order': True, 'shape': (1,), }", {1}), "not in C order");
  refused(npy<float>("{'descr': '<f4', 'fortran_order': False}", {1}), "a header without");
}
