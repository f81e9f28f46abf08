// What the whole pipeline costs, with its real programs: latency, memory and idle processor time.
#include "bench/pipeline/latency.hpp"
#include "bench/pipeline/resources.hpp"

#include <cstdio>
#include <exception>
#include <string_view>

int main(int argc, char** argv) {
  using namespace depthwire::bench;
  const std::string_view prefix = argc > 1 ? argv[1] : "";
  const auto wanted = [&](std::string_view group) {
    return group.starts_with(prefix) || prefix.starts_with(group);
  };
  try {
    if (wanted("streaming.latency_")) measure_streaming_latency();
    if (wanted("pipeline.latency_")) measure_pipeline_latency("pipeline.latency", 1'000);
    if (wanted("pipeline.latency5k_")) measure_pipeline_latency("pipeline.latency5k", 5'000);
    if (wanted("pipeline.idle_cpu_percent")) measure_idle_cpu();
    if (wanted("memory.")) measure_memory();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "bench_pipeline: %s\n", error.what());
    return 1;
  }
  return 0;
}
