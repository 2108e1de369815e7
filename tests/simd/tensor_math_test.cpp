// The inner loops of tensor operations give what their definitions give, on every instruction set: of odd sizes, strides and
// alignments, and nothing is written beside the result.
#include <hone/simd/tensor_math.hpp>

#include <cmath>
#include <limits>
#include <vector>

#include "catch2.hpp"
#include "tests/simd/machine.hpp"

namespace {

using namespace hone;

struct matrix {
  std::vector<float> v;
  explicit matrix(int n, int seed = 0) : v(static_cast<std::size_t>(n) + 17) {
    for (std::size_t i = 0; i < v.size(); ++i)
      v[i] = static_cast<float>((static_cast<int>(i) * 37 + seed * 11) % 101 - 50) / 32.0f;
  }
  // Not aligned.
  float* data() { return v.data() + 1; }
  float at(std::ptrdiff_t i) const { return v[static_cast<std::size_t>(i + 1)]; }
};
bool near(double got, double wanted, double terms) { return std::fabs(got - wanted) <= 1e-5 * terms + 1e-30; }

// f(routines) for those of each instruction set that runs here.
template <class F>
void with_routines(F f) {
  int seen = 0;
  tests::on_each_isa([&]<isa I>() {
    tensor_math const* const math = simd::tensor_math_of<I>();
    if (math == nullptr) return;
    CHECK(simd::tensor_math_among<isa::sse4, I>(I) == math);
    INFO("instruction set " << static_cast<int>(I));
    ++seen, f(*math);
  });
  CHECK((seen > 0 || simd::base_isa == isa::scalar));
}

TEST_CASE("products of matrices add to what is there") {
  with_routines([](tensor_math const& math) {
    for (int m : {0, 1, 2, 3, 4, 7})
      for (int n : {0, 1, 5, 16, 31, 64, 99})
        for (int k : {0, 1, 6, 300}) {
          // a transposed, rows of b and c longer than what is used
          int const wide = n + 3;
          matrix a(m * k, 1), b(k * wide, 2), c(m * wide, 3);
          matrix const before = c;
          math.add_product(c.data(), wide, a.data(), 1, m, b.data(), wide, m, n, k);
          bool good = true;
          for (int i = -1; i < m * wide + 15; ++i) {
            double want = before.at(i), terms = std::fabs(want);
            if (i >= 0 && i < m * wide && i % wide < n)
              for (int p = 0; p < k; ++p) {
                double const term = double(a.at(p * m + i / wide)) * double(b.at(p * wide + i % wide));
                want += term, terms += std::fabs(term);
              }
            else
              terms = 0;
            good = good && near(c.at(i), want, terms);
          }
          INFO(m << " " << n << " " << k);
          CHECK(good);
        }
  });
}

TEST_CASE("products of rows by rows add to what is there, wherever it stands") {
  with_routines([](tensor_math const& math) {
    for (int m : {0, 1, 2, 3, 4, 5, 9, 21})
      for (int n : {0, 1, 2, 3, 4, 7, 8, 15, 20})
        for (int k : {0, 1, 3, 16, 17, 67, 130})
          for (bool turned : {false, true}) {
            int const c_row = turned ? 1 : n + 2, c_step = turned ? m + 1 : 1, size = m * c_row + n * c_step;
            matrix a(m * (k + 1), 1), b(n * (k + 2), 2), c(size, 3);
            matrix want = c;
            math.add_dots(c.data(), c_row, c_step, a.data(), k + 1, b.data(), k + 2, m, n, k);
            bool good = true;
            std::vector<bool> seen(want.v.size());
            for (int i = 0; i < m; ++i)
              for (int j = 0; j < n; ++j) {
                int const at = i * c_row + j * c_step;
                double sum = want.at(at), terms = std::fabs(sum);
                for (int p = 0; p < k; ++p) {
                  double const term = double(a.at(i * (k + 1) + p)) * double(b.at(j * (k + 2) + p));
                  sum += term, terms += std::fabs(term);
                }
                good = good && near(c.at(at), sum, terms);
                seen[static_cast<std::size_t>(at + 1)] = true;
              }
            for (std::size_t i = 0; i < seen.size(); ++i) good = good && (seen[i] || c.v[i] == want.v[i]);
            INFO(m << " " << n << " " << k << " " << turned);
            CHECK(good);
          }
  });
}

TEST_CASE("matrices are transposed, parts of wider ones too") {
  with_routines([](tensor_math const& math) {
    for (int rows : {0, 1, 2, 3, 4, 15, 16, 37})
      for (int columns : {0, 1, 2, 3, 4, 15, 16, 35})
        for (int more : {0, 2}) {
          int const row = columns + more, step = rows + more;
          std::vector<std::uint32_t> x(static_cast<std::size_t>(step * columns + 2)),
              out(static_cast<std::size_t>(row * rows + 2), 7u);
          for (std::size_t i = 0; i < x.size(); ++i) x[i] = static_cast<std::uint32_t>(1000 + i);
          math.transpose(out.data() + 1, row, x.data() + 1, step, rows, columns);
          bool good = out.front() == 7u && out.back() == 7u;
          for (int i = 0; i < rows; ++i)
            for (int j = 0; j < row; ++j) {
              std::uint32_t const want = j < columns ? x[static_cast<std::size_t>(1 + i + j * step)] : 7u;
              good = good && out[static_cast<std::size_t>(1 + i * row + j)] == want;
            }
          INFO(rows << " " << columns << " " << more);
          CHECK(good);
        }
  });
}

TEST_CASE("activations and softmax of rows of any length") {
  with_routines([](tensor_math const& math) {
    for (int n : {0, 1, 3, 8, 16, 29}) {
      matrix x(n, 5), t = x, s = x, y(n, 6);
      math.tanh(t.data(), n), math.sigmoid(s.data(), n), math.softmax(x.data(), y.data(), n);
      double sum = 0;
      for (int i = 0; i < n; ++i) sum += std::exp(double(x.at(i)));
      bool good = true;
      for (int i = 0; i < n; ++i) {
        double const v = x.at(i);
        good = good && std::fabs(t.at(i) - std::tanh(v)) <= 4e-7 && std::fabs(s.at(i) - 1 / (1 + std::exp(-v))) <= 4e-7;
        good = good && std::fabs(y.at(i) - std::exp(v) / sum) <= 1e-6;
      }
      matrix const untouched(n, 6);
      for (int i = n; i < n + 15; ++i)
        good = good && t.at(i) == x.at(i) && s.at(i) == x.at(i) && y.at(i) == untouched.at(i);
      INFO(n);
      CHECK(good);
    }
    float row[20]{0, -std::numeric_limits<float>::infinity(), 0}, out[3];  // readable past its end
    math.softmax(row, out, 3);
    CHECK((std::fabs(out[0] - 0.5f) < 1e-6f && out[1] < 1e-30f));
  });
}

}  // namespace
