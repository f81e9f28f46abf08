#pragma once

#include "services/analyzer/core/base/signal_info.hpp"
#include "services/analyzer/core/engine/publisher.hpp"
#include "services/analyzer/core/engine/view.hpp"
#include "services/analyzer/core/measured/slope.hpp"

#include <array>
#include <optional>

namespace depthwire::analyzer {

/// S4: asymmetry of the slopes, pressure, and what was stacked or pulled within 5 s on each side,
/// in units of the base asset.
class SlopeSignals {
 public:
  static constexpr std::array<SignalInfo, 4> infos{
      {{"SLOPE", "S4", "how much faster the bids grow away from the mid than the asks do"},
       {"PRESSURE", "S4", "sizes by their nearness to the mid: bids against asks"},
       {.name = "STACKED_BID_5s",
        .id = "S4",
        .meaning = "added to (pulled from) the bids whose prices stayed for 5 s",
        .unit = Unit::size,
        .mirror = Mirror::becomes,
        .mirror_name = "STACKED_ASK_5s"},
       {.name = "STACKED_ASK_5s",
        .id = "S4",
        .meaning = "the same of the asks",
        .unit = Unit::size,
        .mirror = Mirror::becomes,
        .mirror_name = "STACKED_BID_5s"}}};

  void depth(const View& view) {
    if (view.live) {
      stacking_.step(view.bids(), view.asks());
    } else {
      stacking_.clear();
    }
  }
  void second(const View& view, const Publisher& /*out*/) {
    if (!view.live) stacking_.clear();
    stacking_.second();
  }
  void clear() { stacking_.clear(); }

  void publish(const View& view, const Publisher& out) {
    const auto bids = view.bids();
    const auto asks = view.asks();
    const auto say = [&](Series& series, std::optional<double> value, int direction, Ns span) {
      out.series(series,
                 {.value = value,
                  .direction = direction,
                  .quality = view.depth_quality,
                  .n = 10,
                  .window = span},
                 1);
    };
    const auto pip = static_cast<double>(view.facts.pip_points());
    const auto slopes = slope(bids, asks, pip);
    const auto asymmetry = slopes ? std::optional(slopes->asymmetry) : std::nullopt;
    say(slope_, asymmetry, direction_of(asymmetry), fast_window);
    const auto near = pressure(bids, asks, pip);
    say(pressure_, near, direction_of(near), fast_window);
    const auto stacked = [&](market::Side side) -> std::optional<double> {
      const auto change = stacking_.change(side);
      if (!change) return std::nullopt;
      return static_cast<double>(change->cents) / market::cents_per_unit;
    };
    const auto bid = stacked(market::Side::bid);
    const auto ask = stacked(market::Side::ask);
    say(stacked_bid_, bid, direction_of(bid), window);
    say(stacked_ask_, ask, -direction_of(ask), window);
  }

  template <class Archive>
  void serialize(Archive& archive) {
    archive(stacking_, slope_, pressure_, stacked_bid_, stacked_ask_);
  }

 private:
  static constexpr Ns window = 5 * ns_per_second;

  Stacking stacking_;
  Series slope_{"SLOPE"};
  Series pressure_{"PRESSURE"};
  Series stacked_bid_{"STACKED_BID_5s"};
  Series stacked_ask_{"STACKED_ASK_5s"};
};

}  // namespace depthwire::analyzer
