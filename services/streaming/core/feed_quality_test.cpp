// What the feed tells as data_quality: the checks wired together. Each has its own tests.
#include "services/streaming/core/feed_fixture.hpp"
#include "services/streaming/core/watch_fixture.hpp"

#include <gmock/gmock.h>

namespace depthwire::streaming {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class FeedQualityTest : public FeedTest {
 protected:
  void SetUp() override {
    feed_.set_hours("EURUSD", TradingHours(TimeZone(), {{0, week_s}}));
    feed_.add(symbol_id, "EURUSD");
    sink_.records.clear();
  }
  void spot_at(std::int64_t time_ns, std::uint64_t bid) {
    auto message = spot(time_ns);
    message.set_bid(bid);
    message.set_ask(bid + 10);
    send(message);
  }
  void depth_at(std::int64_t time_ns, std::uint64_t bid) {
    auto message = event(time_ns);
    add_bid(message, 1, bid);
    send(message);
  }
  [[nodiscard]] std::vector<std::string> found() const {
    std::vector<std::string> checks;
    for (const auto& record : sink_.records) {
      if (record.envelope.has_data_quality()) {
        checks.push_back(record.envelope.data_quality().check() + " " +
                         record.envelope.data_quality().detail());
      }
    }
    return checks;
  }
  [[nodiscard]] std::uint64_t count(Check check) const {
    std::uint64_t all = 0;
    feed_.visit_checks([&](const std::string& name, const CheckCounts& counts) {
      EXPECT_EQ(name, "EURUSD");
      all += counts[static_cast<std::size_t>(check)];
    });
    return all;
  }
};

TEST_F(FeedQualityTest, ADepthEventThatIsSentTwiceIsToldAndKept) {
  depth_at(1 * second, 100);
  depth_at(1 * second + 50 * ms, 100);
  depth_at(1 * second + 90 * ms, 100);

  ASSERT_THAT(sink_.records, SizeIs(4));  // the events, and that one came twice
  EXPECT_THAT(found(), ElementsAre("duplicate depth"));
  EXPECT_EQ(count(Check::duplicate), 2U);
  EXPECT_EQ(feed_.counts().depth_events, 3U);

  depth_at(62 * second, 101);
  EXPECT_EQ(last().envelope.data_quality().check(), "duplicate");
  EXPECT_EQ(last().envelope.data_quality().value(), 1);
}

TEST_F(FeedQualityTest, AnIdenticalEventFillsABookThatWasEmptied) {
  depth_at(1 * second, 100);
  feed_.close(symbol_id);
  feed_.reopen(symbol_id);

  depth_at(1 * second + 1 * ms, 100);

  EXPECT_FALSE(feed_.book(symbol_id)->empty());
}

TEST_F(FeedQualityTest, ASilenceIsToldWhenItBeginsAndWhenItIsOver) {
  feed_.set_hours("GBPUSD", TradingHours());
  feed_.add(8, "GBPUSD");
  spot_at(10 * second, 100);
  sink_.records.clear();

  auto other = spot(131 * second);  // of a symbol without a schedule: it only moves the time
  other.set_symbolid(8);
  other.set_bid(5);
  send(other);
  EXPECT_THAT(found(), ElementsAre("stale spot"));
  EXPECT_EQ(last().topic, "data_quality.EURUSD");
  EXPECT_EQ(last().envelope.data_quality().value(), 121);
  EXPECT_EQ(last().envelope.event_time_ns(), 10 * second);
  EXPECT_EQ(last().envelope.receive_time_ns(), 131 * second);

  spot_at(140 * second, 100);
  EXPECT_THAT(found(), ElementsAre("stale spot", "gap spot"));
  EXPECT_EQ(last().envelope.data_quality().value(), 130);
  EXPECT_EQ(last().envelope.event_time_ns(), 10 * second);
  EXPECT_EQ(last().envelope.receive_time_ns(), 140 * second);
}

TEST_F(FeedQualityTest, DepthIsStaleAfterTenSecondsWhenTheSpotsMovedOn) {
  spot_at(1 * second, 1'000);
  depth_at(1 * second, 1'000);
  spot_at(11 * second, 1'020);  // two spreads
  EXPECT_THAT(found(), IsEmpty());
  spot_at(12 * second, 1'010);  // one spread
  EXPECT_THAT(found(), IsEmpty());

  spot_at(13 * second, 1'011);

  EXPECT_THAT(found(), ElementsAre("stale depth, while the spots moved"));
  depth_at(20 * second, 1'001);
  EXPECT_THAT(found(), SizeIs(2));
  EXPECT_EQ(last().envelope.data_quality().check(), "gap");
  EXPECT_EQ(last().envelope.data_quality().value(), 19);
}

TEST_F(FeedQualityTest, ALostConnectionIsAGapOfEachStream) {
  spot_at(1 * second, 100);
  depth_at(2 * second, 100);
  feed_.remove_all();
  feed_.add(symbol_id, "EURUSD");
  sink_.records.clear();

  spot_at(5 * second, 100);
  depth_at(6 * second, 100);

  EXPECT_THAT(found(), ElementsAre("gap spot, the connection was lost",
                                   "gap depth, the connection was lost"));
  EXPECT_EQ(last().envelope.event_time_ns(), 2 * second);
  EXPECT_EQ(last().envelope.data_quality().value(), 4);
  EXPECT_EQ(count(Check::gap), 2U);
}

TEST_F(FeedQualityTest, ASymbolThatWasLetGoHasNoGap) {
  spot_at(1 * second, 100);
  feed_.remove(symbol_id);
  feed_.add(symbol_id, "EURUSD");
  sink_.records.clear();

  spot_at(1'000 * second, 100);

  EXPECT_THAT(found(), IsEmpty());
}

TEST_F(FeedQualityTest, ACrossedBookIsToldAtBothEnds) {
  auto crossed = event(1 * second);
  add_bid(crossed, 1, 101);
  auto* ask = crossed.add_newquotes();
  ask->set_id(2);
  ask->set_size(100);
  ask->set_ask(100);
  send(crossed);
  spot_at(1'501 * ms, 99);
  EXPECT_THAT(found(), ElementsAre("crossed ", "book_suspect "));

  depth_at(3 * second, 99);

  EXPECT_THAT(found(), ElementsAre("crossed ", "book_suspect ", "uncrossed "));
  EXPECT_EQ(last().envelope.data_quality().value(), 2);
  EXPECT_EQ(last().envelope.event_time_ns(), 1 * second);
  EXPECT_EQ(count(Check::crossed), 1U);
}

TEST_F(FeedQualityTest, AnOutlierIsToldOnceAMinuteAndPublishedAsItCame) {
  for (std::int64_t i = 1; i <= 100; ++i) spot_at(i * second, i % 2 == 0 ? 100'000 : 100'002);
  sink_.records.clear();

  spot_at(101 * second, 200'000);
  spot_at(102 * second, 100'000);

  EXPECT_THAT(found(), ElementsAre("outlier mid from 1.000050 to 2.000050, median spread 0.00010"));
  EXPECT_DOUBLE_EQ(sink_.records[1].envelope.data_quality().value(), 1);
  EXPECT_EQ(sink_.records[0].envelope.spot().bid_points(), 200'000);
  EXPECT_EQ(count(Check::outlier), 2U);
}

TEST_F(FeedQualityTest, RefusedDepthIsToldOnceAMinute) {
  for (std::int64_t i = 1; i <= 60; ++i) depth_at(i * second, 0);
  EXPECT_THAT(found(), SizeIs(1));

  depth_at(61 * second, 0);

  EXPECT_THAT(found(), SizeIs(2));
  EXPECT_EQ(last().envelope.data_quality().value(), 60);
  EXPECT_EQ(count(Check::refused_depth), 61U);
}

TEST(FeedQuality, OnARealMarketSilenceIsFoundByLooking) {
  RecordList sink;
  const auto start = std::chrono::steady_clock::time_point{};
  auto clock = ctrader::ReceiveClock::real(0, 0, start);
  Feed feed(sink, clock);
  feed.set_hours("EURUSD", TradingHours(TimeZone(), {{0, week_s}}));
  feed.add(7, "EURUSD");
  sink.records.clear();

  clock.advance(start + std::chrono::seconds{120});
  EXPECT_FALSE(feed.look());
  clock.advance(start + std::chrono::seconds{121});

  EXPECT_TRUE(feed.look());
  ASSERT_THAT(sink.records, SizeIs(1));
  EXPECT_EQ(sink.records[0].envelope.data_quality().check(), "stale");
  EXPECT_EQ(sink.records[0].envelope.data_quality().value(), 121);
}

}  // namespace
}  // namespace depthwire::streaming
