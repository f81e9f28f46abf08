#include "services/aggregator/core/aggregator_stage.hpp"

#include "common/codec/envelope.hpp"

#include <gtest/gtest.h>

namespace depthwire::aggregator {
namespace {

using bus::Envelope;
using market::DepthKind;
using market::Price;
using market::Quote;
using market::Side;
using market::Size;

constexpr std::int64_t second = 1'000'000'000;

// Runs a stage by hand and keeps what it publishes.
class Bench final : public bus::StepOutputs {
 public:
  explicit Bench(StageSettings settings = {}) : stage_(settings) {}

  void depth(std::int64_t time_ns, DepthKind kind, std::vector<Quote> added,
             std::string_view symbol = "EURUSD") {
    codec::encode_depth({"ctrader", symbol, time_ns, time_ns}, {kind, {}, std::move(added)},
                        bytes_);
    step(Envelope::kDepth);
  }
  /// A subscription: the empty book, then the whole of it as a change.
  void build(std::int64_t time_ns, std::vector<Quote> added) {
    depth(time_ns, DepthKind::reset, {});
    depth(time_ns, DepthKind::change, std::move(added));
  }
  void lost() { stage_.lost(); }
  void spot(std::int64_t time_ns, std::int64_t bid, std::int64_t ask) {
    codec::encode_spot({"ctrader", "EURUSD", time_ns, time_ns}, {Price{bid}, Price{ask}, {}},
                       bytes_);
    step(Envelope::kSpot);
  }
  void control(std::int64_t time_ns, bool source_down) {
    Envelope envelope;
    envelope.set_receive_time_ns(time_ns);
    if (source_down) {
      envelope.mutable_source_down();
    } else {
      envelope.mutable_clock();
    }
    envelope.SerializeToString(&bytes_);
    step(source_down ? Envelope::kSourceDown : Envelope::kClock);
  }
  void loss(std::int64_t time_ns, std::uint64_t to_offset) {
    Envelope envelope;
    envelope.set_receive_time_ns(time_ns);
    envelope.mutable_loss()->set_to_offset(to_offset);
    envelope.SerializeToString(&bytes_);
    step(Envelope::kLoss);
  }
  void publish(std::string_view, std::string_view, int, std::string_view envelope) override {
    published.emplace_back();
    ASSERT_TRUE(published.back().ParseFromString(std::string(envelope)));
  }

  std::vector<Envelope> published;

 private:
  void step(int type) {
    journal::Record record;
    record.header.payload_type = static_cast<std::uint16_t>(type);
    record.payload = bytes_;
    stage_.step(record, *this);
  }

  AggregatorStage stage_;
  std::string bytes_;
};

std::vector<Quote> quotes(std::int64_t bid, std::int64_t ask) {
  return {{1, Side::bid, Price{bid}, Size{100}}, {2, Side::ask, Price{ask}, Size{300}}};
}

TEST(AggregatorStage, EveryChangeGivesABook) {
  Bench bench;

  bench.build(second, quotes(100, 103));
  bench.depth(2 * second, DepthKind::change, quotes(101, 103));

  ASSERT_EQ(bench.published.size(), 2U);
  const auto& envelope = bench.published[1];
  EXPECT_EQ(envelope.symbol(), "EURUSD");
  EXPECT_EQ(envelope.receive_time_ns(), 2 * second);
  EXPECT_EQ(envelope.book().mid_half_points(), 204);
  EXPECT_EQ(envelope.book().spread_points(), 2);
  EXPECT_EQ(envelope.book().imbalance(), -0.5);
  ASSERT_EQ(envelope.book().bid_prices_points_size(), 1);
}

TEST(AggregatorStage, AKeyframeStartsABookButIsNoChange) {
  Bench bench;
  bench.depth(second, DepthKind::keyframe, quotes(100, 103));
  bench.depth(second, DepthKind::keyframe, quotes(90, 93));
  EXPECT_TRUE(bench.published.empty());

  bench.depth(second, DepthKind::change, {{3, Side::bid, Price{101}, Size{1}}});

  ASSERT_EQ(bench.published.size(), 1U);
  EXPECT_EQ(bench.published[0].book().bid_prices_points_size(), 2);
}

TEST(AggregatorStage, AResetEmptiesTheViewOnce) {
  Bench bench;
  bench.depth(second, DepthKind::reset, {});
  EXPECT_TRUE(bench.published.empty());
  bench.depth(second, DepthKind::change, quotes(100, 103));

  bench.depth(2 * second, DepthKind::reset, {});
  bench.depth(2 * second, DepthKind::reset, {});

  ASSERT_EQ(bench.published.size(), 2U);
  EXPECT_EQ(bench.published[1].book().bid_prices_points_size(), 0);
}

TEST(AggregatorStage, WithAnIntervalTheLatestBookComesWhenItIsDue) {
  Bench bench({.book_interval = std::chrono::milliseconds(100)});
  bench.build(second, quotes(100, 103));
  bench.depth(second + 1'000'000, DepthKind::change, quotes(101, 103));
  bench.depth(second + 2'000'000, DepthKind::change, quotes(102, 103));
  ASSERT_EQ(bench.published.size(), 1U);

  bench.control(2 * second, false);

  ASSERT_EQ(bench.published.size(), 2U);
  EXPECT_EQ(bench.published[1].receive_time_ns(), second + 100'000'000);
  EXPECT_EQ(bench.published[1].book().spread_points(), 1);
}

TEST(AggregatorStage, ALostSourceEmptiesTheBooks) {
  Bench bench;
  bench.build(second, quotes(100, 103));

  bench.control(2 * second, true);

  ASSERT_EQ(bench.published.size(), 2U);
  EXPECT_EQ(bench.published[1].book().bid_prices_points_size(), 0);
  EXPECT_FALSE(bench.published[1].book().has_mid_half_points());
}

TEST(AggregatorStage, ChangesOfABookThatIsNotKnownAreNoBook) {
  Bench bench;

  bench.depth(second, DepthKind::change, {{3, Side::bid, Price{99}, Size{1}}});
  bench.depth(second, DepthKind::keyframe, quotes(100, 103));
  bench.depth(second, DepthKind::change, {{4, Side::bid, Price{101}, Size{1}}});

  ASSERT_EQ(bench.published.size(), 1U);
  EXPECT_EQ(bench.published[0].book().bid_prices_points_size(), 2);
  EXPECT_EQ(bench.published[0].book().bid_prices_points(1), 100);
}

TEST(AggregatorStage, AfterALossBooksBeginAgainAtTheNextKeyframe) {
  Bench bench;
  bench.build(second, quotes(100, 103));
  bench.lost();
  bench.published.clear();

  bench.depth(2 * second, DepthKind::change, {{3, Side::bid, Price{99}, Size{1}}});
  EXPECT_TRUE(bench.published.empty());
  bench.depth(2 * second, DepthKind::keyframe, quotes(101, 103));
  bench.depth(2 * second, DepthKind::change, {{4, Side::bid, Price{102}, Size{1}}});

  ASSERT_EQ(bench.published.size(), 1U);
  EXPECT_EQ(bench.published[0].book().bid_prices_points_size(), 2);
  EXPECT_EQ(bench.published[0].book().spread_points(), 1);
}

TEST(AggregatorStage, ALostSourceMakesItsBooksUnknown) {
  Bench bench;
  bench.build(second, quotes(100, 103));
  bench.control(2 * second, true);
  bench.published.clear();

  bench.depth(3 * second, DepthKind::change, {{3, Side::bid, Price{99}, Size{1}}});

  EXPECT_TRUE(bench.published.empty());
}

TEST(AggregatorStage, AHoleInTheSourcesJournalEmptiesTheBooks) {
  Bench bench;
  bench.depth(second, DepthKind::keyframe, quotes(100, 103));
  bench.loss(2 * second, 7);  // positions of the past: read here when they were new
  ASSERT_TRUE(bench.published.empty());

  bench.loss(3 * second, 0);

  ASSERT_EQ(bench.published.size(), 1U);
  EXPECT_EQ(bench.published[0].book().bid_prices_points_size(), 0);
}

TEST(AggregatorStage, BarsCloseByTheClockRecordsOfAQuietMarket) {
  Bench bench;
  bench.spot(second, 100, 103);

  bench.control(60 * second, false);
  bench.control(61 * second, false);

  ASSERT_EQ(bench.published.size(), 2U);  // 1 s, then 1 m
  EXPECT_EQ(bench.published[0].bar().period(), bus::s1);
  EXPECT_EQ(bench.published[0].receive_time_ns(), 3 * second);
  EXPECT_EQ(bench.published[1].bar().period(), bus::m1);
  EXPECT_EQ(bench.published[1].bar().bid().close(), 100);
  EXPECT_TRUE(bench.published[1].bar().closed());
}

TEST(AggregatorStage, ARefusedUpdateThrowsAndLeavesTheBook) {
  Bench bench;
  bench.build(second, quotes(100, 103));

  EXPECT_ANY_THROW(bench.depth(second, DepthKind::change, quotes(0, 103)));
  bench.depth(second, DepthKind::change, {{3, Side::bid, Price{101}, Size{1}}});

  EXPECT_EQ(bench.published.back().book().bid_prices_points_size(), 2);
}

}  // namespace
}  // namespace depthwire::aggregator
