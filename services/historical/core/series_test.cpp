#include "services/historical/core/series.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace depthwire::historical {
namespace {

using ::testing::HasSubstr;

constexpr std::int64_t one_day = 86'400'000;

TEST(Series, WindowsAreAsWideAsTheBrokerAllows) {
  EXPECT_EQ(widest_ms({"EURUSD", bus::m1}), 3'024'000'000);
  EXPECT_EQ(widest_ms({"EURUSD", bus::m5}), 3'024'000'000);
  EXPECT_EQ(widest_ms({"EURUSD", bus::m10}), 21'168'000'000);
  EXPECT_EQ(widest_ms({"EURUSD", bus::h1}), 21'168'000'000);
  EXPECT_EQ(widest_ms({"EURUSD", bus::h4}), 31'622'400'000);
  EXPECT_EQ(widest_ms({"EURUSD", bus::d1}), 31'622'400'000);
  EXPECT_EQ(widest_ms({"EURUSD", bus::mn1}), 158'112'000'000);
  EXPECT_EQ(widest_ms({"EURUSD"}), 604'800'000);
}

TEST(Series, WhatCannotBeFetchedIsToldInWords) {
  const Range good{0, 10 * one_day};
  EXPECT_FALSE(check({"EURUSD", bus::m1}, good));
  EXPECT_FALSE(check({"EURUSD"}, good));
  EXPECT_THAT(*check({"", bus::m1}, good), HasSubstr("symbol"));
  EXPECT_THAT(*check({"EURUSD", bus::s1}, good), HasSubstr("period"));
  EXPECT_THAT(*check({"EURUSD", bus::m1}, {one_day, 0}), HasSubstr("order"));
  EXPECT_THAT(*check({"EURUSD", bus::m1}, {-1, one_day}), HasSubstr("1970"));
  EXPECT_THAT(*check({"EURUSD", bus::m1}, {0, INT64_MAX}), HasSubstr("2262"));
}

TEST(Series, HaveNames) {
  EXPECT_EQ(to_string(Series{"EURUSD", bus::h4}), "EURUSD h4");
  EXPECT_EQ(to_string(Series{.symbol = "EURUSD", .side = bus::ask}), "EURUSD ask ticks");
}

}  // namespace
}  // namespace depthwire::historical
