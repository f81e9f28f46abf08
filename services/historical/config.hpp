#pragma once

#include "common/config/describe.hpp"
#include "common/ctrader/config.hpp"
#include "common/service/settings.hpp"

namespace depthwire::historical {

/// Historical's settings: those that it shares with others.
struct Config {
  ctrader::Config ctrader;
  service::BusSettings bus;

  template <class Visitor>
  void describe(Visitor& field) {
    field.section("ctrader", ctrader, "the account at the broker");
    field.section("bus", bus, "where the publishers are and where journals lie");
  }
};

}  // namespace depthwire::historical
