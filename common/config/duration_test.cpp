#include "common/config/duration.hpp"

#include <gtest/gtest.h>

namespace depthwire::config {
namespace {

using namespace std::chrono_literals;

TEST(Duration, IsAWholeNumberAndOneUnit) {
  EXPECT_EQ(parse_duration("250ms"), 250ms);
  EXPECT_EQ(parse_duration("5s"), 5s);
  EXPECT_EQ(parse_duration("10m"), 10min);
  EXPECT_EQ(parse_duration("1h"), 1h);
  EXPECT_EQ(parse_duration("7d"), 168h);
}

TEST(Duration, RefusesEverythingElse) {
  for (const auto* text : {"", "5", "s", "-5s", "1.5s", "5 s", "1h30m", "99999999999999999d"}) {
    EXPECT_EQ(parse_duration(text), std::nullopt) << text;
  }
}

TEST(Duration, IsWrittenInTheLargestUnitThatFits) {
  EXPECT_EQ(to_string(250ms), "250ms");
  EXPECT_EQ(to_string(1500ms), "1500ms");
  EXPECT_EQ(to_string(60s), "1m");
  EXPECT_EQ(to_string(24h), "1d");
  EXPECT_EQ(to_string(0ms), "0s");
}

}  // namespace
}  // namespace depthwire::config
