#include "services/aggregator/core/aggregator_stage.hpp"
#include "services/aggregator/core/generated_records.hpp"
#include "tests/support/stage_runs.hpp"

#include <gtest/gtest.h>

namespace depthwire::aggregator {
namespace {

constexpr StageSettings every_change;
constexpr StageSettings at_intervals{.depth = 3, .book_interval = std::chrono::milliseconds(100)};

tests::MakeStage fresh(const StageSettings& settings) {
  return [settings] { return std::make_unique<AggregatorStage>(settings); };
}

// By seed: books for every change, or at intervals, which needs timers.
const StageSettings& settings_of(std::uint32_t seed) {
  return seed % 2 == 0 ? every_change : at_intervals;
}

TEST(AggregatorProperties, EveryOutputOfAStepHasItsPlace) {
  for (std::uint32_t seed = 1; seed <= 10; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    tests::RecordMaker maker(7);
    auto records = testing::generate_records(seed, 5'000, maker);
    std::erase_if(records, [](const auto& record) { return record.payload == "\xff\xff"; });
    tests::RecordMaker again(7);
    for (auto& record : records) {
      record = again.make_raw(record.payload, record.header.payload_type, record.topic);
    }

    tests::expect_ordered_steps(records, tests::outputs_of(fresh(settings_of(seed)), records));
  }
}

TEST(AggregatorProperties, GoesOnFromASnapshotAsIfItHadNeverStopped) {
  for (std::uint32_t seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    tests::RecordMaker maker(7);
    const auto records = testing::generate_records(seed, 5'000, maker);
    const auto make = fresh(settings_of(seed));

    const auto whole = tests::outputs_of(make, records);
    const auto restarted =
        tests::outputs_of(make, records, tests::random_places(records.size(), 30, seed));

    ASSERT_GT(whole.size(), 1'000U);
    ASSERT_TRUE(whole == restarted);
  }
}

TEST(AggregatorProperties, AnotherLayoutOfItsStateNeedsAnotherVersion) {
  tests::RecordMaker maker(7);
  AggregatorStage stage(every_change);
  tests::StepJournal journal;
  bus::StageDriver driver(stage, "sim.streaming", journal);
  for (const auto& record : testing::generate_records(3, 500, maker)) driver.step(record);
  std::string state;

  stage.save(state);

  // If this fails, raise state_version(), then put the new number here.
  EXPECT_EQ(state.size(), 4'226U);
  EXPECT_EQ(stage.state_version(), 1U);
}

}  // namespace
}  // namespace depthwire::aggregator
