#pragma once

#include "services/analyzer/core/base/time.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace depthwire::analyzer {

// S19: whether a market trends and how much it moves, told from closed bars. Source: signals.md
// S19; Kaufman 2013 (efficiency ratio); Wilder 1978 (ADX); Lo & MacKinlay 1988 (variance ratio).

/// |C_n - C_0| / sum |dC| of closes, oldest first; 0 where none moved. Null below two closes.
[[nodiscard]] std::optional<double> efficiency_ratio(std::span<const double> closes);

/// The variance of sums of q returns over q times that of one, from overlapping sums about zero.
/// Null below q + 1 returns and where none moved.
[[nodiscard]] std::optional<double> variance_ratio(std::span<const double> returns, std::size_t q);

/// 0.5 + ln VR(q) / (2 ln q): above 0.5 moves go on, below they turn. A diagnostic, biased up on
/// short samples. q is at least 2. Null where the variance ratio is null or 0.
[[nodiscard]] std::optional<double> hurst(std::span<const double> returns, std::size_t q);

struct HighLowClose {
  double high = 0;
  double low = 0;
  double close = 0;

  template <class Archive>
  void serialize(Archive& archive) {
    archive(high, low, close);
  }
};

struct DirectionalMovement {
  double plus_di = 0;  ///< 0 to 100
  double minus_di = 0;
  std::optional<double> adx;  ///< 0 to 100; null before the 28th bar

  template <class Archive>
  void serialize(Archive& archive) {
    archive(plus_di, minus_di, adx);
  }
};

/// Wilder's directional movement over 14 bars.
class Adx {
 public:
  void step(double high, double low, double close);
  /// Null before the 15th bar, and where the range is 0.
  [[nodiscard]] const std::optional<DirectionalMovement>& value() const { return value_; }
  void clear() { *this = {}; }

  /// The state, for snapshots.
  template <class Archive>
  void serialize(Archive& archive) {
    archive(last_, range_, plus_, minus_, adx_, moves_, indices_, value_);
  }

 private:
  static constexpr std::size_t period = 14;

  std::optional<HighLowClose> last_;
  // Wilder's running sums: of the first 14, then each less its 14th part plus the new one.
  double range_ = 0;
  double plus_ = 0;
  double minus_ = 0;
  double adx_ = 0;           // the sum of the first 14 DX, then their smoothed mean
  std::size_t moves_ = 0;    // bars with one before
  std::size_t indices_ = 0;  // DX seen
  std::optional<DirectionalMovement> value_;
};

enum class Trend : std::uint8_t { unknown, range, up, down };
enum class VolatilityLevel : std::uint8_t { unknown, quiet, normal, high };
enum class Regime : std::uint8_t {
  unknown,
  transition,  ///< another one has not held for three bars yet
  volatile_market,
  trend_up,
  trend_down,
  quiet,
  range,
};
[[nodiscard]] std::string_view to_string(Trend trend);
[[nodiscard]] std::string_view to_string(VolatilityLevel level);
[[nodiscard]] std::string_view to_string(Regime regime);

struct RegimeParams {
  double trend_er = 0.35;  ///< enters a trend at both
  double trend_adx = 25;
  double range_er = 0.25;  ///< leaves it below either
  double range_adx = 20;
  double high = 0.90;  ///< of the percentile of volatility
  double high_left = 0.80;
  double quiet = 0.10;
  double quiet_left = 0.20;
  std::size_t hold = 3;  ///< bars that a new label has to hold
};

/// What a bar's close shows.
struct RegimeInput {
  std::optional<double> er;
  std::optional<double> adx;
  int direction = 0;                            ///< sign of C_n - C_0
  std::optional<double> volatility_percentile;  ///< [0, 1]
};

/// The two axes with their hysteresis, and the label.
class RegimeMachine {
 public:
  explicit RegimeMachine(const RegimeParams& params = {}) : params_(params) {}

  void step(const RegimeInput& input);

  [[nodiscard]] Trend trend() const { return trend_; }
  [[nodiscard]] VolatilityLevel volatility() const { return volatility_; }
  [[nodiscard]] Regime label() const { return label_; }

  /// The state, for snapshots.
  template <class Archive>
  void serialize(Archive& archive) {
    archive(trend_, volatility_, held_, candidate_, bars_, label_);
  }

 private:
  void step_trend(const RegimeInput& input);
  void step_volatility(const RegimeInput& input);
  [[nodiscard]] Regime by_precedence() const;

  RegimeParams params_;
  Trend trend_ = Trend::unknown;
  VolatilityLevel volatility_ = VolatilityLevel::unknown;
  Regime held_ = Regime::unknown;  // the last one that held
  Regime candidate_ = Regime::unknown;
  std::size_t bars_ = 0;  // of the candidate
  Regime label_ = Regime::unknown;
};

}  // namespace depthwire::analyzer
