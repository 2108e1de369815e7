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

TEST_CASE("bytes of three planes lie side by side, and apart again") {
  with_routines([](tensor_math const& math) {
    for (int n : {0, 1, 2, 15, 16, 17, 63, 64, 65, 200}) {
      std::ptrdiff_t const step = n + 5;
      std::vector<std::uint8_t> x(static_cast<std::size_t>(3 * step + 1)),
          mixed(static_cast<std::size_t>(3 * n + 2), 7), back(x.size() + 1, 7);
      for (std::size_t i = 0; i < x.size(); ++i) x[i] = static_cast<std::uint8_t>(31 * i + i / 256);
      math.interleave(mixed.data() + 1, x.data() + 1, step, n);
      math.deinterleave(back.data() + 1, step, mixed.data() + 1, n);
      bool good = mixed.front() == 7 && mixed.back() == 7 && back.front() == 7;
      for (int i = 0; i < n; ++i)
        for (int j = 0; j < 3; ++j) {
          auto const at = static_cast<std::size_t>(1 + i + j * step);
          good = good && mixed[static_cast<std::size_t>(1 + 3 * i + j)] == x[at] && back[at] == x[at];
        }
      for (int j = 0; j < 3; ++j) good = good && back[static_cast<std::size_t>(1 + n + j * step)] == 7;
      INFO(n);
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

TEST_CASE("logarithms of softmax of rows of any length") {
  with_routines([](tensor_math const& math) {
    for (int n : {1, 2, 4, 15, 16, 29, 64}) {
      matrix x(n, 5), y(n, 6);
      matrix const before = y;
      math.log_softmax(x.data(), y.data(), n);
      double sum = 0;
      for (int i = 0; i < n; ++i) sum += std::exp(double(x.at(i)));
      bool good = y.at(-1) == before.at(-1);
      for (int i = 0; i < n; ++i) good = good && std::fabs(y.at(i) - (double(x.at(i)) - std::log(sum))) <= 1e-6;
      for (int i = n; i < n + 15; ++i) good = good && y.at(i) == before.at(i);
      INFO(n);
      CHECK(good);
    }
    float row[20]{-1000, 1000, 0}, out[3];
    math.log_softmax(row, out, 3);
    CHECK((out[0] == -2000 && out[1] == 0 && out[2] == -1000));
  });
}

TEST_CASE("softmax of columns, as many as there are") {
  with_routines([](tensor_math const& math) {
    for (int rows : {1, 2, 5})
      for (int columns : {1, 3, 8, 16, 37})
        for (bool log : {false, true}) {
          int const step = columns + 2, size = rows * step;
          matrix x(size, 1), y(size, 2);
          matrix const before = y;
          math.softmax_columns(x.data(), y.data(), rows, step, columns, log);
          bool good = y.at(-1) == before.at(-1);
          for (int i = 0; i < size; ++i) {
            double sum = 0;
            for (int k = 0; k < rows; ++k) sum += std::exp(double(x.at(k * step + i % step)));
            double const v = double(x.at(i)), want = log ? v - std::log(sum) : std::exp(v) / sum;
            good = good && (i % step < columns ? std::fabs(y.at(i) - want) <= 1e-6 : y.at(i) == before.at(i));
          }
          INFO(rows << " " << columns << " " << log);
          CHECK(good);
        }
  });
}

TEST_CASE("steps of two operands on rows, each of numbers beside each other or one number") {
  struct step {
    pw what;
    double (*of)(double, double);
  };
  step const steps[]{
      {pw::add, [](double a, double b) { return a + b; }},
      {pw::sub, [](double a, double b) { return a - b; }},
      {pw::mul, [](double a, double b) { return a * b; }},
      {pw::div, [](double a, double b) { return a / b; }},
      {pw::max, [](double a, double b) { return a > b ? a : b; }},
      {pw::min, [](double a, double b) { return a < b ? a : b; }}};
  with_routines([&](tensor_math const& math) {
    for (step const& s : steps)
      for (int n : {1, 2, 7, 16, 33})
        for (int rows : {0, 1, 3})
          for (int which : {1, 2, 3}) {  // bits: a, b have a step
            int const step_a = which & 1, step_b = which >> 1, row_b = n - 1;
            matrix a(3 * n, 1), b(3 * n, 2), out(rows * n, 3);
            matrix const before = out;
            for (float& v : b.v) v = v == 0 ? 1 : v;
            math.step(s.what, out.data(), {a.data(), n, step_a}, {b.data(), row_b, step_b}, rows, n);
            bool good = out.at(-1) == before.at(-1);
            for (int i = 0; i < rows * n + 15; ++i) {
              int const row = i / n, column = i % n;
              double const want =
                  i < rows * n
                      ? s.of(double(a.at(row * n + column * step_a)), double(b.at(row * row_b + column * step_b)))
                      : double(before.at(i));
              good = good && std::fabs(out.at(i) - want) <= 1e-6 * std::fabs(want);
            }
            INFO(static_cast<int>(s.what) << " " << rows << " rows of " << n << ", " << which);
            CHECK(good);
          }
    float const nan = std::numeric_limits<float>::quiet_NaN();
    float a[17]{nan, 1}, b[17]{1, nan}, out[2];
    for (pw what : {pw::max, pw::min}) {
      math.step(what, out, {a, 0, 1}, {b, 0, 1}, 1, 2);
      CHECK((std::isnan(out[0]) && std::isnan(out[1])));
    }
  });
}

TEST_CASE("moments of rows, and rows that are normalised") {
  with_routines([](tensor_math const& math) {
    for (int n : {1, 2, 5, 16, 31, 300, 5000}) {
      matrix x(n, 4), scale(n, 5), bias(n, 6);
      for (int i = 0; i < n; ++i) x.data()[i] += 3;
      double sum = 0, squares = 0, mean = 0, variance = 0;
      for (int i = 0; i < n; ++i) sum += double(x.at(i));
      for (int i = 0; i < n; ++i) squares += (double(x.at(i)) - sum / n) * (double(x.at(i)) - sum / n);
      math.moments(x.data(), n, &mean, &variance);
      INFO(n);
      CHECK(mean == Approx(sum / n).epsilon(1e-6));
      CHECK(variance == Approx(squares / n).epsilon(1e-5).margin(1e-12));
      for (int step : {0, 1})
        for (bool biased : {false, true}) {
          matrix y(n, 7);
          matrix const before = y;
          math.normalize(x.data(), y.data(), n, 2.5f, 0.3f, scale.data(), biased ? bias.data() : nullptr, step);
          bool good = y.at(-1) == before.at(-1);
          for (int i = 0; i < n; ++i) {
            double const want = (double(x.at(i)) - 2.5) * double(0.3f) * double(scale.at(i * step)) +
                                (biased ? double(bias.at(i * step)) : 0);
            good = good && std::fabs(y.at(i) - want) <= 2e-6;
          }
          for (int i = n; i < n + 15; ++i) good = good && y.at(i) == before.at(i);
          CHECK(good);
        }
    }
  });
}

}  // namespace
