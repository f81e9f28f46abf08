#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace depthwire::analyzer {

// S6b: shares of a tick count that are held for buying. Tick counts are quoting activity, not
// volume. Source: signals.md S6b; Easley, Lopez de Prado & O'Hara 2012, 2016.

/// A closed bar: prices in points, `tick_count` quote changes.
struct BarValues {
  std::int64_t open = 0;
  std::int64_t high = 0;
  std::int64_t low = 0;
  std::int64_t close = 0;
  std::uint64_t tick_count = 0;

  template <class Archive>
  void serialize(Archive& archive) {
    archive(open, high, low, close, tick_count);
  }
};

/// The standard normal distribution function.
[[nodiscard]] double normal_cdf(double x);

/// 0.6 up, 0.4 down, 0.5 flat.
[[nodiscard]] double bar60_buy_share(std::int64_t open, std::int64_t close);
/// Where the close lies in the range: (C - L) / (H - L), 0.5 without a range.
[[nodiscard]] double clv_buy_share(std::int64_t high, std::int64_t low, std::int64_t close);
/// Bulk volume classification: Phi(close change / sigma). `sigma` is positive.
[[nodiscard]] double bvc_buy_share(double close_change, double sigma);

/// Close changes of the last 60 bars of one symbol; gives the sigma of `bvc`.
class CloseChanges {
 public:
  static constexpr std::size_t count = 60;

  /// Takes a bar's close and gives its change, null for the first.
  std::optional<std::int64_t> step(std::int64_t close);
  /// Sample deviation of the last 60 changes; null until there are as many, and when they do not
  /// vary. Ask before `step`, so that a bar is not in its own baseline.
  [[nodiscard]] std::optional<double> sigma() const;
  void clear();

  /// The state, for snapshots.
  template <class Archive>
  void serialize(Archive& archive) {
    archive(last_, changes_, size_, next_);
  }

 private:
  std::optional<std::int64_t> last_;
  std::array<std::int64_t, count> changes_{};
  std::size_t size_ = 0;
  std::size_t next_ = 0;
};

/// The tick rule: each change of the spot mid is one tick of buying or selling, an unchanged mid
/// repeats the sign before it.
class TickRule {
 public:
  /// Takes a spot's mid in half points.
  void step(std::int64_t mid_half_points);
  /// Ticks since the last call.
  struct Ticks {
    std::uint64_t buy = 0;
    std::uint64_t sell = 0;

    template <class Archive>
    void serialize(Archive& archive) {
      archive(buy, sell);
    }
  };
  [[nodiscard]] Ticks take();
  void clear();

  /// The state, for snapshots.
  template <class Archive>
  void serialize(Archive& archive) {
    archive(last_, sign_, ticks_);
  }

 private:
  std::optional<std::int64_t> last_;
  int sign_ = 0;
  Ticks ticks_;
};

}  // namespace depthwire::analyzer
