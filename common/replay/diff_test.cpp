#include "common/replay/diff.hpp"

#include "common/journal/writer.hpp"
#include "proto/bus/envelope.pb.h"
#include "tests/support/temp_dir.hpp"

#include <gtest/gtest.h>

namespace depthwire::replay {
namespace {

namespace fs = std::filesystem;
using bus::Envelope;

Envelope book(std::uint64_t cause_offset, std::int64_t bid, std::uint64_t cause_epoch = 7) {
  Envelope envelope;
  envelope.set_symbol("EURUSD");
  envelope.mutable_cause()->set_source("sim.streaming");
  envelope.mutable_cause()->set_epoch(cause_epoch);
  envelope.mutable_cause()->set_offset(cause_offset);
  envelope.mutable_book()->add_bid_prices_points(bid);
  return envelope;
}

class DiffTest : public ::testing::Test {
 protected:
  DiffTest() {
    options_.a = dir_.path() / "a";
    options_.b = dir_.path() / "b";
  }
  // One life: its control record, then the envelopes.
  static void write(const fs::path& journal, const std::vector<Envelope>& envelopes,
                    const std::string& topic = "sim.book.EURUSD|") {
    journal::Writer writer({.directory = journal});
    writer.append(writer.topic("sim.aggregator._control|"), Envelope::kEpochStart,
                  journal::end_of_step, journal.string(), 1);
    for (const auto& envelope : envelopes) {
      writer.append(writer.topic(topic), static_cast<std::uint16_t>(envelope.payload_case()),
                    journal::end_of_step, envelope.SerializeAsString(), 2);
    }
    EXPECT_TRUE(writer.commit());
  }

  tests::TempDir dir_;
  DiffOptions options_;
};

TEST_F(DiffTest, EpochsAndControlRecordsDoNotCount) {
  write(options_.a, {book(1, 100), book(2, 101)});
  write(options_.b, {book(1, 100, 9)});
  write(options_.b, {book(2, 101, 9)});

  const auto comparison = diff(options_);

  EXPECT_FALSE(comparison.first) << comparison.first->text;
  EXPECT_EQ(comparison.compared, 2U);
}

TEST_F(DiffTest, TellsTheFirstFieldThatDiffersWithBothValues) {
  write(options_.a, {book(1, 100), book(2, 101), book(3, 102)});
  write(options_.b, {book(1, 100), book(2, 111), book(3, 112)});

  const auto comparison = diff(options_);

  ASSERT_TRUE(comparison.first);
  EXPECT_EQ(comparison.compared, 1U);
  EXPECT_EQ(comparison.first->topic, "sim.book.EURUSD");
  EXPECT_EQ(comparison.first->cause, (journal::Position{7, 2}));
  EXPECT_EQ(comparison.first->a->offset, 3U);
  EXPECT_EQ(comparison.first->field, "book.bid_prices_points[0]");
  EXPECT_EQ(comparison.first->value_a, "101");
  EXPECT_EQ(comparison.first->value_b, "111");
  EXPECT_NE(comparison.first->text.find("book.bid_prices_points[0] is 101 in a and 111 in b"),
            std::string::npos)
      << comparison.first->text;
}

TEST_F(DiffTest, AValueThatOnlyOneHasIsADifference) {
  auto more = book(1, 100);
  more.mutable_book()->set_spread_points(3);
  write(options_.a, {book(1, 100)});
  write(options_.b, {more});

  const auto comparison = diff(options_);

  ASSERT_TRUE(comparison.first);
  EXPECT_EQ(comparison.first->field, "book.spread_points");
  EXPECT_EQ(comparison.first->value_a, "nothing");
  EXPECT_EQ(comparison.first->value_b, "3");
}

TEST_F(DiffTest, ZeroAndMinusZeroDiffer) {
  auto zero = book(1, 100);
  zero.mutable_book()->set_imbalance(0.0);
  auto minus_zero = zero;
  minus_zero.mutable_book()->set_imbalance(-0.0);
  write(options_.a, {zero});
  write(options_.b, {minus_zero});

  EXPECT_TRUE(diff(options_).first);
}

TEST_F(DiffTest, AJournalThatEndsEarlierDiffers) {
  write(options_.a, {book(1, 100)});
  write(options_.b, {book(1, 100), book(2, 101)});

  const auto comparison = diff(options_);

  ASSERT_TRUE(comparison.first);
  EXPECT_FALSE(comparison.first->a);
  EXPECT_EQ(comparison.first->cause, (journal::Position{7, 2}));
  EXPECT_NE(comparison.first->text.find("only b has it"), std::string::npos);
}

TEST_F(DiffTest, AnotherTopicIsADifference) {
  write(options_.a, {book(1, 100)});
  write(options_.b, {book(1, 100)}, "sim.book.GBPUSD|");

  const auto comparison = diff(options_);

  ASSERT_TRUE(comparison.first);
  EXPECT_EQ(comparison.first->value_a, "sim.book.EURUSD|");
  EXPECT_EQ(comparison.first->value_b, "sim.book.GBPUSD|");
}

TEST_F(DiffTest, OnlyWhatWasCausedWithinTheBoundsCounts) {
  write(options_.a, {book(2, 101)});
  write(options_.b, {book(1, 100), book(2, 101), book(3, 102)});
  options_.from = journal::Position{7, 2};
  options_.to = journal::Position{7, 2};

  const auto comparison = diff(options_);

  EXPECT_FALSE(comparison.first);
  EXPECT_EQ(comparison.compared, 1U);
}

}  // namespace
}  // namespace depthwire::replay
