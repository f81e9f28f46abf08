#pragma once

#include "services/analyzer/core/base/signal_info.hpp"
#include "services/analyzer/core/engine/publisher.hpp"
#include "services/analyzer/core/engine/view.hpp"
#include "services/analyzer/core/modelled/vpin.hpp"

#include <array>

namespace depthwire::analyzer {

/// S15: said when a bucket is full.
class VpinSignals {
 public:
  static constexpr std::array<SignalInfo, 1> infos{
      {{.name = "VPIN",
        .id = "S15",
        .meaning = "how one-sided the ticks of the last 50 equal buckets were",
        .basis = Basis::modelled,
        .needs = market::Capability::bars,
        .minimum_n = 50,
        .mirror = Mirror::stays}}};

  void bar(const View& /*view*/, const ClosedBar& closed, const Publisher& out) {
    const auto ticks = closed.bar.values.tick_count;
    daily_.add(closed.bar.open_time, ticks);
    const auto usual = daily_.mean();
    if (!usual || !closed.bvc_buy_share) return;
    vpin_.bucket_size(*usual / static_cast<double>(buckets));
    if (!vpin_.add(static_cast<double>(ticks), *closed.bvc_buy_share)) return;
    out.series(series_,
               {.value = vpin_.value(),
                .basis = Basis::modelled,
                .quality = vpin_.value() ? Quality::ok : Quality::warming,
                .n = vpin_.n(),
                .window = market::ns_per_day},
               buckets);
  }

  template <class Archive>
  void serialize(Archive& archive) {
    archive(daily_, vpin_, series_);
  }

 private:
  static constexpr std::size_t buckets = 50;

  DailyTicks daily_;
  Vpin vpin_{buckets};
  Series series_{"VPIN"};
};

}  // namespace depthwire::analyzer
