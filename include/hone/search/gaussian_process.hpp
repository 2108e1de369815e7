#pragma once
#include <hone/core/error.hpp>

#include <Eigen/Cholesky>
#include <Eigen/Core>

#include <algorithm>
#include <cmath>
#include <nlopt.hpp>
#include <numbers>
#include <vector>

namespace hone::inline HONE_ABI::search {

// A Gaussian process: what is believed of a real function after some noisy values of it were seen. Kernel: Matérn 5/2
// with a length for each input, a linear part, and noise (Rasmussen and Williams, "Gaussian Processes for Machine
// Learning", 2006, chapters 2, 4 and 5). Its parameters are the most probable ones: the marginal likelihood times
// log-normal priors; that of lengths grows with the number of inputs (Hvarfner, Hellsten and Nardi, "Vanilla Bayesian
// Optimization Performs Great in High Dimensions", 2024), so that a few values do not fit noise.
class gaussian_process {
 public:
  using matrix = Eigen::MatrixXd;
  using vector = Eigen::VectorXd;

  // Of the values y at the rows of x, inputs about in [0, 1]. Finds the kernel's parameters in at most `steps`
  // evaluations of the likelihood, each O(rows^3). Raises where there is no row, sizes differ, or a number is not
  // finite.
  gaussian_process(matrix const& x, vector const& y, int steps = 60) : x_(centred(x)) {
    if (x_.rows() == 0 || x_.rows() != y.size() || !x_.allFinite() || !y.allFinite())
      raise("cannot fit a Gaussian process",
            message() << x_.rows() << " rows of inputs came with " << y.size() << " values, or one is not finite",
            "hone::search", "give every finite value one row of finite inputs");
    mean_ = y.mean();
    scale_ = std::sqrt((y.array() - mean_).square().mean());
    if (!(scale_ > 1e-12)) scale_ = 1;
    y_ = (y.array() - mean_) / scale_;
    fit(steps);
  }

  // Learns one more value, with the kernel's parameters as they are. O(rows^3).
  void add(Eigen::RowVectorXd const& x, double y) {
    x_.conservativeResize(x_.rows() + 1, x_.cols()), x_.row(x_.rows() - 1) = x.array() - 0.5;
    y_.conservativeResize(y_.size() + 1), y_[y_.size() - 1] = (y - mean_) / scale_;
    factorise();
  }

  struct belief {
    vector mean{}, deviation{};  // of the function, without noise
  };
  // At the rows of `at`. O(rows of x squared) a row.
  belief operator()(matrix const& at) const {
    matrix const inputs = centred(at), k = covariance(inputs, x_, theta_);
    matrix const half = factor_.matrixL().solve(k.transpose());
    Eigen::ArrayXd const own =
        std::exp(theta_[amplitude()]) + std::exp(theta_[slope()]) * inputs.rowwise().squaredNorm().array();
    Eigen::ArrayXd const left = (own - half.colwise().squaredNorm().transpose().array()).max(1e-12);
    return {((k * alpha_).array() * scale_ + mean_).matrix(), (scale_ * left.sqrt()).matrix()};
  }
  // The noise's standard deviation, in y's unit.
  double noise() const { return scale_ * std::exp(theta_[noise_at()] / 2); }
  // How far an input must change to change the function much: the shorter, the more it matters.
  vector lengths() const { return theta_.head(x_.cols()).array().exp(); }
  double log_posterior() const { return best_; }

 private:
  // theta: log lengths, log amplitude^2, log slope^2, log noise^2.
  Eigen::Index amplitude() const { return x_.cols(); }
  Eigen::Index slope() const { return x_.cols() + 1; }
  Eigen::Index noise_at() const { return x_.cols() + 2; }

  // Inputs are held less their middle, so that the linear part is about it.
  static matrix centred(matrix x) { return x.array() - 0.5; }
  static matrix squares(matrix const& a, matrix const& b, Eigen::Index k) {
    return (a.col(k).replicate(1, b.rows()) - b.col(k).transpose().replicate(a.rows(), 1)).array().square();
  }
  // sqrt(5) times the distances in lengths.
  static Eigen::ArrayXXd distances(matrix const& a, matrix const& b, vector const& theta) {
    Eigen::ArrayXXd sum = Eigen::ArrayXXd::Zero(a.rows(), b.rows());
    for (Eigen::Index k = 0; k < a.cols(); ++k) sum += std::exp(-2 * theta[k]) * squares(a, b, k).array();
    return (5 * sum).sqrt();
  }
  static Eigen::ArrayXXd matern(Eigen::ArrayXXd const& r) { return (1 + r + r.square() / 3) * (-r).exp(); }
  matrix covariance(matrix const& a, matrix const& b, vector const& theta) const {
    return std::exp(theta[amplitude()]) * matern(distances(a, b, theta)).matrix() +
           std::exp(theta[slope()]) * a * b.transpose();
  }
  matrix noisy_covariance(vector const& theta) const {
    matrix k = covariance(x_, x_, theta);
    k.diagonal().array() += std::exp(theta[noise_at()]) + 1e-9;
    return k;
  }

  // Normal priors of theta.
  struct prior {
    double mean, deviation;
  };
  prior prior_of(Eigen::Index i) const {
    if (i < x_.cols()) return {0.5 * std::log(double(x_.cols())), 1};
    if (i == noise_at()) return {-5, 2};
    return {i == amplitude() ? 0.0 : -1.0, 1.5};
  }

  // The log posterior and, where it is asked for, its gradient.
  double evaluate(vector const& theta, vector* gradient) const {
    Eigen::LLT<matrix> const l(noisy_covariance(theta));
    if (l.info() != Eigen::Success) return -HUGE_VAL;
    vector const alpha = l.solve(y_);
    double value = -0.5 * y_.dot(alpha) - l.matrixLLT().diagonal().array().log().sum();
    for (Eigen::Index i = 0; i < theta.size(); ++i) {
      prior const p = prior_of(i);
      double const z = (theta[i] - p.mean) / p.deviation;
      value -= z * z / 2;
      if (gradient != nullptr) (*gradient)[i] = -z / p.deviation;
    }
    if (gradient != nullptr) add_slope(theta, l, alpha, *gradient);
    return value;
  }
  // Of the likelihood: trace(w dK / d theta), w = (alpha alpha' - K^-1) / 2.
  void add_slope(vector const& theta, Eigen::LLT<matrix> const& l, vector const& alpha, vector& gradient) const {
    Eigen::Index const n = x_.rows();
    matrix const w = 0.5 * (alpha * alpha.transpose() - l.solve(matrix::Identity(n, n)));
    double const s = std::exp(theta[amplitude()]);
    Eigen::ArrayXXd const r = distances(x_, x_, theta);
    // d matern / d log length = 5 / 3 (1 + r) exp(-r) (difference / length)^2
    Eigen::ArrayXXd const by_length = w.array() * (s * 5 / 3) * (1 + r) * (-r).exp();
    for (Eigen::Index k = 0; k < x_.cols(); ++k)
      gradient[k] += (by_length * squares(x_, x_, k).array()).sum() * std::exp(-2 * theta[k]);
    gradient[amplitude()] += s * (w.array() * matern(r)).sum();
    gradient[slope()] += std::exp(theta[slope()]) * (w.array() * (x_ * x_.transpose()).array()).sum();
    gradient[noise_at()] += std::exp(theta[noise_at()]) * w.trace();
  }

  void fit(int steps) {
    Eigen::Index const size = x_.cols() + 3;
    std::vector<double> start(static_cast<std::size_t>(size));
    for (Eigen::Index i = 0; i < size; ++i) start[static_cast<std::size_t>(i)] = prior_of(i).mean;
    nlopt::opt climb(nlopt::LD_LBFGS, static_cast<unsigned>(size));
    climb.set_lower_bounds(-12), climb.set_upper_bounds(8);
    climb.set_maxeval(steps), climb.set_ftol_abs(1e-4);
    climb.set_max_objective(
        [](std::vector<double> const& at, std::vector<double>& gradient, void* self) {
          vector const theta = Eigen::Map<vector const>(at.data(), static_cast<Eigen::Index>(at.size()));
          vector slope(theta.size());
          double const v =
              static_cast<gaussian_process const*>(self)->evaluate(theta, gradient.empty() ? nullptr : &slope);
          if (!gradient.empty()) std::copy_n(slope.data(), slope.size(), gradient.begin());
          return std::isfinite(v) ? v : -1e30;
        },
        this);
    double reached = -HUGE_VAL;
    std::vector<double> found = start;
    try {
      climb.optimize(found, reached);
    } catch (std::exception const&) {  // NLopt stops at the limits of rounding: what it found until then is good
    }
    auto const as_vector = [](std::vector<double> const& v) {
      return vector(Eigen::Map<vector const>(v.data(), static_cast<Eigen::Index>(v.size())));
    };
    theta_ = as_vector(found), best_ = evaluate(theta_, nullptr);
    if (!(best_ >= evaluate(as_vector(start), nullptr))) theta_ = as_vector(start), best_ = evaluate(theta_, nullptr);
    factorise();
  }
  void factorise() {
    factor_.compute(noisy_covariance(theta_));
    alpha_ = factor_.solve(y_);
  }

  matrix x_;
  vector y_{}, theta_{}, alpha_{};
  Eigen::LLT<matrix> factor_{};
  double mean_{}, scale_{1}, best_{};
};

}  // namespace hone::inline HONE_ABI::search
