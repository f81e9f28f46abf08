#include "services/analyzer/core/inferred/sentiment.hpp"

#include <algorithm>

namespace depthwire::analyzer {

std::optional<double> sentiment_composite(std::optional<double> volume_imbalance,
                                          std::optional<double> ofi,
                                          std::optional<double> imbalance) {
  double sum = 0;
  double weight = 0;
  const auto take = [&](const std::optional<double>& value, double share) {
    if (!value) return;
    sum += share * *value;
    weight += share;
  };
  take(volume_imbalance, 0.4);
  if (ofi) take(std::clamp(*ofi, -1.0, 1.0), 0.4);
  take(imbalance, 0.2);
  if (!(weight > 0)) return std::nullopt;
  return sum / weight;
}

std::string_view sentiment_label(double s) {
  if (s > 0.3) return "bullish";
  if (s < -0.3) return "bearish";
  return "neutral";
}

double sentiment_long_pct(double s) { return 50.0 * (1.0 + s); }

double sentiment_contrarian(double long_pct) {
  if (long_pct > 70.0) return -(long_pct - 50.0) / 50.0;
  if (long_pct < 30.0) return (50.0 - long_pct) / 50.0;
  return 0.0;
}

}  // namespace depthwire::analyzer
