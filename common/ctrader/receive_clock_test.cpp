#include "common/ctrader/receive_clock.hpp"

#include <gtest/gtest.h>

namespace depthwire::ctrader {
namespace {

using namespace std::chrono_literals;

const ReceiveClock::Steady start{1000h};

TEST(ReceiveClock, TheSteadyClockMovesTheWallClockOn) {
  auto clock = ReceiveClock::real(0, 5'000, start);

  clock.advance(start + 7ns);

  EXPECT_EQ(clock.stamp(), 5'007);
}

TEST(ReceiveClock, NeverGoesBelowTheJournalsLast) {
  auto clock = ReceiveClock::real(9'000, 5'000, start);

  EXPECT_EQ(clock.stamp(), 9'000);
  clock.advance(start + 4'001ns);
  EXPECT_EQ(clock.stamp(), 9'001);
}

TEST(ReceiveClock, OnARealMarketTheTimeOfASimulatorIsPassedOver) {
  auto clock = ReceiveClock::real(0, 5'000, start);

  EXPECT_EQ(clock.stamp(77'000), 5'000);
}

TEST(ReceiveClock, TheSimulatorsTimeIsTakenAsItIs) {
  auto clock = ReceiveClock::simulated(0);

  EXPECT_EQ(clock.stamp(), 0);
  EXPECT_EQ(clock.stamp(100), 100);
  clock.advance(start + 1h);
  EXPECT_EQ(clock.stamp(), 100);
}

TEST(ReceiveClock, ASimulatorThatStartsOverDoesNotTurnTimeBack) {
  auto clock = ReceiveClock::simulated(500);

  EXPECT_EQ(clock.stamp(100), 500);
}

}  // namespace
}  // namespace depthwire::ctrader
