#pragma once

#include "services/analyzer/core/base/signal_info.hpp"
#include "services/analyzer/core/engine/publisher.hpp"
#include "services/analyzer/core/engine/view.hpp"
#include "services/analyzer/core/measured/spread.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace depthwire::analyzer {

/// S3's cost curve: what taking so much from the visible book would cost beyond the mid, in points.
class CostSignals {
 public:
  static constexpr std::array<SignalInfo, 10> infos{
      {{.name = "COST_BUY_0.1M",
        .id = "S3",
        .meaning = "what buying 0.1M of the base asset now costs beyond the mid",
        .unit = Unit::points,
        .mirror = Mirror::becomes,
        .mirror_name = "COST_SELL_0.1M"},
       {.name = "COST_BUY_0.5M",
        .id = "S3",
        .meaning = "what buying 0.5M of the base asset now costs beyond the mid",
        .unit = Unit::points,
        .mirror = Mirror::becomes,
        .mirror_name = "COST_SELL_0.5M"},
       {.name = "COST_BUY_1M",
        .id = "S3",
        .meaning = "what buying 1M of the base asset now costs beyond the mid",
        .unit = Unit::points,
        .mirror = Mirror::becomes,
        .mirror_name = "COST_SELL_1M"},
       {.name = "COST_BUY_5M",
        .id = "S3",
        .meaning = "what buying 5M of the base asset now costs beyond the mid",
        .unit = Unit::points,
        .mirror = Mirror::becomes,
        .mirror_name = "COST_SELL_5M"},
       {.name = "COST_BUY_10M",
        .id = "S3",
        .meaning = "what buying 10M of the base asset now costs beyond the mid",
        .unit = Unit::points,
        .mirror = Mirror::becomes,
        .mirror_name = "COST_SELL_10M"},
       {.name = "COST_SELL_0.1M",
        .id = "S3",
        .meaning = "what selling 0.1M of the base asset now costs beyond the mid",
        .unit = Unit::points,
        .mirror = Mirror::becomes,
        .mirror_name = "COST_BUY_0.1M"},
       {.name = "COST_SELL_0.5M",
        .id = "S3",
        .meaning = "what selling 0.5M of the base asset now costs beyond the mid",
        .unit = Unit::points,
        .mirror = Mirror::becomes,
        .mirror_name = "COST_BUY_0.5M"},
       {.name = "COST_SELL_1M",
        .id = "S3",
        .meaning = "what selling 1M of the base asset now costs beyond the mid",
        .unit = Unit::points,
        .mirror = Mirror::becomes,
        .mirror_name = "COST_BUY_1M"},
       {.name = "COST_SELL_5M",
        .id = "S3",
        .meaning = "what selling 5M of the base asset now costs beyond the mid",
        .unit = Unit::points,
        .mirror = Mirror::becomes,
        .mirror_name = "COST_BUY_5M"},
       {.name = "COST_SELL_10M",
        .id = "S3",
        .meaning = "what selling 10M of the base asset now costs beyond the mid",
        .unit = Unit::points,
        .mirror = Mirror::becomes,
        .mirror_name = "COST_BUY_10M"}}};

  void publish(const View& view, const Publisher& out) {
    const auto bids = view.bids();
    const auto asks = view.asks();
    const bool both = !bids.empty() && !asks.empty();
    const std::int64_t mid =
        both ? bids.back().price.points + asks.back().price.points : std::int64_t{0};
    const auto say = [&](Series& series, market::Side side, std::int64_t taken) {
      const auto cost =
          both ? cost_of_taking(view.levels(side), side, market::Size{taken * cents}, mid)
               : std::nullopt;
      out.series(series,
                 {.value = cost ? std::optional(cost->cost_points) : std::nullopt,
                  .quality = view.depth_quality,
                  .n = 10,
                  .window = fast_window},
                 1);
    };
    for (std::size_t i = 0; i < units.size(); ++i) {
      say(buy_[i], market::Side::ask, units[i]);
      say(sell_[i], market::Side::bid, units[i]);
    }
  }

  template <class Archive>
  void serialize(Archive& archive) {
    archive(buy_, sell_);
  }

 private:
  static constexpr auto cents = static_cast<std::int64_t>(market::cents_per_unit);
  static constexpr std::array<std::int64_t, 5> units = {100'000, 500'000, 1'000'000, 5'000'000,
                                                        10'000'000};

  std::array<Series, 5> buy_{Series{"COST_BUY_0.1M"}, Series{"COST_BUY_0.5M"},
                             Series{"COST_BUY_1M"}, Series{"COST_BUY_5M"}, Series{"COST_BUY_10M"}};
  std::array<Series, 5> sell_{Series{"COST_SELL_0.1M"}, Series{"COST_SELL_0.5M"},
                              Series{"COST_SELL_1M"}, Series{"COST_SELL_5M"},
                              Series{"COST_SELL_10M"}};
};

}  // namespace depthwire::analyzer
