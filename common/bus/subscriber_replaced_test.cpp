// Journals that are not the ones their readers knew (F11).
#include "common/bus/subscriber_fixture.hpp"

namespace depthwire::bus {
namespace {

using std::chrono::milliseconds;
using Offsets = std::vector<std::uint64_t>;
using SubscriberReplacedTest = testing::SubscriberFixture;

TEST_F(SubscriberReplacedTest, AnOldCopyHaltsUntilAnOperatorAcceptsIt) {
  publish(3);
  const auto copy = publisher_;
  publisher_.restart(0);
  publish(10);
  begin();
  settle();
  const auto last = state_->last();
  offsets_.clear();
  restore_copy(copy);
  publish(2);

  frame(publisher_.heartbeat());
  settle();
  ASSERT_TRUE(state_->halted());
  EXPECT_NE(noticed<Halted>().at(0).reason.find("replaced"), std::string::npos);
  pass(milliseconds(3'000));
  EXPECT_TRUE(offsets_.empty());
  EXPECT_EQ(noticed<Halted>().size(), 1U);

  publisher_.accept();
  publish(1);
  pass(milliseconds(1'000));
  settle();

  EXPECT_FALSE(state_->halted());
  EXPECT_EQ(noticed<Resumed>().size(), 1U);
  const auto lost = noticed<Lost>();
  ASSERT_EQ(lost.size(), 1U);
  EXPECT_EQ(lost[0].cause, Lost::Cause::replaced);
  EXPECT_EQ(lost[0].after, last);
  EXPECT_GT(lost[0].first, last);
  EXPECT_EQ(offsets_.front(), lost[0].first.offset);
  EXPECT_EQ(offsets_.back(), publisher_.head().offset);
}

TEST_F(SubscriberReplacedTest, AnEmptiedJournalHaltsToo) {
  publish(3);
  begin();
  settle();
  publisher_ = ModelPublisher(100);

  frame(publisher_.heartbeat());
  settle();

  EXPECT_TRUE(state_->halted());
}

TEST_F(SubscriberReplacedTest, AShorterJournalOfTheSameEpochHalts) {
  publish(3);
  const auto copy = publisher_;
  publish(5);
  begin();
  settle();
  publisher_ = copy;

  now_ += milliseconds(750);
  settle();

  EXPECT_TRUE(state_->halted());
  EXPECT_NE(noticed<Halted>().at(0).reason.find("old copy"), std::string::npos);
}

// No power cut can have taken what was delivered: a copy from before was put in its place.
TEST_F(SubscriberReplacedTest, AnOldCopyOfTheSameEpochHaltsWhenTheMachineHasRunThrough) {
  publish(3);
  const auto copy = publisher_;
  publish(5);
  begin();
  settle();
  publisher_ = copy;
  publisher_.restart(0, 1, true);

  frame(publisher_.heartbeat());
  settle();

  ASSERT_TRUE(state_->halted());
  EXPECT_NE(noticed<Halted>().at(0).reason.find("does not know 1:9"), std::string::npos);
  accept();
  EXPECT_FALSE(state_->halted());
  EXPECT_EQ(noticed<Lost>().at(0).after.offset, 9U);
}

// What an earlier life was given is known to a later one, wherever that begins.
TEST_F(SubscriberReplacedTest, ALaterLifeHaltsOnACopyThatDoesNotKnowWhatTheEarlierSaw) {
  publish(3);
  const auto copy = publisher_;
  publisher_.restart(0);
  publish(10);
  const auto seen = publisher_.head();
  restore_copy(copy);
  publish(2);

  begin(FromOldest{}, {}, seen);
  settle();

  ASSERT_TRUE(state_->halted());
  EXPECT_EQ(offsets_, (Offsets{1, 2, 3, 4}));  // so far both journals are one
  pass(milliseconds(2'000));
  EXPECT_TRUE(state_->halted());

  accept();
  EXPECT_FALSE(state_->halted());
  const auto lost = noticed<Lost>();
  ASSERT_EQ(lost.size(), 1U);
  EXPECT_EQ(lost[0].after, seen);
  EXPECT_EQ(lost[0].cause, Lost::Cause::replaced);
  EXPECT_EQ(offsets_.back(), publisher_.head().offset);
}

TEST_F(SubscriberReplacedTest, ALaterLifeHaltsOnACopyThatIsServedAsItIs) {
  publish(3);
  const auto copy = publisher_;
  publish(5);
  const auto seen = publisher_.head();
  publisher_ = copy;

  begin(After{{1, 2}}, {}, seen);
  settle();

  EXPECT_TRUE(state_->halted());
  EXPECT_TRUE(offsets_.empty());
}

TEST_F(SubscriberReplacedTest, ALaterLifeIsToldWhatAgedOutBehindTheEarlier) {
  publish(10);
  const auto seen = publisher_.head();
  publish(20);
  publisher_.age_out(21);

  begin(FromOldest{}, {}, seen);
  settle();

  const auto lost = noticed<Lost>();
  ASSERT_EQ(lost.size(), 1U);
  EXPECT_EQ(lost[0].after, seen);
  EXPECT_EQ(lost[0].first.offset, 22U);
  EXPECT_EQ(offsets_.front(), 22U);
}

TEST_F(SubscriberReplacedTest, ALaterLifeTakesACutTailForWhatItIs) {
  publish(10);
  const auto seen = publisher_.head();
  publisher_.restart(2);
  publish(1);

  begin(FromOldest{}, {}, seen);
  settle();

  EXPECT_FALSE(state_->halted());
  EXPECT_TRUE(noticed<Lost>().empty());
  EXPECT_EQ(offsets_.size(), 11U);
}

TEST_F(SubscriberReplacedTest, AnotherRecordInTheSamePlaceHalts) {
  auto other = publisher_;
  publish(3);
  begin();
  settle();
  other.append("sim.spot.A|", "x");
  other.append("sim.spot.A|", "x");
  other.append("sim.spot.A|", "y");
  publisher_ = other;
  publish(2);

  now_ += milliseconds(750);
  settle();
  ASSERT_TRUE(state_->halted());
  EXPECT_NE(noticed<Halted>().at(0).reason.find("another record"), std::string::npos);

  accept();
  EXPECT_EQ(offsets_, (Offsets{1, 2, 3, 4, 5, 6, 7}));
}

}  // namespace
}  // namespace depthwire::bus
