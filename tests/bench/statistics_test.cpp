#include "benchmarks/support/statistics.hpp"

#include <vector>

#include "catch2.hpp"

TEST_CASE("percentile: the nearest rank") {
  std::vector<double> hundred;
  for (int i = 100; i > 0; --i) hundred.push_back(i);
  CHECK(bench::percentile(hundred, 0.5) == 50.0);
  CHECK(bench::percentile(hundred, 0.99) == 99.0);
  CHECK(bench::percentile(hundred, 1.0) == 100.0);
  CHECK(bench::percentile(hundred, 1e-9) == 1.0);
}

TEST_CASE("percentile: few samples") {
  CHECK(bench::percentile({}, 0.99) == 0.0);
  CHECK(bench::percentile({7.0}, 0.01) == 7.0);
  CHECK(bench::percentile({7.0}, 0.99) == 7.0);
  CHECK(bench::median({3.0, 1.0, 2.0}) == 2.0);
  CHECK(bench::median({4.0, 1.0, 2.0, 3.0}) == 2.0);
}
