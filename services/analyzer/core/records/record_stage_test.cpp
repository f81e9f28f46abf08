#include "services/analyzer/core/records/record_stage.hpp"

#include "common/codec/envelope.hpp"
#include "services/analyzer/core/testing/generated_records.hpp"
#include "tests/support/stage_runs.hpp"

#include <gtest/gtest.h>

#include <set>
#include <stdexcept>

namespace depthwire::analyzer {
namespace {

using depthwire::bus::Envelope;

/// Steps records by hand and keeps what is published.
class Bench final : public bus::StepOutputs {
 public:
  struct Published {
    std::string kind;
    std::string symbol;
    int type = 0;
    std::string envelope;
    bool operator==(const Published&) const = default;
  };

  void step(int type, std::string_view payload) {
    stage_.step(maker_.make_raw(payload, static_cast<std::uint16_t>(type)), *this);
  }
  void publish(std::string_view kind, std::string_view symbol, int type,
               std::string_view envelope) override {
    published.push_back({std::string(kind), std::string(symbol), type, std::string(envelope)});
  }
  void run(const testing::Log& log) {
    for (const auto& record : testing::to_records(log, maker_)) stage_.step(record, *this);
  }

  std::vector<Published> published;

 private:
  RecordStage stage_{Params{}, "sim.streaming"};
  tests::RecordMaker maker_{7};
};

TEST(RecordStage, TheSameRecordsGiveTheSameBytes) {
  const auto log = testing::generate_log("EURUSD", 21, 300);
  Bench one;
  Bench two;

  one.run(log);
  two.run(log);

  EXPECT_GT(one.published.size(), 1'000U);
  EXPECT_EQ(one.published, two.published);
}

TEST(RecordStage, PublishesTheWholeEnvelope) {
  Bench bench;

  bench.run(testing::generate_log("EURUSD", 22, 400));

  std::set<std::string> kinds;
  for (const auto& published : bench.published) {
    Envelope envelope;
    ASSERT_TRUE(envelope.ParseFromString(published.envelope));
    EXPECT_EQ(envelope.provider(), "ctrader");
    EXPECT_EQ(envelope.symbol(), "EURUSD");
    EXPECT_EQ(static_cast<int>(envelope.payload_case()), published.type);
    kinds.insert(published.kind);
    if (!envelope.has_signal()) continue;
    const bus::Signal& signal = envelope.signal();
    EXPECT_EQ(signal.inputs().source(), "sim.streaming");
    EXPECT_EQ(signal.inputs().epoch(), 7U);
    EXPECT_NE(signal.params_hash(), 0U);
    EXPECT_NE(signal.window_ns(), 0U);
    EXPECT_GE(signal.confidence(), 0.0);
    EXPECT_LE(signal.confidence(), 1.0);
  }
  EXPECT_EQ(kinds, (std::set<std::string>{"flow", "regime", "sentiment", "signal"}));
}

tests::MakeStage fresh() {
  return [] { return std::make_unique<RecordStage>(Params{}, "sim.streaming"); };
}

TEST(RecordStage, EveryOutputOfAStepHasItsPlace) {
  for (std::uint32_t seed = 1; seed <= 5; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    tests::RecordMaker maker(7);
    const auto records = testing::to_records(testing::generate_market(seed, 300), maker);

    tests::expect_ordered_steps(records, tests::outputs_of(fresh(), records));
  }
}

TEST(RecordStage, GoesOnFromASnapshotAsIfItHadNeverStopped) {
#ifdef DEPTHWIRE_SANITIZED
  constexpr std::uint32_t seeds = 2;  // the same code, several times as slow
#else
  constexpr std::uint32_t seeds = 8;
#endif
  for (std::uint32_t seed = 1; seed <= seeds; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    tests::RecordMaker maker(7);
    const auto records = testing::to_records(testing::generate_market(seed, 900), maker);

    const auto whole = tests::outputs_of(fresh(), records);
    const auto restarted =
        tests::outputs_of(fresh(), records, tests::random_places(records.size(), 12, seed));

    ASSERT_GT(whole.size(), 1'000U);
    ASSERT_TRUE(whole == restarted);
  }
}

TEST(RecordStage, ASnapshotHoldsTheBaselinesOfWeeks) {
  constexpr Ns week = Ns{7} * 24 * market::ns_per_hour;
  testing::Log log;
  for (Ns past = 0; past < 7; ++past) {
    auto one = testing::generate_log("EURUSD", 40, 300);
    for (auto& record : one) record.t += past * week;
    log.insert(log.end(), one.begin(), one.end());
  }
  tests::RecordMaker maker(7);
  const auto records = testing::to_records(log, maker);

  const auto whole = tests::outputs_of(fresh(), records);
  const auto restarted =
      tests::outputs_of(fresh(), records, tests::random_places(records.size(), 20, 1));

  ASSERT_TRUE(whole == restarted);
}

TEST(RecordStage, WhatIsNoStateLeavesItAsItWas) {
  tests::RecordMaker maker(7);
  const auto records = testing::to_records(testing::generate_log("EURUSD", 31, 60), maker);
  const auto stage = fresh()();
  tests::StepJournal journal;
  bus::StageDriver driver(*stage, "sim.streaming", journal);
  for (const auto& record : records) driver.step(record);
  std::string before;
  stage->save(before);

  EXPECT_ANY_THROW(stage->load(std::string_view(before).substr(0, before.size() / 2)));

  std::string after;
  stage->save(after);
  EXPECT_EQ(before, after);
}

TEST(RecordStage, AnotherLayoutOfItsStateNeedsAnotherVersion) {
  tests::RecordMaker maker(7);
  const auto stage = fresh()();
  tests::StepJournal journal;
  bus::StageDriver driver(*stage, "sim.streaming", journal);
  for (const auto& record : testing::to_records(testing::generate_log("EURUSD", 31, 60), maker)) {
    driver.step(record);
  }
  std::string state;

  stage->save(state);

  // If this fails, raise state_version(), then put the new number here.
  EXPECT_EQ(state.size(), 217'016U);
  EXPECT_EQ(stage->state_version(), 2U);
}

// The source's disk was full: what it would have told in that time is missing.
TEST(RecordStage, ADeclaredLossIsNotBridged) {
  const auto log = testing::generate_log("EURUSD", 24, 300);
  const Ns hole = 20 * ns_per_second;
  Envelope loss;
  loss.set_receive_time_ns(log.back().t + hole);
  loss.mutable_loss()->set_source("sim.streaming");
  loss.mutable_loss()->set_from_offset(1);
  loss.mutable_loss()->set_records(99);
  Envelope range = loss;
  range.mutable_loss()->set_to_offset(9);
  Bench missing;
  Bench retention;
  missing.run(log);
  retention.run(log);
  missing.published.clear();
  retention.published.clear();

  missing.step(Envelope::kLoss, loss.SerializeAsString());
  retention.step(Envelope::kLoss, range.SerializeAsString());

  for (const auto& published : missing.published) {
    Envelope envelope;
    ASSERT_TRUE(envelope.ParseFromString(published.envelope));
    EXPECT_EQ(envelope.receive_time_ns(), loss.receive_time_ns()) << envelope.ShortDebugString();
    EXPECT_FALSE(envelope.signal().has_value()) << envelope.ShortDebugString();
  }
  // Others had not read in time what was told here: time went on.
  EXPECT_GT(retention.published.size(), missing.published.size());
}

TEST(RecordStage, RefusesWhatItCannotReadAndGoesOn) {
  Bench bench;
  bench.run(testing::generate_log("EURUSD", 23, 60));
  const auto before = bench.published.size();
  std::string bad_size;
  codec::encode_depth({"ctrader", "EURUSD", 1, 1},
                      {.added = {{1, market::Side::bid, market::Price{5}, market::Size{0}}}},
                      bad_size);

  EXPECT_THROW(bench.step(Envelope::kDepth, "\xff\xff"), std::runtime_error);
  EXPECT_THROW(bench.step(Envelope::kSpot, "\xff\xff"), std::runtime_error);
  EXPECT_THROW(bench.step(Envelope::kClock, "\xff\xff"), std::runtime_error);
  EXPECT_THROW(bench.step(Envelope::kDepth, bad_size), std::runtime_error);

  EXPECT_EQ(bench.published.size(), before);
}

TEST(RecordStage, PassesOverWhatIsNotItsBusiness) {
  Bench bench;

  bench.step(Envelope::kConnection, "anything");
  bench.step(Envelope::kEpochEnd, "");

  EXPECT_TRUE(bench.published.empty());
}

}  // namespace
}  // namespace depthwire::analyzer
