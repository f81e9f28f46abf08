#pragma once

#include "common/market/bar.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

namespace depthwire::market {

/// The bars that are built from spots.
inline constexpr std::array built_periods{Period::s1, Period::m1, Period::m5, Period::m15,
                                          Period::h1, Period::h4, Period::d1};

/// Start of the bar of `period` that holds `time_ns`, and of the one after it. Up to 1 h they lie
/// on the UTC clock; 4 h and 1 d follow the trading day that rolls at 17:00 New York.
[[nodiscard]] std::int64_t bar_open(Period period, std::int64_t time_ns);
[[nodiscard]] std::int64_t bar_end(Period period, std::int64_t open_time_ns);

/// Builds the bars of one symbol from its spots. Spots fall into bars by event time; a bar ends
/// when a spot of a later bar arrives, or `grace` after its end by receive time. No spot in a
/// period, or no bid known yet: no bar. A spot that arrives for an ended bar is counted and changes
/// nothing: what was published stays.
class BarBuilder {
 public:
  explicit BarBuilder(std::int64_t grace_ns) : grace_ns_(grace_ns) {}

  /// Takes a spot and adds the bars that it ends to `ended`. Sides that it does not carry keep
  /// their last price.
  void take(const Spot& spot, std::int64_t event_time_ns, std::vector<Bar>& ended);

  /// Learns prices that are older than this moment and belong to no bar.
  void note(const Spot& spot);

  /// Adds the bars that end by the clock at `receive_time_ns`.
  void tick(std::int64_t receive_time_ns, std::vector<Bar>& ended);
  /// When tick() next has something to do; nothing while no bar is open.
  [[nodiscard]] std::optional<std::int64_t> due() const;

  /// Forgets both sides' prices: after a reconnect the next spots bring them anew.
  void forget_prices();

  [[nodiscard]] std::uint64_t late_spots() const { return late_spots_; }

  /// The state, for snapshots.
  template <class Archive>
  void serialize(Archive& archive) {
    archive(bid_, ask_, forming_, late_spots_);
  }

 private:
  struct Forming {
    std::optional<Bar> bar;
    std::int64_t end_ns = 0;
    std::int64_t ended_before_ns = 0;  // bars that open before this are over

    template <class Archive>
    void serialize(Archive& archive) {
      archive(bar, end_ns, ended_before_ns);
    }
  };

  void end(Forming& forming, std::vector<Bar>& ended);
  void add(Forming& forming, Period period, std::int64_t event_time_ns, std::uint64_t changes);

  std::int64_t grace_ns_;
  std::optional<Price> bid_;
  std::optional<Price> ask_;
  std::array<Forming, built_periods.size()> forming_;
  std::uint64_t late_spots_ = 0;
};

}  // namespace depthwire::market
