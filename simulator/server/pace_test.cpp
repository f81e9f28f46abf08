#include "simulator/server/pace.hpp"

#include <gtest/gtest.h>

namespace depthwire::simulator {
namespace {

using namespace std::chrono_literals;

const TimePoint began = TimePoint() + 1h;

TEST(PaceClock, AtASpeedEventsAreDueByTheirTime) {
  PaceClock clock(AtSpeed{10});
  clock.start(began, 5'000'000'000);

  EXPECT_EQ(clock.due(6'000'000'000), began + 100ms);
}

TEST(PaceClock, AtARateTheyAreDueEvenlyWhateverTheirTime) {
  PaceClock clock(AtRate{1000});
  clock.start(began, 0);
  clock.count();
  clock.count();

  EXPECT_EQ(clock.due(77'000'000'000), began + 2ms);
}

TEST(PaceClock, AtMaxEverythingIsDue) {
  PaceClock clock(AtMax{});
  clock.start(began, 0);

  EXPECT_EQ(clock.due(77'000'000'000), began);
}

TEST(PaceClock, AfterAPauseTheMarketGoesOnFromWhereItStood) {
  PaceClock clock(AtSpeed{1});
  clock.start(began, 0);

  clock.start(began + 1h, 2'000'000'000);

  EXPECT_EQ(clock.due(3'000'000'000), began + 1h + 1s);
}

}  // namespace
}  // namespace depthwire::simulator
