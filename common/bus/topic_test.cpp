#include "common/bus/topic.hpp"

#include <gtest/gtest.h>

namespace depthwire::bus {
namespace {

TEST(Topic, IsReadBackAsItWasMade) {
  const auto text = topic("demo", "depth", "US100.cash");
  EXPECT_EQ(text, "demo.depth.US100.cash|");

  const auto parts = parse_topic(text);

  ASSERT_TRUE(parts);
  EXPECT_EQ(parts->environment, "demo");
  EXPECT_EQ(parts->kind, "depth");
  EXPECT_EQ(parts->symbol, "US100.cash");
}

TEST(Topic, ADashStandsForNoSymbol) {
  EXPECT_EQ(topic("live", "connection", ""), "live.connection.-|");
  EXPECT_EQ(parse_topic("live.connection.-|")->symbol, "");
}

TEST(Topic, OtherTextsAreNone) {
  for (const auto* text : {"", "|", "demo|", "demo.depth|", "demo.depth.EURUSD", "..|"}) {
    EXPECT_FALSE(parse_topic(text)) << text;
  }
}

}  // namespace
}  // namespace depthwire::bus
