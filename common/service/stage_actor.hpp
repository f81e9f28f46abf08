#pragma once

#include "common/bus/stage.hpp"
#include "common/service/runtime.hpp"
#include "common/service/settings.hpp"

#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <string_view>

namespace depthwire::service {

/// Which journal a stage reads and where it publishes.
struct StageWiring {
  std::string_view input;                         ///< the publisher's name: streaming
  Endpoint own;                                   ///< where the stage binds
  std::map<std::string, std::string> parameters;  ///< for EPOCH_START: what shapes the outputs
  std::chrono::milliseconds snapshot_interval{60'000};
};

/// Runs `stage` in a detached actor until the process stops: one thread takes a batch, steps it
/// whole, appends and publishes. Health and metrics tell how far it is.
void spawn_stage(Runtime& runtime, const BusSettings& bus, StageWiring wiring,
                 std::unique_ptr<bus::Stage> stage);

}  // namespace depthwire::service
