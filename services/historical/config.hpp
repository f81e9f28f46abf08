#pragma once

#include "common/config/describe.hpp"
#include "common/ctrader/config.hpp"
#include "common/service/settings.hpp"

#include <chrono>

namespace depthwire::historical {

/// Historical's settings.
struct Config {
  std::chrono::milliseconds heal_longest = std::chrono::hours(24 * 7);
  std::chrono::milliseconds check_live_bars_every = std::chrono::hours(1);
  ctrader::Config ctrader;
  service::BusSettings bus;

  template <class Visitor>
  void describe(Visitor& field) {
    field("heal_longest", heal_longest,
          "outages of streaming up to so long are healed: the ticks they cost are fetched, and the "
          "bars they tore built anew; 0s: none");
    field(
        "check_live_bars_every", check_live_bars_every,
        "how often the broker's live bars are compared with its history, which is published where "
        "it differs; 0s: never, and not while heal_longest is 0s");
    field.section("ctrader", ctrader, "the account at the broker");
    field.section("bus", bus, "where the publishers are and where journals lie");
  }
};

}  // namespace depthwire::historical
