#include "common/bus/stage_driver.hpp"

#include "common/journal/segment.hpp"
#include "common/journal/writer.hpp"
#include "common/service/exit_error.hpp"
#include "tests/support/records.hpp"
#include "tests/support/step_journal.hpp"
#include "tests/support/temp_dir.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <functional>
#include <stdexcept>

namespace depthwire::bus {
namespace {

using tests::RecordMaker;
using tests::TempDir;

// A stage whose step is whatever the test says.
class AnyStage final : public Stage {
 public:
  std::function<void(const journal::Record&, StepOutputs&)> body;
  int losses = 0;
  void step(const journal::Record& input, StepOutputs& outputs) override { body(input, outputs); }
  void lost() override { ++losses; }
  void save(std::string&) const override {}
  void load(std::string_view) override {}
  [[nodiscard]] std::uint32_t state_version() const override { return 1; }
};

class StageDriverTest : public ::testing::Test {
 protected:
  static void publish(StepOutputs& outputs, std::uint64_t number) {
    Envelope envelope;
    envelope.mutable_job()->set_records(number);
    outputs.publish("job", "", Envelope::kJob, envelope.SerializeAsString());
  }
  static Envelope spot(std::int64_t receive_time_ns) {
    Envelope envelope;
    envelope.set_provider("ctrader");
    envelope.set_receive_time_ns(receive_time_ns);
    envelope.mutable_spot();
    return envelope;
  }

  AnyStage stage_;
  tests::StepJournal journal_;
  StageDriver driver_{stage_, "sim.streaming", journal_};
  RecordMaker records_{7};
};

TEST_F(StageDriverTest, EachOutputNamesItsInputAndTheLastOfAStepIsMarked) {
  stage_.body = [](const journal::Record&, StepOutputs& outputs) {
    publish(outputs, 1);
    publish(outputs, 2);
  };

  EXPECT_TRUE(driver_.step(records_.make(spot(5))));

  ASSERT_EQ(journal_.appended.size(), 2U);
  EXPECT_EQ(journal_.appended[0].flags, journal::no_flags);
  EXPECT_EQ(journal_.appended[1].flags, journal::end_of_step);
  const auto second = journal_.appended[1].parsed();
  EXPECT_EQ(second.job().records(), 2U);
  EXPECT_EQ(second.cause().source(), "sim.streaming");
  EXPECT_EQ(second.cause().epoch(), 7U);
  EXPECT_EQ(second.cause().offset(), 1U);
}

TEST_F(StageDriverTest, WhatAStepPublishedBeforeItThrewStays) {
  stage_.body = [](const journal::Record&, StepOutputs& outputs) {
    publish(outputs, 1);
    throw std::runtime_error("crossed twice");
  };

  EXPECT_FALSE(driver_.step(records_.make(spot(5))));

  ASSERT_EQ(journal_.appended.size(), 2U);
  EXPECT_EQ(journal_.appended[0].payload_type, Envelope::kJob);
  EXPECT_EQ(journal_.appended[0].flags, journal::no_flags);
  EXPECT_EQ(journal_.appended[1].payload_type, Envelope::kDeadLetter);
  EXPECT_EQ(journal_.appended[1].flags, journal::end_of_step);
  EXPECT_EQ(journal_.appended[1].topic, "sim.stage._control|");
}

TEST_F(StageDriverTest, ADeadLetterTellsWhatItsInputWas) {
  stage_.body = [](const journal::Record&, StepOutputs&) {
    throw std::runtime_error("crossed twice");
  };
  const auto input = records_.make(spot(5), "sim.spot.EURUSD|");
  const auto unreadable = records_.make_raw("\xff\xff", Envelope::kSpot, "sim.spot.GBPUSD|");

  driver_.step(input);
  driver_.step(unreadable);

  const auto first = journal_.appended[0].parsed();
  EXPECT_EQ(first.receive_time_ns(), 5);
  EXPECT_EQ(first.symbol(), "EURUSD");
  EXPECT_EQ(first.provider(), "ctrader");
  EXPECT_EQ(first.dead_letter().reason(), "crossed twice");
  EXPECT_EQ(first.dead_letter().frame(), input.frame);
  EXPECT_FALSE(first.dead_letter().skipped());
  const auto second = journal_.appended[1].parsed();
  EXPECT_EQ(second.receive_time_ns(), unreadable.header.publish_time_ns);
  EXPECT_EQ(second.symbol(), "GBPUSD");
}

TEST_F(StageDriverTest, ADeadLetterOfTheLargestRecordIsARecordToo) {
  stage_.body = [](const journal::Record&, StepOutputs&) {
    throw std::runtime_error(std::string(100'000, 'x'));
  };
  const std::string largest(journal::max_payload_bytes, '\xff');

  driver_.step(records_.make_raw(largest, Envelope::kSpot));

  EXPECT_LE(journal_.appended[0].envelope.size(), journal::max_payload_bytes);
  EXPECT_GT(journal_.appended[0].parsed().dead_letter().frame().size(), 1'000'000U);
}

TEST_F(StageDriverTest, ASkippedRecordIsDeadLetteredWithoutBeingStepped) {
  stage_.body = [](const journal::Record&, StepOutputs&) { FAIL() << "stepped"; };

  driver_.skip(records_.make(spot(5)), "it crashes");

  const auto letter = journal_.appended[0].parsed().dead_letter();
  EXPECT_TRUE(letter.skipped());
  EXPECT_EQ(letter.reason(), "it crashes");
  EXPECT_EQ(letter.offset(), 1U);
  EXPECT_EQ(journal_.appended[0].flags, journal::end_of_step);
}

TEST_F(StageDriverTest, ALossIsToldInTheStepAtWhichTheStageGoesOn) {
  stage_.body = [](const journal::Record& input, StepOutputs& outputs) {
    if (input.header.payload_type == Envelope::kSpot) publish(outputs, 1);
  };

  driver_.lost({{6, 90}, {7, 1}, Lost::Cause::replaced});
  EXPECT_EQ(stage_.losses, 1);
  driver_.step_silently(records_.make(spot(4)));
  EXPECT_TRUE(driver_.owes_loss());
  driver_.lost({{7, 1}, {7, 3}});
  driver_.step(records_.make(spot(5)));

  EXPECT_FALSE(driver_.owes_loss());
  ASSERT_EQ(journal_.appended.size(), 3U);
  const auto first = journal_.appended[0].parsed();
  EXPECT_EQ(journal_.appended[0].topic, "sim.stage._control|");
  EXPECT_EQ(journal_.appended[0].flags, journal::no_flags);
  EXPECT_EQ(first.receive_time_ns(), 5);
  EXPECT_EQ(first.cause().offset(), 2U);
  EXPECT_EQ(first.loss().source(), "sim.streaming");
  EXPECT_EQ(first.loss().from_offset(), 91U);
  EXPECT_EQ(first.loss().to_epoch(), 7U);
  EXPECT_NE(first.loss().cause().find("accepted"), std::string::npos);
  const auto second = journal_.appended[1].parsed();
  EXPECT_EQ(second.loss().from_offset(), 2U);
  EXPECT_EQ(second.loss().to_offset(), 2U);
  EXPECT_EQ(second.loss().records(), 1U);
  EXPECT_EQ(journal_.appended[2].flags, journal::end_of_step);
}

TEST_F(StageDriverTest, ALossBeforeAnInputWithoutOutputsIsAStepOfItsOwn) {
  stage_.body = [](const journal::Record&, StepOutputs&) {};

  driver_.lost({{7, 1}, {7, 3}});
  driver_.step(records_.make(spot(5)));

  ASSERT_EQ(journal_.appended.size(), 1U);
  EXPECT_EQ(journal_.appended[0].flags, journal::end_of_step);
}

// --- last_cause ------------------------------------------------------------------------------

class LastCauseTest : public ::testing::Test {
 protected:
  // One life of a stage's journal: an output per cause, then control records.
  journal::Position live(std::uint64_t first_cause, int outputs, int control_records = 1) {
    journal::Writer writer({.directory = dir_.path(), .segment_bytes = 4'096});
    for (int i = 0; i < outputs; ++i) {
      Envelope envelope;
      envelope.mutable_job();
      envelope.mutable_cause()->set_epoch(7);
      envelope.mutable_cause()->set_offset(first_cause + static_cast<std::uint64_t>(i));
      writer.append(writer.topic("sim.job.-|"), Envelope::kJob, journal::end_of_step,
                    envelope.SerializeAsString(), 1);
      EXPECT_TRUE(writer.commit());
      writer.clear_group();
    }
    for (int i = 0; i < control_records; ++i) {
      writer.append(writer.topic("sim.stage._control|"), Envelope::kEpochStart,
                    journal::end_of_step, std::string(500, 'x'), 1);
      EXPECT_TRUE(writer.commit());
      writer.clear_group();
    }
    return writer.head();
  }

  TempDir dir_;
};

TEST_F(LastCauseTest, IsNothingInANewJournal) {
  EXPECT_EQ(last_cause(dir_.path(), {}), journal::Position{});
  EXPECT_EQ(last_cause(dir_.path(), live(0, 0)), journal::Position{});
}

TEST_F(LastCauseTest, IsFoundBehindAnyNumberOfControlRecords) {
  live(1, 200);
  const auto last = live(0, 0, 100);

  EXPECT_EQ(last_cause(dir_.path(), last), (journal::Position{7, 200}));
}

TEST_F(LastCauseTest, IsThatOfALossOfInputsButNotOfOnesOwn) {
  live(1, 3);
  journal::Writer writer({.directory = dir_.path()});
  Envelope envelope;
  envelope.mutable_loss()->set_to_offset(2);
  const auto append = [&] {
    writer.append(writer.topic("sim.stage._control|"), Envelope::kLoss, journal::end_of_step,
                  envelope.SerializeAsString(), 1);
    EXPECT_TRUE(writer.commit());
    writer.clear_group();
  };

  append();
  EXPECT_EQ(last_cause(dir_.path(), writer.head()), (journal::Position{7, 3}));
  envelope.mutable_cause()->set_epoch(7);
  envelope.mutable_cause()->set_offset(9);
  append();
  EXPECT_EQ(last_cause(dir_.path(), writer.head()), (journal::Position{7, 9}));
}

TEST_F(LastCauseTest, KnowsNothingBehindWhereItIsAskedToEnd) {
  const auto first = live(1, 50);
  live(51, 50);

  EXPECT_EQ(last_cause(dir_.path(), first), (journal::Position{7, 50}));
}

TEST_F(LastCauseTest, ADamagedJournalEndsTheStage) {
  const auto last = live(1, 100);
  const auto segments = journal::list_segments(dir_.path());
  ASSERT_GT(segments.size(), 1U);
  std::fstream file(segments.back().path, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(60);
  file.put('\xff');
  file.close();

  try {
    (void)last_cause(dir_.path(), last);
    FAIL() << "took the damage for the end";
  } catch (const service::ExitError& error) {
    EXPECT_EQ(error.code(), service::exit_code::corrupt);
  }
}

}  // namespace
}  // namespace depthwire::bus
