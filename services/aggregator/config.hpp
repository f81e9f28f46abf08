#pragma once

#include "common/config/describe.hpp"
#include "common/config/values.hpp"
#include "common/service/settings.hpp"
#include "services/aggregator/core/aggregator_stage.hpp"

#include <chrono>
#include <cstddef>
#include <map>
#include <string>

namespace depthwire::aggregator {

/// The aggregator's settings.
struct Config {
  std::size_t depth = 10;
  std::chrono::milliseconds book_interval{0};
  std::chrono::milliseconds bar_grace{1'000};
  std::chrono::milliseconds snapshot_interval{60'000};
  service::BusSettings bus;

  [[nodiscard]] StageSettings settings() const {
    return {.depth = depth, .book_interval = book_interval, .bar_grace = bar_grace};
  }

  /// What shapes the outputs, for EPOCH_START: enough to make the stage anew from it.
  [[nodiscard]] std::map<std::string, std::string> parameters() const {
    auto parameters = config::values_of("aggregator", *this);
    parameters.erase("snapshot_interval");  // shapes none
    return parameters;
  }

  template <class Visitor>
  void describe(Visitor& field) {
    field("depth", depth, "levels a side in a published book",
          config::Bounds{.min = 1, .max = 10'000});
    field("book_interval", book_interval,
          "at most one book per symbol in this time; 0ms: one for every change");
    field("bar_grace", bar_grace,
          "how long after its end a bar waits for late spots in a quiet market");
    field("snapshot_interval", snapshot_interval,
          "time between two snapshots of the state, from which a restart goes on; 0ms: none");
    field.section("bus", bus, "where the publishers are and where journals lie");
  }
};

}  // namespace depthwire::aggregator
