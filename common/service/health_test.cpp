#include "common/service/health.hpp"

#include <gtest/gtest.h>

namespace depthwire::service {
namespace {

TEST(Health, IsReadyExactlyWhenNoReasonIsSet) {
  Health health;
  EXPECT_TRUE(health.ready());

  health.set("database", "gone");
  health.set("database", "still \"gone\"");
  health.info("head", "3");
  EXPECT_FALSE(health.ready());
  EXPECT_EQ(health.json(),
            "{\"ready\":false,\"reasons\":{\"database\":\"still \\\"gone\\\"\"},"
            "\"info\":{\"head\":\"3\"},\"last_error\":\"\"}\n");

  health.clear("database");
  health.clear("never set");
  EXPECT_TRUE(health.ready());
}

TEST(Health, IsAliveWhileItsLoopsBeat) {
  Health health;
  EXPECT_EQ(health.stalled(), "");

  health.alive();
  EXPECT_EQ(health.stalled(), "");
  health.retire("main");
  EXPECT_EQ(health.stalled(), "");
}

}  // namespace
}  // namespace depthwire::service
