#include "bench/edge/edge.hpp"

#include <spdlog/spdlog.h>

#include <string_view>

int main(int argc, char** argv) {
  using namespace depthwire;
  const std::string_view prefix = argc > 1 ? argv[1] : "";
  const auto wanted = [&](std::string_view name) {
    return name.starts_with(prefix) || prefix.starts_with(name);
  };
  spdlog::set_level(spdlog::level::warn);
  if (wanted("edge.tick_decode_ratio")) bench::measure_tick_decode();
  if (wanted("edge.reconnect_ratio")) bench::measure_reconnect();
  return 0;
}
