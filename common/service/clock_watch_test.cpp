#include "common/service/clock_watch.hpp"

#include <gtest/gtest.h>

namespace depthwire::service {
namespace {

using namespace std::chrono_literals;

constexpr std::int64_t ms = 1'000'000;
constexpr std::int64_t day = 86'400'000 * ms;
const ClockWatch::Steady start{1000h};

TEST(ClockWatch, ClocksThatAgreeAreNoStep) {
  ClockWatch watch;
  for (int i = 0; i < 100; ++i) EXPECT_FALSE(watch.look(start + i * 50ms, i * 50 * ms));
}

TEST(ClockWatch, ADayEitherWayIsToldOnce) {
  ClockWatch watch;
  EXPECT_FALSE(watch.look(start, 0));

  EXPECT_EQ(watch.look(start + 50ms, day + 50 * ms), day);
  EXPECT_FALSE(watch.look(start + 100ms, day + 100 * ms));
  EXPECT_EQ(watch.look(start + 150ms, 150 * ms), -day);
}

TEST(ClockWatch, AQuarterSecondIsTheMostThatPasses) {
  ClockWatch watch;
  EXPECT_FALSE(watch.look(start, 0));

  EXPECT_FALSE(watch.look(start + 500ms, 750 * ms));
  EXPECT_TRUE(watch.look(start + 900ms, 1'151 * ms));
}

TEST(ClockWatch, ASlowCorrectionPasses) {
  ClockWatch watch;
  for (int i = 0; i < 100; ++i) EXPECT_FALSE(watch.look(start + i * 1s, i * 1'100 * ms));
}

TEST(ClockWatch, AProcessThatStoodStillIsNoStep) {
  ClockWatch watch;
  EXPECT_FALSE(watch.look(start, 0));

  EXPECT_FALSE(watch.look(start + 30s, 30'000 * ms));
}

}  // namespace
}  // namespace depthwire::service
