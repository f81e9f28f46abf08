#pragma once

namespace depthwire::bench {

/// memory.*: what a service keeps in memory with 20 symbols, after 200,000 events.
void measure_memory();

/// pipeline.idle_cpu_percent: what all processes use of one core while nothing happens.
void measure_idle_cpu();

}  // namespace depthwire::bench
