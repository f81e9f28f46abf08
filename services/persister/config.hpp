#pragma once

#include "common/config/describe.hpp"
#include "common/postgres/database_config.hpp"
#include "common/service/settings.hpp"
#include "services/persister/actors/store.hpp"

#include <chrono>
#include <string>
#include <vector>

namespace depthwire::persister {

/// For how many days after its last row a partition of a table is kept; 0: for ever.
struct RetentionConfig {
  int ticks = 365;
  int market_depth = 30;
  int order_flow_signals = 365;
  int sentiment_data = 365;
  int alerts = 365;
  int data_quality = 365;
  int connection_log = 0;
  int news_events = 0;
  int economic_calendar = 0;

  template <class Visitor>
  void describe(Visitor& field) {
    const config::Bounds days{.min = 0, .max = 36'500};
    field("ticks", ticks, "days that ticks are kept", days);
    field("market_depth", market_depth, "days that books are kept", days);
    field("order_flow_signals", order_flow_signals, "days that signals are kept", days);
    field("sentiment_data", sentiment_data, "days that sentiment is kept", days);
    field("alerts", alerts, "days that alerts are kept", days);
    field("data_quality", data_quality, "days that quality findings are kept", days);
    field("connection_log", connection_log, "days that connection events are kept", days);
    field("news_events", news_events, "days that news are kept", days);
    field("economic_calendar", economic_calendar, "days that the calendar is kept", days);
  }

  [[nodiscard]] Retention tables() const {
    Retention all{{"ticks", ticks},
                  {"market_depth", market_depth},
                  {"order_flow_signals", order_flow_signals},
                  {"sentiment_data", sentiment_data},
                  {"alerts", alerts},
                  {"data_quality", data_quality},
                  {"connection_log", connection_log},
                  {"news_events", news_events},
                  {"economic_calendar", economic_calendar}};
    std::erase_if(all, [](const auto& entry) { return entry.second == 0; });
    return all;
  }
};

/// The persister's settings.
struct Config {
  std::vector<std::string> sources{service::publishers.begin(), service::publishers.end()};
  std::size_t batch_rows = 5'000;
  std::chrono::milliseconds batch_age{100};
  RetentionConfig retention;
  postgres::DatabaseConfig database;
  service::BusSettings bus;

  template <class Visitor>
  void describe(Visitor& field) {
    field("sources", sources, "whose journals are stored");
    field("batch_rows", batch_rows, "rows in one transaction, at most",
          config::Bounds{.min = 1, .max = 100'000});
    field("batch_age", batch_age, "how long a row waits for others to share its transaction",
          config::DurationBounds{.min = std::chrono::milliseconds(1),
                                 .max = std::chrono::seconds(10)});
    field.group("retention", retention,
                "days after its last row that a partition is dropped, 0: never; candles are "
                "always kept, and in environment sim everything is");
    field.section("database", database, "PostgreSQL");
    field.section("bus", bus, "where the publishers are and where journals lie");
  }

  void check(const config::Checks& checks) const {
    service::check_sources(checks, sources, service::publishers);
  }
};

}  // namespace depthwire::persister
