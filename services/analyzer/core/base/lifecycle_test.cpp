#include "services/analyzer/core/base/lifecycle.hpp"

#include <gtest/gtest.h>

namespace depthwire::analyzer {
namespace {

constexpr Ns s = ns_per_second;

TEST(Lifecycle, OpensOnceAndClosesBelowTheEasedThreshold) {
  Lifecycle life;

  EXPECT_EQ(life.step(0, true, true), Transition::open);
  EXPECT_EQ(life.step(s, true, true), Transition::none);
  EXPECT_EQ(life.step(2 * s, false, true), Transition::none);
  EXPECT_EQ(life.step(3 * s, false, false), Transition::close);
}

TEST(Lifecycle, HoldsForHalfASecond) {
  Lifecycle life;
  static_cast<void>(life.step(0, true, true));

  EXPECT_EQ(life.step(499 * ns_per_ms, false, false), Transition::none);
  EXPECT_EQ(life.step(500 * ns_per_ms, false, false), Transition::close);
}

TEST(Lifecycle, CoolsDownBeforeTheNext) {
  Lifecycle life;
  static_cast<void>(life.step(0, true, true));
  static_cast<void>(life.step(s, false, false));

  EXPECT_EQ(life.step(31 * s - 1, true, true), Transition::none);
  EXPECT_EQ(life.step(31 * s, true, true), Transition::open);
}

TEST(Lifecycle, DiesOfAge) {
  Lifecycle life;
  static_cast<void>(life.step(0, true, true));

  EXPECT_EQ(life.step(120 * s, true, true), Transition::expire);
  EXPECT_FALSE(life.open());
}

TEST(Lifecycle, AResetEndsItAtOnce) {
  Lifecycle life;
  static_cast<void>(life.step(0, true, true));

  EXPECT_TRUE(life.end(1));
  EXPECT_FALSE(life.end(2));
}

}  // namespace
}  // namespace depthwire::analyzer
