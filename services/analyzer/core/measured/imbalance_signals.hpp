#pragma once

#include "services/analyzer/core/base/signal_info.hpp"
#include "services/analyzer/core/engine/publisher.hpp"
#include "services/analyzer/core/engine/view.hpp"
#include "services/analyzer/core/measured/imbalance.hpp"

#include <array>
#include <optional>

namespace depthwire::analyzer {

/// S1 beside I_5: at other depths, by distance and by rank.
class ImbalanceSignals {
 public:
  static constexpr std::array<SignalInfo, 4> infos{
      {{"I_1", "S1", "how much more rests at the best bid than at the best ask"},
       {"I_10", "S1", "the same in the ten best levels of each side"},
       {"I_w", "S1", "the same in all levels, the near ones count most"},
       {"I_r", "S1", "the same in all levels, by their rank"}}};

  void publish(const View& view, const Publisher& out) {
    const auto bids = view.bids();
    const auto asks = view.asks();
    const auto say = [&](Series& series, std::optional<double> value) {
      out.series(series,
                 {.value = value,
                  .direction = direction_of(value),
                  .quality = view.depth_quality,
                  .n = 10,
                  .window = fast_window},
                 1);
    };
    const auto of_levels = [&](std::size_t k) {
      const auto found = imbalance(bids, asks, k);
      return found ? std::optional(found->value) : std::nullopt;
    };
    say(touch_, of_levels(1));
    say(ten_, of_levels(10));
    const auto pip = static_cast<double>(view.facts.pip_points());
    say(by_distance_, distance_weighted_imbalance(bids, asks, pip));
    say(by_rank_, rank_weighted_imbalance(bids, asks));
  }

  template <class Archive>
  void serialize(Archive& archive) {
    archive(touch_, ten_, by_distance_, by_rank_);
  }

 private:
  Series touch_{"I_1"};
  Series ten_{"I_10"};
  Series by_distance_{"I_w"};
  Series by_rank_{"I_r"};
};

}  // namespace depthwire::analyzer
