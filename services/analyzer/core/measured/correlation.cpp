#include "services/analyzer/core/measured/correlation.hpp"

#include <Eigen/Eigenvalues>

#include <algorithm>
#include <cmath>

namespace depthwire::analyzer {
namespace {

double realised_variance(std::span<const TimedValue> path) {
  double sum = 0;
  for (std::size_t i = 1; i < path.size(); ++i) {
    const double change = path[i].value - path[i - 1].value;
    sum += change * change;
  }
  return sum;
}

}  // namespace

std::optional<CoMovement> hayashi_yoshida(std::span<const TimedValue> x,
                                          std::span<const TimedValue> y) {
  const double scale = std::sqrt(realised_variance(x) * realised_variance(y));
  if (!(scale > 0)) return std::nullopt;
  CoMovement result;
  // Each interval of x meets a run of intervals of y; the runs move on with x.
  std::size_t first = 1;
  for (std::size_t i = 1; i < x.size(); ++i) {
    const Ns begin = x[i - 1].t;
    const Ns end = x[i].t;
    while (first < y.size() && y[first].t <= begin) ++first;
    const double change = x[i].value - x[i - 1].value;
    if (change == 0) continue;
    // The changes of the run add up to that from its first value to its last.
    std::size_t last = first;
    while (last < y.size() && y[last - 1].t < end) ++last;
    if (last > first) result.covariance += change * (y[last - 1].value - y[first - 1].value);
  }
  result.raw = result.covariance / scale;
  result.correlation = std::clamp(result.raw, -1.0, 1.0);
  result.clamped = result.correlation != result.raw;
  return result;
}

std::optional<double> correlation(std::span<const double> x, std::span<const double> y) {
  const auto n = static_cast<double>(x.size());
  if (x.size() < 3 || x.size() != y.size()) return std::nullopt;
  double mean_x = 0;
  double mean_y = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    mean_x += x[i] / n;
    mean_y += y[i] / n;
  }
  double xx = 0;
  double xy = 0;
  double yy = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    xx += (x[i] - mean_x) * (x[i] - mean_x);
    xy += (x[i] - mean_x) * (y[i] - mean_y);
    yy += (y[i] - mean_y) * (y[i] - mean_y);
  }
  if (!(xx > 0) || !(yy > 0)) return std::nullopt;
  return std::clamp(xy / std::sqrt(xx * yy), -1.0, 1.0);
}

double fisher_z(double a, std::size_t n_a, double b, std::size_t n_b) {
  static constexpr double almost_one = 0.999999;
  const auto transformed = [](double r) {
    return std::atanh(std::clamp(r, -almost_one, almost_one));
  };
  const double error =
      std::sqrt(1.0 / static_cast<double>(n_a - 3) + 1.0 / static_cast<double>(n_b - 3));
  return (transformed(a) - transformed(b)) / error;
}

bool make_semidefinite(std::span<double> matrix, std::size_t n) {
  if (n == 0) return false;
  const auto size = static_cast<Eigen::Index>(n);
  Eigen::Map<Eigen::MatrixXd> whole(matrix.data(), size, size);
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solved(whole);
  constexpr double rounding = 1e-12;
  if (solved.eigenvalues().minCoeff() >= -rounding) return false;
  const Eigen::VectorXd kept = solved.eigenvalues().cwiseMax(0.0);
  const Eigen::MatrixXd clipped =
      solved.eigenvectors() * kept.asDiagonal() * solved.eigenvectors().transpose();
  for (Eigen::Index i = 0; i < size; ++i) {
    for (Eigen::Index j = 0; j < size; ++j) {
      const double scale = std::sqrt(clipped(i, i) * clipped(j, j));
      whole(i, j) = i == j ? 1.0 : std::clamp(clipped(i, j) / scale, -1.0, 1.0);
    }
  }
  return true;
}

}  // namespace depthwire::analyzer
