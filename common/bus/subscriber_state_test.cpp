// Each row of the subscriber's table, without sockets and clocks.
#include "common/bus/subscriber_fixture.hpp"

namespace depthwire::bus {
namespace {

using std::chrono::milliseconds;

using SubscriberStateTest = testing::SubscriberFixture;
using Offsets = std::vector<std::uint64_t>;

TEST_F(SubscriberStateTest, CatchesUpPageByPageThenTakesFrames) {
  publish(4);
  begin();

  settle();
  ASSERT_TRUE(state_->live());
  frame(publisher_.append("sim.spot.A|"));

  EXPECT_EQ(offsets_, (Offsets{1, 2, 3, 4, 5, 6}));
  EXPECT_EQ(state_->last(), state_->head());
}

TEST_F(SubscriberStateTest, TwoPagesAreOnTheirWay) {
  publish(60);
  begin();

  tick();
  auto first = state_->take_actions();
  state_->take_reply(publisher_.answer(first.requests.at(0)), now_, batch_);
  collect();
  tick();
  const auto second = state_->take_actions();

  EXPECT_TRUE(first.discard);
  ASSERT_EQ(second.requests.size(), 2U);
  EXPECT_EQ(second.requests[0].fetch().to().offset(), second.requests[1].fetch().after().offset());
  // The later one first: it waits for its turn, which is to say it is asked for again.
  state_->take_reply(publisher_.answer(second.requests[1]), now_, batch_);
  state_->take_reply(publisher_.answer(second.requests[0]), now_, batch_);
  collect();
  settle();
  EXPECT_EQ(offsets_.size(), 61U);
  EXPECT_TRUE(std::is_sorted(offsets_.begin(), offsets_.end()));
}

TEST_F(SubscriberStateTest, AMissingFrameIsFetched) {
  begin();
  settle();
  publish(3);

  frame(publisher_.append("sim.spot.A|"));
  EXPECT_FALSE(state_->live());
  settle();

  EXPECT_EQ(offsets_, (Offsets{1, 2, 3, 4, 5}));
  EXPECT_EQ(state_->doubts(), 1U);
}

TEST_F(SubscriberStateTest, AHeartbeatAheadTellsWhatWasMissed) {
  begin();
  settle();
  publish(2);

  frame(publisher_.heartbeat());
  settle();

  EXPECT_EQ(offsets_, (Offsets{1, 2, 3}));
}

TEST_F(SubscriberStateTest, SilenceIsStaleAndMeansANewConnection) {
  begin();
  settle();

  now_ += milliseconds(749);
  tick();
  EXPECT_TRUE(notices_.empty());
  now_ += milliseconds(1);
  tick();
  EXPECT_EQ(noticed<Stale>().size(), 1U);
  EXPECT_TRUE(state_->take_actions().reconnect);
  EXPECT_FALSE(state_->live());

  pass(milliseconds(100));
  settle();
  EXPECT_EQ(noticed<Fresh>().size(), 1U);
}

TEST_F(SubscriberStateTest, AQueueBeyondItsBoundsIsDroppedAndFetched) {
  begin();
  settle();
  state_->heard(now_, 65'536, 64 << 20);
  EXPECT_TRUE(state_->live());

  state_->heard(now_, 65'537, 1);
  EXPECT_FALSE(state_->live());
  EXPECT_TRUE(state_->take_actions().discard);
  settle();
  state_->heard(now_, 1, (64 << 20) + 1);
  EXPECT_FALSE(state_->live());
}

TEST_F(SubscriberStateTest, WhatAgedOutIsLostWithItsBounds) {
  publish(3);
  begin();
  settle();
  const auto last = state_->last();
  publish(30);
  publisher_.age_out(20);

  frame(publisher_.heartbeat());
  settle();

  const auto lost = noticed<Lost>();
  ASSERT_EQ(lost.size(), 1U);
  EXPECT_EQ(lost[0].after, last);
  EXPECT_EQ(lost[0].first.offset, 21U);
  EXPECT_EQ(offsets_.at(4), 21U);
  EXPECT_EQ(offsets_.back(), 34U);
}

TEST_F(SubscriberStateTest, NothingIsLostWhenOnlyTheLastDeliveredAgedOut) {
  publish(3);
  begin();
  settle();
  publisher_.age_out(4 - 1);
  publish(2);
  publisher_.age_out(1);

  frame(publisher_.heartbeat());
  settle();

  EXPECT_TRUE(noticed<Lost>().empty());
  EXPECT_EQ(offsets_, (Offsets{1, 2, 3, 4, 5, 6}));
}

TEST_F(SubscriberStateTest, AZombiesFramesAreDroppedAndCounted) {
  publish(3);
  auto zombie = publisher_;
  publisher_.restart(0);
  begin();
  settle();

  frame(zombie.append("sim.spot.A|"));

  EXPECT_EQ(offsets_, (Offsets{1, 2, 3, 4, 5}));
  EXPECT_EQ(state_->zombies(), 1U);
  EXPECT_TRUE(state_->live());
}

TEST_F(SubscriberStateTest, ACutTailIsNoOldCopy) {
  publish(5);
  begin();
  settle();
  publisher_.restart(2);

  frame(publisher_.heartbeat());
  settle();

  EXPECT_FALSE(state_->halted());
  EXPECT_EQ(offsets_, (Offsets{1, 2, 3, 4, 5, 6, 5}));
}

TEST_F(SubscriberStateTest, ADamagedRecordHaltsUntilItIsRepaired) {
  publish(20);
  publisher_.damage({1, 8});
  begin();

  settle();
  EXPECT_TRUE(state_->halted());
  EXPECT_EQ(offsets_.back(), 7U);
  pass(milliseconds(2'000));
  EXPECT_EQ(noticed<Halted>().size(), 1U);
  publisher_.damage({1, 8}, false);
  pass(milliseconds(1'000));

  EXPECT_FALSE(state_->halted());
  EXPECT_EQ(noticed<Resumed>().size(), 1U);
  EXPECT_EQ(offsets_.size(), 21U);
  EXPECT_EQ(offsets_.back(), 21U);
}

// What was delivered of one topic must not hide what was dropped of another.
TEST_F(SubscriberStateTest, AFilteredSubscriberFetchesWhatAnEarlierDropHid) {
  begin(FromOldest{}, {"sim.spot."});
  settle();
  publisher_.append("sim.spot.A|");  // dropped on the way
  frame(publisher_.append("sim.spot.B|"));
  frame(publisher_.append("sim.spot.A|"));
  settle();

  EXPECT_EQ(offsets_, (Offsets{1, 3, 2, 4}));
}

TEST_F(SubscriberStateTest, AFilteredSubscriberLearnsOfADropWithoutALaterRecord) {
  begin(FromOldest{}, {"sim.spot."});
  settle();
  publisher_.append("sim.spot.A|");
  publisher_.append("sim.depth.A|");

  for (int i = 0; i < 10; ++i) pass(milliseconds(250));

  EXPECT_EQ(offsets_, (Offsets{1, 2}));
}

TEST_F(SubscriberStateTest, AViewBeginsWithAKeyframeAndWhatFollowedIt) {
  publish(3);
  publisher_.append("sim.depth.A|", "k", 11, true);
  publisher_.append("sim.depth.A|", "c", 11);
  publish(1);
  begin(FromNewest{}, {"sim."});

  settle();
  frame(publisher_.append("sim.depth.A|", "c", 11));

  EXPECT_EQ(offsets_, (Offsets{1, 5, 7, 6, 8}));
}

}  // namespace
}  // namespace depthwire::bus
