#pragma once

#include "common/config/describe.hpp"
#include "common/config/values.hpp"
#include "common/service/settings.hpp"
#include "services/analyzer/core/engine/params.hpp"

#include <chrono>
#include <map>
#include <string>

namespace depthwire::analyzer {

/// The analyzer's settings. What is not named here has the default of the signal specification.
struct Config {
  std::chrono::milliseconds series_interval{1'000};
  std::chrono::milliseconds sentiment_interval{10'000};
  std::chrono::milliseconds correlation_interval{5'000};
  double imbalance_threshold = 0.30;
  double z_threshold = 2.0;
  double min_touch_lots = 0.1;
  std::chrono::milliseconds snapshot_interval{60'000};
  service::BusSettings bus;

  template <class Visitor>
  void describe(Visitor& field) {
    using std::chrono::milliseconds;
    field("series_interval", series_interval,
          "time between two values of a series of one symbol, whole seconds; 0ms: no series",
          config::DurationBounds{.max = milliseconds(3'600'000)});
    field("sentiment_interval", sentiment_interval,
          "time between two values of the flow sentiment of one symbol, whole seconds",
          config::DurationBounds{.min = milliseconds(1'000), .max = milliseconds(3'600'000)});
    field("correlation_interval", correlation_interval,
          "time between two correlation matrices of all symbols, whole seconds; 0ms: none",
          config::DurationBounds{.max = milliseconds(3'600'000)});
    field("imbalance_threshold", imbalance_threshold, "|I_5| from which an imbalance fires",
          config::Bounds{.min = 0.01, .max = 1});
    field("z_threshold", z_threshold, "|z| from which imbalance and spread fire",
          config::Bounds{.min = 0.1, .max = 10});
    field("min_touch_lots", min_touch_lots, "levels smaller than this are dust to the order flow",
          config::Bounds{.min = 0, .max = 1'000});
    field("snapshot_interval", snapshot_interval,
          "time between two snapshots of the state, from which a restart goes on; 0ms: none");
    field.section("bus", bus, "where the publishers are and where journals lie");
  }

  void check(const config::Checks& checks) const {
    // Timers fire at whole seconds only.
    if (series_interval.count() % 1'000 != 0) checks.fail("series_interval", "whole seconds");
    if (correlation_interval.count() % 1'000 != 0) {
      checks.fail("correlation_interval", "whole seconds");
    }
    if (sentiment_interval.count() % 1'000 != 0) checks.fail("sentiment_interval", "whole seconds");
  }

  [[nodiscard]] Params params() const {
    Params params;
    params.series_interval = std::chrono::nanoseconds(series_interval).count();
    params.sentiment_interval = std::chrono::nanoseconds(sentiment_interval).count();
    params.correlation_interval = std::chrono::nanoseconds(correlation_interval).count();
    params.imbalance_threshold = imbalance_threshold;
    params.z_threshold = z_threshold;
    params.min_touch_lots = min_touch_lots;
    return params;
  }

  /// What shapes the outputs, for EPOCH_START: enough to make the stage anew from it. The hash
  /// tells whether what the settings do not name is the same too.
  [[nodiscard]] std::map<std::string, std::string> parameters() const {
    auto parameters = config::values_of("analyzer", *this);
    parameters.erase("snapshot_interval");  // shapes none
    parameters["params_hash"] = std::to_string(params_hash(params()));
    return parameters;
  }
};

}  // namespace depthwire::analyzer
