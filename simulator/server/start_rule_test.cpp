#include "simulator/server/start_rule.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace depthwire::simulator {
namespace {

using namespace std::chrono_literals;

const TimePoint now = TimePoint() + 1h;

bool starts(const StartSettings& settings, std::vector<Interest> clients) {
  return may_start(settings, clients, now);
}

TEST(StartRule, NobodySubscribedNoMarket) {
  EXPECT_FALSE(starts({}, {}));
  EXPECT_FALSE(starts({}, {{.last_request = now - 1min}}));
  EXPECT_TRUE(starts({.at_once = true}, {}));
}

TEST(StartRule, AClientThatHasEverythingIsGivenAMomentToAskForMore) {
  EXPECT_FALSE(starts({}, {{.symbols = 4, .everything = true, .last_request = now - 299ms}}));
  EXPECT_TRUE(starts({}, {{.symbols = 4, .everything = true, .last_request = now - 300ms}}));
}

TEST(StartRule, AClientThatHasAPartIsWaitedForLonger) {
  EXPECT_FALSE(starts({}, {{.symbols = 1, .last_request = now - 1499ms}}));
  EXPECT_TRUE(starts({}, {{.symbols = 1, .last_request = now - 1500ms}}));
}

TEST(StartRule, ANumberOfSymbolsToWaitForIsAllThatCounts) {
  EXPECT_FALSE(starts({.wait_for = 3}, {{.symbols = 2, .last_request = now - 1h}}));
  EXPECT_TRUE(starts({.wait_for = 3}, {{.symbols = 3, .last_request = now}}));
}

}  // namespace
}  // namespace depthwire::simulator
