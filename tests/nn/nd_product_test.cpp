#include <hone/nn/nd/product.hpp>

#include <vector>

#include "catch2.hpp"

using namespace hone;

namespace {

// Small whole numbers, so that sums are exact in any order.
template <class T>
std::vector<T> numbers(int n, int seed) {
  std::vector<T> v;
  for (int i = 0; i < n; ++i) v.push_back(static_cast<T>((i * 31 + seed * 17) % 13));
  return v;
}

template <class T>
void check_products() {
  for (int m : {0, 1, 3, 4, 9})
    for (int n : {0, 1, 7, 8, 16, 33})
      for (int k : {0, 1, 5, 64}) {
        // a is a transposed, b a part of a wider matrix, c a part of a wider result
        int const wide = n + 3;
        std::vector<T> const a = numbers<T>(m * k + 1, 1), b = numbers<T>(k * wide + 1, 2),
                             before = numbers<T>(m * wide + 1, 3);
        std::vector<T> c = before;
        nd::add_product(c.data(), wide, a.data(), 1, m, b.data(), wide, m, n, k);
        for (int i = 0; i < m; ++i)
          for (int j = 0; j < wide; ++j) {
            auto const at = static_cast<std::size_t>(i * wide + j);
            T want = before[at];
            for (int p = 0; p < k && j < n; ++p)
              want += a[static_cast<std::size_t>(p * m + i)] * b[static_cast<std::size_t>(p * wide + j)];
            REQUIRE(c[at] == want);
          }
      }
}
template <class T>
void check_dots() {
  for (int m : {0, 1, 4, 7})
    for (int k : {0, 1, 3, 4, 8, 31, 70}) {
      std::vector<T> const w = numbers<T>(m * (k + 2) + 1, 1), x = numbers<T>(k + 1, 2),
                           before = numbers<T>(3 * m + 1, 3);
      std::vector<T> y = before;
      nd::add_dot_products(y.data(), 3, w.data(), k + 2, x.data(), m, k);
      for (int i = 0; i < 3 * m; ++i) {
        T want = before[static_cast<std::size_t>(i)];
        for (int p = 0; p < k && i % 3 == 0; ++p)
          want += w[static_cast<std::size_t>(i / 3 * (k + 2) + p)] * x[static_cast<std::size_t>(p)];
        REQUIRE(y[static_cast<std::size_t>(i)] == want);
      }
    }
}

}  // namespace

TEST_CASE("products of matrices of any shape and stride add to the result, and to nothing beside it") {
  check_products<float>(), check_products<double>(), check_products<std::uint32_t>(), check_products<std::uint64_t>();
}

TEST_CASE("dot products of rows of any length add to the result, and to nothing beside it") {
  check_dots<float>(), check_dots<double>(), check_dots<std::uint32_t>(), check_dots<std::uint64_t>();
}
