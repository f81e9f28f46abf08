#pragma once

#include "services/analyzer/core/base/time.hpp"

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace depthwire::analyzer {

// S20: how two prices move together, from ticks that do not come at the same times.
// Source: signals.md S20; Hayashi & Yoshida 2005, Bernoulli 11(2); Epps 1979 for what grids do.

/// A value that holds from `t` on.
struct TimedValue {
  Ns t = 0;
  double value = 0;

  template <class Archive>
  void serialize(Archive& archive) {
    archive(t, value);
  }
};

struct CoMovement {
  double covariance = 0;   ///< sum of products of returns whose intervals (t before, t] overlap
  double raw = 0;          ///< over the root of both realised variances; may leave [-1, 1]
  double correlation = 0;  ///< raw, clamped
  bool clamped = false;
};

/// Of two paths in order of time. Null where one does not move, or has fewer than two values.
[[nodiscard]] std::optional<CoMovement> hayashi_yoshida(std::span<const TimedValue> x,
                                                        std::span<const TimedValue> y);

/// Pearson's, of equally many values. Null below three of them, and where one does not vary.
[[nodiscard]] std::optional<double> correlation(std::span<const double> x,
                                                std::span<const double> y);

/// How many standard errors lie between two correlations, by Fisher's transform; `n` above 3.
/// Correlations of -1 and 1 count as 0.999999.
[[nodiscard]] double fisher_z(double a, std::size_t n_a, double b, std::size_t n_b);

/// Makes a symmetric matrix with ones on its diagonal (row by row, n x n) positive semi-definite:
/// negative eigenvalues become 0, then the diagonal is scaled to 1 again. False when it was so
/// already, and is left as it is.
bool make_semidefinite(std::span<double> matrix, std::size_t n);

}  // namespace depthwire::analyzer
