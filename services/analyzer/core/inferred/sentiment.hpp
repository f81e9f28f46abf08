#pragma once

#include <optional>
#include <string_view>

namespace depthwire::analyzer {

// S21: flow sentiment, a composite of what is taken, quoted and resting. The feed has no positions
// of traders, so it is never their share. Source: signals.md S21.

inline constexpr double sentiment_min_coverage = 0.6;

/// c = 0.4 VI_taken + 0.4 clamp(ofi, +-1) + 0.2 I_5; a null part drops out and the weights of the
/// others grow to make up for it. Null when all are.
[[nodiscard]] std::optional<double> sentiment_composite(std::optional<double> volume_imbalance,
                                                        std::optional<double> ofi,
                                                        std::optional<double> imbalance);

/// bullish above 0.3, bearish below -0.3, else neutral.
[[nodiscard]] std::string_view sentiment_label(double s);
/// 50 (1 + s).
[[nodiscard]] double sentiment_long_pct(double s);
/// Against a crowd of more than 70 or less than 30 per cent; else 0.
[[nodiscard]] double sentiment_contrarian(double long_pct);

}  // namespace depthwire::analyzer
