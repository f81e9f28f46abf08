#include "services/analyzer/core/measured/price_impact.hpp"

#include <cmath>

namespace depthwire::analyzer {

std::optional<Line> fit_line(std::span<const std::array<double, 2>> points) {
  const auto n = static_cast<double>(points.size());
  if (points.size() < 2) return std::nullopt;
  double mean_x = 0;
  double mean_y = 0;
  for (const auto& [x, y] : points) {
    mean_x += x / n;
    mean_y += y / n;
  }
  double xx = 0;
  double xy = 0;
  double yy = 0;
  for (const auto& [x, y] : points) {
    xx += (x - mean_x) * (x - mean_x);
    xy += (x - mean_x) * (y - mean_y);
    yy += (y - mean_y) * (y - mean_y);
  }
  if (!(xx > 0)) return std::nullopt;
  Line line{.slope = xy / xx};
  if (!(yy > 0)) return line;
  line.r_squared = xy * xy / (xx * yy);
  const double residual = yy - xy * xy / xx;
  const double variance = residual / (n - 2);
  if (points.size() > 2 && variance > 0) line.t = line.slope / std::sqrt(variance / xx);
  return line;
}

}  // namespace depthwire::analyzer
