#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <span>

namespace depthwire::analyzer {

// S17: Kyle's lambda, how far the mid moves with the flow. Source: signals.md S17; Kyle 1985;
// Hasbrouck 2009.

struct Line {
  double slope = 0;
  double r_squared = 0;     ///< 0 where y does not vary
  std::optional<double> t;  ///< of the slope; none below three points or on a perfect line
};

/// Least squares with intercept through (x, y). Null below two points and where x does not vary.
[[nodiscard]] std::optional<Line> fit_line(std::span<const std::array<double, 2>> points);

/// The last pairs of flow and change of the mid, one of each window of 10 s, for half an hour.
class PriceImpact {
 public:
  static constexpr std::size_t minimum = 60;

  void add(double flow, double mid_change_ticks) {
    points_[next_] = {flow, mid_change_ticks};
    next_ = (next_ + 1) % points_.size();
    if (count_ < points_.size()) ++count_;
  }
  void clear() { *this = {}; }

  /// Lambda in ticks per unit of flow; null below 60 windows and where the flow does not vary.
  [[nodiscard]] std::optional<Line> fit() const {
    if (count_ < minimum) return std::nullopt;
    return fit_line(std::span(points_).first(count_));
  }
  [[nodiscard]] std::size_t n() const { return count_; }

  /// The state, for snapshots.
  template <class Archive>
  void serialize(Archive& archive) {
    archive(points_, next_, count_);
  }

 private:
  std::array<std::array<double, 2>, 180> points_{};  // a ring
  std::size_t next_ = 0;
  std::size_t count_ = 0;
};

}  // namespace depthwire::analyzer
