#pragma once

#include "common/postgres/roles.hpp"
#include "proto/bus/envelope.pb.h"
#include "services/persister/actors/store.hpp"
#include "tests/support/database.hpp"
#include "tests/support/records.hpp"

#include <gtest/gtest.h>

namespace depthwire::persister {

inline const std::string streaming = "sim.streaming";
inline const std::string aggregator = "sim.aggregator";

// 2012-12-03 00:00:01.234567 UTC and a bit.
inline constexpr std::int64_t receive_ns = 1'354'492'801'234'567'899;
inline constexpr std::int64_t event_ns = 1'354'492'801'200'000'000;

inline bus::Envelope envelope() {
  bus::Envelope out;
  out.set_provider("ctrader");
  out.set_symbol("EURUSD");
  out.set_receive_time_ns(receive_ns);
  out.set_event_time_ns(event_ns);
  return out;
}

/// Records become rows in a real database of the test's own; what is read back is the judge.
class StoreTest : public ::testing::Test {
 protected:
  [[nodiscard]] postgres::Settings as(std::string_view role) const { return database_.as(role); }
  [[nodiscard]] std::vector<std::string> query(const std::string& sql) const {
    return database_.query(sql);
  }
  void store() {
    Store(as(postgres::persister_role), status_).store(rows_);
    rows_.clear();
  }
  void add(const std::string& source, const bus::Envelope& envelope,
           std::uint16_t flags = journal::no_flags) {
    rows_.add(source, records_.make(envelope, "sim.x.EURUSD|", flags));
  }

  const tests::Database database_;
  tests::RecordMaker records_{7};
  Rows rows_;
  metrics::Registry registry_;
  Status status_{registry_, nullptr};
};

}  // namespace depthwire::persister
