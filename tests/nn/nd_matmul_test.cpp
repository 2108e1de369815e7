#include <hone/nn/nd/matmul.hpp>

#include "catch2.hpp"
#include "nd_random.hpp"

using namespace hone;
using namespace nd_values;

namespace {

constexpr auto network = [] {
  graph<5, 0, 0, 5, 3> g;
  int const a = nd::input(g, "a", {5, 1, 2, 3}, dtype::f32), b = nd::input(g, "b", {7, 3, 4}, dtype::f32);
  nd::matmul(g, a, b);
  int const c = nd::input(g, "c", {3}, dtype::f32);
  nd::matmul(g, c, b);
  return g;
}();

}  // namespace

TEST_CASE("products of matrices: numpy's rules for vectors and batches") {
  CHECK(network.issue.how == fix::none);
  CHECK(dims_of(network, 2) == extents{5, 7, 2, 4});
  CHECK(op_at(network, 2).macs == 5 * 7 * 2 * 3 * 4);
  CHECK(rc::check([] {
    dtype const type =
        *rc::gen::element(dtype::f32, dtype::f64, dtype::i32, dtype::u32, dtype::i64, dtype::u64, dtype::bf16);
    int const m = *rc::gen::inRange(1, 10), n = *rc::gen::inRange(1, 40), k = *rc::gen::inRange(1, 12);
    extents batch = any_dims(3), da = any_broadcast_of(batch), db = batch;
    while (batch.size() > 50) batch = {2}, da = {1}, db = {2};
    bool const row = *rc::gen::inRange(0, 6) == 0, column = *rc::gen::inRange(0, 6) == 0;
    if (row) da = {};
    if (column) db = {};
    extents dims;
    REQUIRE(nd::broadcast(da, db, &dims));
    extents const both = dims;
    if (!row) da.push_back(m), dims.push_back(m);
    if (!column) dims.push_back(n);
    da.push_back(k), db.push_back(k);
    if (!column) db.push_back(n);
    value const a = any_value(type, da, 3), b = any_value(type, db, 3);
    value const y = evaluate([](auto& g, int i, int j) { return nd::matmul(g, i, j); }, a, b);
    RC_ASSERT(y.dims == dims);
    int const rows = row ? 1 : m, columns = column ? 1 : n;
    // where operand e's matrix for index `at` of the batch begins
    auto const matrix = [&](extents const& e, int inner, std::int64_t at, std::int64_t size) {
      std::int64_t begin = 0, step = 1;
      for (int d = both.rank, own = e.rank - inner; d-- > 0; at /= both[d]) {
        if (--own < 0) continue;
        begin += e[own] == 1 ? 0 : at % both[d] * step;
        step *= e[own];
      }
      return static_cast<std::size_t>(begin * size);
    };
    for (std::int64_t i = 0; i < both.size(); ++i) {
      std::size_t const at_a = matrix(da, row ? 1 : 2, i, rows * k), at_b = matrix(db, column ? 1 : 2, i, k * columns);
      for (int r = 0; r < rows; ++r)
        for (int c = 0; c < columns; ++c) {
          double sum = 0;
          for (int p = 0; p < k; ++p)
            sum += a.at(at_a + static_cast<std::size_t>(r * k + p)) *
                   b.at(at_b + static_cast<std::size_t>(p * columns + c));
          RC_ASSERT(y.at(static_cast<std::size_t>((i * rows + r) * columns + c)) == sum);
        }
    }
  }));
}

TEST_CASE("products of integers wrap") {
  value a(dtype::i32, {1, 2}), b(dtype::i32, {2, 1});
  a.as<std::int32_t>()[0] = a.as<std::int32_t>()[1] = 0x7fffffff;
  b.as<std::int32_t>()[0] = b.as<std::int32_t>()[1] = 3;
  value const y = evaluate([](auto& g, int i, int j) { return nd::matmul(g, i, j); }, a, b);
  CHECK(y.as<std::int32_t>()[0] == -6);
}

TEST_CASE("gemm: any transposition, scale and broadcast addend") {
  CHECK(rc::check([] {
    dtype const type = *rc::gen::element(dtype::f32, dtype::f64, dtype::i32, dtype::u64, dtype::f16);
    int const m = *rc::gen::inRange(1, 9), n = *rc::gen::inRange(1, 20), k = *rc::gen::inRange(0, 12);
    bool const ta = *rc::gen::arbitrary<bool>(), tb = *rc::gen::arbitrary<bool>();
    float const alpha = static_cast<float>(*rc::gen::inRange(0, 3)), beta = static_cast<float>(*rc::gen::inRange(0, 3));
    value const a = any_value(type, ta ? extents{k, m} : extents{m, k}, 2),
                b = any_value(type, tb ? extents{n, k} : extents{k, n}, 2);
    extents const dc =
        *rc::gen::element(extents{}, extents{n}, extents{1}, extents{m, 1}, extents{1, n}, extents{m, n});
    value const c = any_value(type, dc);
    bool const added = *rc::gen::arbitrary<bool>();
    value const y = evaluate(
        [&](auto& g, int i, int j, int l) { return nd::gemm(g, i, j, added ? l : -1, alpha, beta, ta, tb); }, a, b, c);
    RC_ASSERT(y.dims == (extents{m, n}));
    for (int r = 0; r < m; ++r)
      for (int s = 0; s < n; ++s) {
        double sum = 0;
        for (int p = 0; p < k; ++p)
          sum += a.at(static_cast<std::size_t>(ta ? p * m + r : r * k + p)) *
                 b.at(static_cast<std::size_t>(tb ? s * k + p : p * n + s));
        int const columns = dc.rank > 0 ? dc[dc.rank - 1] : 1, rows = dc.rank > 1 ? dc[0] : 1;
        double const addend = c.at(static_cast<std::size_t>((rows == 1 ? 0 : r) * columns + (columns == 1 ? 0 : s)));
        RC_ASSERT(y.at(static_cast<std::size_t>(r * n + s)) ==
                  static_cast<double>(alpha) * sum + (added ? static_cast<double>(beta) * addend : 0.0));
      }
  }));
}

TEST_CASE("products refuse what does not fit") {
  value const a(dtype::f32, {2, 3}), b(dtype::f32, {4, 2}), c(dtype::f32, {3, 4}), d(dtype::f64, {3, 4}),
      i(dtype::i32, {2, 3}), j(dtype::i32, {3, 4}), s(dtype::f32, {}), three(dtype::f32, {3});
  auto const matmul = [](value const& x, value const& y) {
    return refused([](auto& g, int p, int q) { return nd::matmul(g, p, q); }, x, y);
  };
  CHECK(matmul(a, c) == fix::none);
  CHECK(matmul(a, b) == fix::give_extents_that_match);
  CHECK(matmul(a, s) == fix::give_extents_that_match);
  CHECK(matmul(a, d) == fix::give_a_supported_type);
  auto const gemm = [](value const& x, value const& y, value const& z, float alpha) {
    return refused([&](auto& g, int p, int q, int r) { return nd::gemm(g, p, q, r, alpha); }, x, y, z);
  };
  CHECK(gemm(a, c, s, 0.5f) == fix::none);
  CHECK(gemm(a, c, three, 1) == fix::give_extents_that_broadcast);
  CHECK(gemm(a, b, s, 1) == fix::give_extents_that_match);
  CHECK(gemm(i, j, j, 1) == fix::give_extents_that_broadcast);
  CHECK(gemm(i, j, i, 0.5f) != fix::none);
  CHECK(gemm(a, three, s, 1) == fix::give_a_supported_rank);
}
