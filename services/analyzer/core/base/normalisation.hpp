#pragma once

#include "common/market/trading_day.hpp"
#include "services/analyzer/core/base/sorted_window.hpp"
#include "services/analyzer/core/base/time.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace depthwire::analyzer {

// S18: how unusual a value is, against a baseline that does not hold the value itself.

/// How spread is told from noise: median and 1.4826 MAD (the default), or mean and deviation.
enum class ZKind : std::uint8_t { robust, sample, population };

inline constexpr double mad_to_deviation = 1.4826;
inline constexpr double z_limit = 10.0;

/// The centre of a baseline and the width of one z.
struct Scale {
  double centre = 0;
  double width = 0;  ///< 0: the baseline does not vary, so there is no z

  template <class Archive>
  void serialize(Archive& archive) {
    archive(centre, width);
  }
};

/// z of `x` against `scale`, clamped to +-10; null where the baseline does not vary.
[[nodiscard]] std::optional<double> z_score(const Scale& scale, double x);

/// z of `x` against `baseline` (any order). Null when it is empty or does not vary.
[[nodiscard]] std::optional<double> z_score(std::span<const double> baseline, double x,
                                            ZKind kind = ZKind::robust);

/// Median and 1.4826 MAD of ascending values, at least one.
[[nodiscard]] Scale robust_scale(std::span<const float> sorted);

struct BaselineParams {
  std::size_t minimum = 60;       ///< samples below which there is no z
  std::size_t seasonal_days = 5;  ///< days a seasonal bin needs before it is used
  std::size_t seasonal_keep = 6;  ///< days a seasonal bin holds
  Ns window = baseline_window;    ///< of the rolling baseline
};

/// The baseline of one series: the seasonal bin of the hour (168 hours of the week in New York)
/// once it has enough days, before that the rolling one. Sample it once a second. Values are kept
/// as floats: a baseline needs no more, and there are many.
class Baseline {
 public:
  explicit Baseline(const BaselineParams& params = {});

  /// Takes the value of the second that starts at `t`.
  void sample(Ns t, double value);
  /// Forgets the rolling part: nothing spans a gap. The bins, which no gap falsifies, stay.
  void clear_rolling();

  [[nodiscard]] std::optional<double> z(double x) const;
  /// Share of the samples that are below `x`, those equal to it counting half; null where `z` is
  /// for want of samples.
  [[nodiscard]] std::optional<double> percentile(double x) const;
  /// Samples behind `z`.
  [[nodiscard]] std::size_t n() const;
  /// The median of the rolling part.
  [[nodiscard]] std::optional<double> median() const;

  /// The state, for snapshots.
  template <class Archive>
  void serialize(Archive& archive) {
    archive(rolling_, rolling_scale_, bins_, hour_, bin_, slot_, seasonal_, seasonal_scale_);
  }

 private:
  /// A value every two minutes of the latest days of one hour of the week.
  struct Bin {
    std::vector<float> values;
    std::vector<std::uint8_t> per_day;

    template <class Archive>
    void serialize(Archive& archive) {
      archive(values, per_day);
    }
  };

  void enter_hour(std::int64_t hour, Ns t);

  BaselineParams params_;
  SortedWindow<float> rolling_;
  std::optional<Scale> rolling_scale_;
  std::array<Bin, market::hours_per_week> bins_;
  std::int64_t hour_ = -1;  // hours since 1970
  std::size_t bin_ = 0;
  std::int64_t slot_ = -1;       // of the last seasonal sample
  std::vector<float> seasonal_;  // of the running hour's bin, ascending; empty: not used
  std::optional<Scale> seasonal_scale_;
};

}  // namespace depthwire::analyzer
