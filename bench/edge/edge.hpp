#pragma once

namespace depthwire::bench {

// Each prints its figure.
void measure_tick_decode();
void measure_reconnect();

}  // namespace depthwire::bench
