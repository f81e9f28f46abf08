#pragma once

#include "common/config/describe.hpp"
#include "common/ctrader/config.hpp"
#include "common/service/settings.hpp"

#include <string>
#include <vector>

namespace depthwire::streaming {

/// Streaming's settings.
struct Config {
  std::vector<std::string> symbols{"all"};
  bool live_bars = true;
  ctrader::Config ctrader;
  service::BusSettings bus;

  template <class Visitor>
  void describe(Visitor& field) {
    field("symbols", symbols, "symbols to stream by the broker's names, or all");
    field("live_bars", live_bars, "also stream the broker's own one-minute bars");
    field.section("ctrader", ctrader, "the account at the broker");
    field.section("bus", bus, "where the publishers are and where journals lie");
  }
};

}  // namespace depthwire::streaming
