#pragma once

#include <string>

namespace depthwire::bench {

/// streaming.latency_*: the first part of the way, the simulator's socket write to a subscriber of
/// streaming.
void measure_streaming_latency();

/// <name>_*: the simulator's socket write to a WebSocket client of the gateway, at `rate` events a
/// second.
void measure_pipeline_latency(const std::string& name, int rate);

}  // namespace depthwire::bench
