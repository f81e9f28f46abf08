#include "services/streaming/core/feed.hpp"

#include "services/streaming/core/feed_fixture.hpp"

#include <gmock/gmock.h>

namespace depthwire::streaming {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST_F(FeedTest, ASymbolBeginsWithAReset) {
  feed_.add(8, "GBPUSD");

  ASSERT_THAT(sink_.records, SizeIs(1));
  EXPECT_EQ(last().topic, "depth.GBPUSD");
  EXPECT_EQ(last().envelope.depth().kind(), bus::Depth::reset);
  EXPECT_EQ(last().envelope.receive_time_ns(), 0);
  EXPECT_EQ(last().flags, journal::keyframe);
}

TEST_F(FeedTest, ADepthEventIsOneRecordWithItsTimeAndItsQuotes) {
  auto message = event(5'000);
  add_bid(message, 1, 114'800);
  message.add_deletedquotes(9);

  send(message);

  ASSERT_THAT(sink_.records, SizeIs(1));
  EXPECT_EQ(last().topic, "depth.EURUSD");
  EXPECT_EQ(last().envelope.provider(), "ctrader");
  EXPECT_EQ(last().envelope.symbol(), "EURUSD");
  EXPECT_EQ(last().envelope.receive_time_ns(), 5'000);
  EXPECT_EQ(last().envelope.event_time_ns(), 5'000);
  EXPECT_THAT(last().envelope.depth().removed(), ElementsAre(9));
  ASSERT_EQ(last().envelope.depth().added_size(), 1);
  EXPECT_EQ(last().envelope.depth().added(0).price_points(), 114'800);
  EXPECT_EQ(feed_.counts().unknown_removals, 1U);
  EXPECT_EQ(feed_.book(symbol_id)->touch(market::Side::bid)->price.points, 114'800);
}

TEST_F(FeedTest, ASpotCarriesTheServersTimeAsEventTime) {
  auto message = spot(5'000);
  message.set_ask(114'810);
  message.set_timestamp(1'789'757'100'309);

  send(message);

  ASSERT_THAT(sink_.records, SizeIs(1));
  EXPECT_EQ(last().topic, "spot.EURUSD");
  EXPECT_EQ(last().envelope.receive_time_ns(), 5'000);
  EXPECT_EQ(last().envelope.event_time_ns(), 1'789'757'100'309'000'000);
  EXPECT_FALSE(last().envelope.spot().has_bid_points());
  EXPECT_EQ(last().envelope.spot().ask_points(), 114'810);
}

TEST_F(FeedTest, ALiveBarClosesWhenTheNextOneBegins) {
  auto message = spot(1);
  message.set_bid(103);
  auto* bar = message.add_trendbar();
  bar->set_volume(2);
  bar->set_low(100);
  bar->set_deltahigh(5);
  bar->set_deltaopen(1);
  bar->set_utctimestampinminutes(10);
  send(message);
  bar->set_utctimestampinminutes(11);
  message.set_bid(102);
  sink_.records.clear();

  send(message);

  ASSERT_THAT(sink_.records, SizeIs(3));  // the spot, the bar that closed, the bar that began
  const auto& closed = sink_.records[1].envelope.bar();
  EXPECT_TRUE(closed.closed());
  EXPECT_EQ(closed.open_time_ns(), 600'000'000'000);
  EXPECT_EQ(closed.period(), bus::m1);
  EXPECT_EQ(closed.origin(), bus::Bar::live);
  EXPECT_EQ(closed.bid().open(), 101);
  EXPECT_EQ(closed.bid().high(), 105);
  EXPECT_EQ(closed.bid().low(), 100);
  EXPECT_EQ(closed.bid().close(), 103);  // the bid of the event: live bars carry no close
  EXPECT_FALSE(sink_.records[2].envelope.bar().closed());
  EXPECT_EQ(sink_.records[2].envelope.bar().bid().close(), 102);
}

TEST_F(FeedTest, AKeyframeIsTheWholeBook) {
  auto message = event(5);
  add_bid(message, 1, 100);
  add_bid(message, 2, 99);
  send(message);
  sink_.records.clear();

  feed_.keyframes();

  ASSERT_THAT(sink_.records, SizeIs(1));
  EXPECT_EQ(last().envelope.depth().kind(), bus::Depth::keyframe);
  EXPECT_EQ(last().envelope.depth().added_size(), 2);
  EXPECT_EQ(last().envelope.receive_time_ns(), 5);
  EXPECT_EQ(last().flags, journal::keyframe);
}

TEST_F(FeedTest, AfterAHoleABookIsToldAnew) {
  auto message = event(5);
  add_bid(message, 1, 100);
  send(message);
  sink_.records.clear();

  feed_.restate();

  ASSERT_THAT(sink_.records, SizeIs(2));
  EXPECT_EQ(sink_.records[0].envelope.depth().kind(), bus::Depth::reset);
  EXPECT_EQ(sink_.records[1].envelope.depth().kind(), bus::Depth::keyframe);
  EXPECT_EQ(sink_.records[1].envelope.depth().added_size(), 1);
  EXPECT_FALSE(feed_.book(symbol_id)->empty());
}

TEST_F(FeedTest, AnEmptyBookHasNoKeyframe) {
  feed_.keyframes();

  EXPECT_THAT(sink_.records, IsEmpty());
}

TEST_F(FeedTest, EventsOfASymbolThatWasLetGoAreDropped) {
  feed_.remove(symbol_id);
  EXPECT_EQ(last().envelope.depth().kind(), bus::Depth::reset);
  sink_.records.clear();

  send(event(1));
  send(spot(1));

  EXPECT_THAT(sink_.records, IsEmpty());
  EXPECT_EQ(feed_.counts().unknown_symbols, 2U);
}

TEST_F(FeedTest, LettingAllGoResetsEachSymbolInAFixedOrder) {
  feed_.add(3, "AUDUSD");
  feed_.add(4, "USDJPY");
  sink_.records.clear();

  feed_.remove_all();

  ASSERT_THAT(sink_.records, SizeIs(3));
  EXPECT_EQ(sink_.records[0].topic, "depth.AUDUSD");
  EXPECT_EQ(sink_.records[1].topic, "depth.EURUSD");
  EXPECT_EQ(sink_.records[2].topic, "depth.USDJPY");
  EXPECT_EQ(feed_.symbols(), 0U);
}

TEST_F(FeedTest, WhatNoBookCanTakeIsToldAndNotPublished) {
  auto message = event(1);
  add_bid(message, 1, 0);

  send(message);

  ASSERT_THAT(sink_.records, SizeIs(1));
  EXPECT_EQ(last().topic, "data_quality.EURUSD");
  EXPECT_EQ(last().envelope.data_quality().check(), "refused_depth");
  EXPECT_EQ(feed_.counts().refused, 1U);
}

TEST_F(FeedTest, ABookThatStaysCrossedIsToldAndSubscribedAnew) {
  auto crossed = event(1);
  add_bid(crossed, 1, 101);
  auto* ask = crossed.add_newquotes();
  ask->set_id(2);
  ask->set_size(100);
  ask->set_ask(100);
  send(crossed);
  send(event(1'000'000'000));
  EXPECT_EQ(last().envelope.data_quality().check(), "book_suspect");
  EXPECT_THAT(feed_.due_resubscriptions(), IsEmpty());
  send(event(32'000'000'000));
  EXPECT_THAT(feed_.due_resubscriptions(), ElementsAre(SymbolRef{"EURUSD", symbol_id}));

  feed_.close(symbol_id);
  sink_.records.clear();
  send(event(33'000'000'000));
  EXPECT_THAT(sink_.records, IsEmpty());
  EXPECT_THAT(feed_.due_resubscriptions(), IsEmpty());

  feed_.reopen(symbol_id);
  ASSERT_THAT(sink_.records, SizeIs(3));  // uncrossed, book_trusted and the reset
  EXPECT_EQ(last().envelope.depth().kind(), bus::Depth::reset);
  EXPECT_TRUE(feed_.book(symbol_id)->empty());
  send(event(34'000'000'000));
  EXPECT_THAT(sink_.records, SizeIs(4));
}

TEST_F(FeedTest, WhatCannotBeReadIsCounted) {
  feed_.depth("\x18");
  feed_.spot("\x18");

  EXPECT_EQ(feed_.counts().undecodable, 2U);
  EXPECT_THAT(sink_.records, IsEmpty());
}

}  // namespace
}  // namespace depthwire::streaming
