#include "services/persister/core/batch_policy.hpp"

#include <gtest/gtest.h>

namespace depthwire::persister {
namespace {

using namespace std::chrono_literals;

constexpr BatchLimits limits{.rows = 10, .bytes = 1'000, .age = 100ms, .rowless_age = 1s};
const std::chrono::steady_clock::time_point start{1h};

TEST(BatchPolicy, NothingGatheredIsNeverDue) {
  EXPECT_FALSE(due(limits, {}, start));
  EXPECT_EQ(wait_for(limits, {}, start, 50ms), 50ms);
}

TEST(BatchPolicy, RowsAreStoredWhenTheyAreManyBigOrOld) {
  EXPECT_FALSE(due(limits, {.records = 9, .rows = 9, .bytes = 999, .oldest = start}, start + 99ms));

  EXPECT_TRUE(due(limits, {.records = 10, .rows = 10, .bytes = 100, .oldest = start}, start));
  EXPECT_TRUE(due(limits, {.records = 1, .rows = 1, .bytes = 1'000, .oldest = start}, start));
  EXPECT_TRUE(due(limits, {.records = 1, .rows = 1, .bytes = 9, .oldest = start}, start + 100ms));
}

TEST(BatchPolicy, ACheckpointWithoutRowsMayWaitLonger) {
  const Gathered rowless{.records = 50'000, .rows = 0, .bytes = 0, .oldest = start};

  EXPECT_FALSE(due(limits, rowless, start + 999ms));
  EXPECT_TRUE(due(limits, rowless, start + 1s));
}

TEST(BatchPolicy, WaitingEndsWhenTheBatchIsDue) {
  const Gathered some{.records = 1, .rows = 1, .bytes = 9, .oldest = start};

  EXPECT_EQ(wait_for(limits, some, start + 30ms, 50ms), 50ms);
  EXPECT_EQ(wait_for(limits, some, start + 60ms + 1us, 50ms), 40ms);
  EXPECT_EQ(wait_for(limits, some, start + 2s, 50ms), 0ms);
}

}  // namespace
}  // namespace depthwire::persister
