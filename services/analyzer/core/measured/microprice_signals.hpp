#pragma once

#include "services/analyzer/core/base/signal_info.hpp"
#include "services/analyzer/core/engine/publisher.hpp"
#include "services/analyzer/core/engine/view.hpp"
#include "services/analyzer/core/measured/microprice.hpp"

#include <array>
#include <optional>

namespace depthwire::analyzer {

/// S2: the weighted mid, a price in points.
class MicropriceSignals {
 public:
  static constexpr std::array<SignalInfo, 1> infos{
      {{.name = "WEIGHTED_MID",
        .id = "S2",
        .meaning = "the mid, drawn to the side that has less",
        .unit = Unit::price}}};

  void publish(const View& view, const Publisher& out) {
    const auto bids = view.bids();
    const auto asks = view.asks();
    std::optional<double> value;
    if (!bids.empty() && !asks.empty()) value = weighted_mid(bids.back(), asks.back());
    out.series(weighted_,
               {.value = value, .quality = view.depth_quality, .n = 10, .window = fast_window}, 1);
  }

  template <class Archive>
  void serialize(Archive& archive) {
    archive(weighted_);
  }

 private:
  Series weighted_{"WEIGHTED_MID"};
};

}  // namespace depthwire::analyzer
