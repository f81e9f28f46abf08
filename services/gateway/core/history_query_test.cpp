#include "services/gateway/core/history_query.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace depthwire::gateway {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

std::string error_of(std::string_view text) {
  const auto query = parse_history_query(text);
  return query ? "no error" : query.error();
}

TEST(HistoryQuery, IsReadInAnyOrder) {
  const auto query = parse_history_query("to=7200000&period=M1&symbol=US100.cash&from=3600000");

  ASSERT_TRUE(query) << query.error();
  EXPECT_EQ(query->symbol, "US100.cash");
  EXPECT_EQ(query->period, bus::m1);
  EXPECT_EQ(query->from_ms, 3'600'000);
  EXPECT_EQ(query->to_ms, 7'200'000);
  EXPECT_EQ(parse_history_query("symbol=A%2fB+C&period=mn1&from=0&to=0")->symbol, "A/B C");
}

TEST(HistoryQuery, WhatIsWrongIsToldInWords) {
  EXPECT_THAT(error_of(""), HasSubstr("symbol"));
  EXPECT_THAT(error_of("symbol=X&period=M7&from=0&to=1"), HasSubstr("got \"M7\""));
  EXPECT_THAT(error_of("symbol=X&period=s1&from=0&to=1"), HasSubstr("period: expected"));
  EXPECT_THAT(error_of("symbol=X&period=M1&from=today&to=1"), HasSubstr("from: expected"));
  EXPECT_THAT(error_of("symbol=X&period=M1&from=0"), HasSubstr("to: expected"));
  EXPECT_THAT(error_of("symbol=X&period=M1&from=-1&to=1"), HasSubstr("from: expected"));
  EXPECT_THAT(error_of("symbol=X&period=M1&from=2&to=1"), HasSubstr("to lies before from"));
  EXPECT_THAT(error_of("symbol=X&period=M1&from=0&to=99999999999999999999"), HasSubstr("to:"));
  EXPECT_THAT(error_of("symbol=%4&period=M1&from=0&to=1"), HasSubstr("symbol"));
}

TEST(HistoryQuery, IsOfSoManyBarsAtMost) {
  EXPECT_EQ(error_of("symbol=X&period=M1&from=0&to=599999999"), "no error");
  EXPECT_THAT(error_of("symbol=X&period=M1&from=0&to=600000000"), HasSubstr("10000 bars"));
  EXPECT_EQ(error_of("symbol=X&period=H1&from=0&to=600000000"), "no error");
}

TEST(HistoryJson, TellsBarsAndWhetherTheyAreAll) {
  const HistoryQuery query{"EURUSD", bus::m1, 0, 60'000};
  const auto whole =
      json::parse(history_json(query, {{0, "1.10000", "1.2", "1.0", "1.1", 7, "history"}}, ""));
  EXPECT_EQ(whole["symbol"], "EURUSD");
  EXPECT_EQ(whole["period"], "m1");
  EXPECT_EQ(whole["complete"], true);
  EXPECT_EQ(whole["bars"][0]["time"], 0);
  EXPECT_EQ(whole["bars"][0]["high"], 1.2);
  EXPECT_EQ(whole["bars"][0]["ticks"], 7);
  EXPECT_EQ(whole["bars"][0]["origin"], "history");

  const auto part = json::parse(history_json(query, {}, "historical does \"not\" run"));
  EXPECT_EQ(part["complete"], false);
  EXPECT_EQ(part["reason"], "historical does \"not\" run");
  EXPECT_TRUE(part["bars"].empty());
}

}  // namespace
}  // namespace depthwire::gateway
