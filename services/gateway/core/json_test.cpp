#include "services/gateway/core/json.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <string>

namespace depthwire::gateway::json {
namespace {

template <class Append, class... Arguments>
std::string text(Append append, Arguments... arguments) {
  std::string out;
  append(out, arguments...);
  return out;
}

TEST(Json, PricesKeepEveryPoint) {
  EXPECT_EQ(text(append_price, 108345), "1.08345");
  EXPECT_EQ(text(append_price, 15712300), "157.12300");
  EXPECT_EQ(text(append_price, 7), "0.00007");
  EXPECT_EQ(text(append_price, 100000), "1.00000");
  EXPECT_EQ(text(append_price, 0), "0.00000");
  EXPECT_EQ(text(append_price, -108345), "-1.08345");
}

TEST(Json, MidsKeepTheHalfPoint) {
  EXPECT_EQ(text(append_half_points, 216691), "1.083455");
  EXPECT_EQ(text(append_half_points, 216690), "1.083450");
}

TEST(Json, SizesShowCentsOnlyWhereThereAreSome) {
  EXPECT_EQ(text(append_size, 100'000'000U), "1000000");
  EXPECT_EQ(text(append_size, 123U), "1.23");
  EXPECT_EQ(text(append_size, 5U), "0.05");
}

TEST(Json, TheSmallestIntegerIsPrintedWhole) {
  EXPECT_EQ(text(append_decimal, std::numeric_limits<std::int64_t>::min(), 5),
            "-92233720368547.75808");
}

TEST(Json, TimesAreMillisecondsWithEveryNanosecond) {
  EXPECT_EQ(text(append_time, 1'700'000'000'123'456'789), "1700000000123.456789");
}

TEST(Json, WhatIsNotFiniteIsNull) {
  EXPECT_EQ(text(append_double, 0.25), "0.25");
  EXPECT_EQ(text(append_double, std::numeric_limits<double>::quiet_NaN()), "null");
  EXPECT_EQ(text(append_double, std::numeric_limits<double>::infinity()), "null");
}

TEST(Json, StringsAreEscaped) {
  EXPECT_EQ(text(append_string, "a\"b\\c\n\x01"), R"("a\"b\\c\n\u0001")");
  EXPECT_EQ(text(append_string, "Zürich €"), "\"Zürich €\"");
}

TEST(Json, WhatIsNotUtf8IsReplaced) {
  EXPECT_EQ(text(append_string, "\xC0\xAF"), "\"\xEF\xBF\xBD\xEF\xBF\xBD\"");
  EXPECT_EQ(text(append_string, "a\xE2\x82"), "\"a\xEF\xBF\xBD\xEF\xBF\xBD\"");
  EXPECT_EQ(text(append_string, "\xED\xA0\x80"), "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\"");
}

}  // namespace
}  // namespace depthwire::gateway::json
