#pragma once

#include "common/config/describe.hpp"
#include "common/ctrader/config.hpp"
#include "common/service/settings.hpp"

#include <chrono>
#include <string>
#include <vector>

namespace depthwire::streaming {

/// When what the broker sends is told to be of bad quality.
struct QualityConfig {
  std::chrono::milliseconds spot_silence = std::chrono::minutes{2};
  std::chrono::milliseconds depth_silence = std::chrono::minutes{2};
  double outlier_spreads = 20;
  double outlier_deviations = 50;

  template <class Visitor>
  void describe(Visitor& field) {
    const config::DurationBounds up_to_a_day{.max = std::chrono::hours(24)};
    field("spot_silence", spot_silence,
          "a symbol without a spot for longer, while its market is open, is told to be stale; 0: "
          "not judged",
          up_to_a_day);
    field("depth_silence", depth_silence,
          "the same for its depth, should it have sent any; 0: not judged", up_to_a_day);
    field("outlier_spreads", outlier_spreads,
          "a spot is told as an outlier when its mid is more than so many median spreads from the "
          "one before; 0: not judged",
          config::Bounds{.min = 0, .max = 1'000'000});
    field("outlier_deviations", outlier_deviations,
          "and more than so many robust standard deviations of such a change",
          config::Bounds{.min = 0, .max = 1'000'000});
  }
};

/// Streaming's settings.
struct Config {
  std::vector<std::string> symbols{"all"};
  bool live_bars = true;
  QualityConfig quality;
  ctrader::Config ctrader;
  service::BusSettings bus;

  template <class Visitor>
  void describe(Visitor& field) {
    field("symbols", symbols, "symbols to stream by the broker's names, or all");
    field("live_bars", live_bars, "also stream the broker's own one-minute bars");
    field.group("quality", quality, "what is told about the quality of the data");
    field.section("ctrader", ctrader, "the account at the broker");
    field.section("bus", bus, "where the publishers are and where journals lie");
  }
};

}  // namespace depthwire::streaming
