#include "simulator/server/session_fixture.hpp"

#include <gmock/gmock.h>

#include <optional>

namespace depthwire::simulator {
namespace {

using namespace ctrader;
using namespace std::chrono_literals;
using market::Price;

class SessionHistory : public SessionTest {
 protected:
  static constexpr std::int64_t start_ms = start_ns / 1'000'000;

  void SetUp() override { log_in(); }

  // One bid a minute: 100,000 and then one point more each, the ask ten points above.
  void minutes(int count) {
    for (int i = 0; i < count; ++i) {
      market({start_ns + (i * 60'000'000'000LL),
              0,
              {},
              {.bid = Price{100'000 + i}, .ask = Price{100'010 + i}}});
    }
  }

  Frames bars(ProtoOATrendbarPeriod period, std::optional<std::int64_t> from,
              std::optional<std::int64_t> to, std::optional<std::uint32_t> count = {}) {
    ProtoOAGetTrendbarsReq message;
    message.set_ctidtraderaccountid(account);
    message.set_symbolid(1);
    message.set_period(period);
    if (from) message.set_fromtimestamp(*from);
    if (to) message.set_totimestamp(*to);
    if (count) message.set_count(*count);
    return request(PROTO_OA_GET_TRENDBARS_REQ, message);
  }

  Frames ticks(std::int64_t from, std::int64_t to, ProtoOAQuoteType side = BID) {
    ProtoOAGetTickDataReq message;
    message.set_ctidtraderaccountid(account);
    message.set_symbolid(1);
    message.set_type(side);
    message.set_fromtimestamp(from);
    message.set_totimestamp(to);
    return request(PROTO_OA_GET_TICKDATA_REQ, message);
  }
};

TEST_F(SessionHistory, BarsAreThoseOfTheMarketSoFarOldestFirst) {
  minutes(10);

  const auto answer = body<ProtoOAGetTrendbarsRes>(bars(M5, start_ms, start_ms + 3'600'000)[0]);

  EXPECT_EQ(answer.period(), M5);
  EXPECT_EQ(answer.symbolid(), 1);
  EXPECT_FALSE(answer.hasmore());
  ASSERT_EQ(answer.trendbar_size(), 2);
  const auto& bar = answer.trendbar(0);
  EXPECT_EQ(bar.low(), 100'000);
  EXPECT_EQ(bar.deltaopen(), 0U);
  EXPECT_EQ(bar.deltahigh(), 4U);
  EXPECT_EQ(bar.deltaclose(), 4U);
  EXPECT_EQ(bar.volume(), 10);
  EXPECT_FALSE(bar.has_period());
  EXPECT_EQ(bar.utctimestampinminutes(), start_ms / 60'000);
}

TEST_F(SessionHistory, TheEndIncludesTheBarThatOpensThere) {
  minutes(10);

  const auto answer = body<ProtoOAGetTrendbarsRes>(bars(M1, start_ms, start_ms + 120'000)[0]);

  EXPECT_EQ(answer.trendbar_size(), 3);
}

TEST_F(SessionHistory, ACountReachesBackFromTheEndWhateverTheBeginning) {
  minutes(10);

  const auto answer =
      body<ProtoOAGetTrendbarsRes>(bars(M1, start_ms + 480'000, start_ms + 540'000, 4)[0]);

  ASSERT_EQ(answer.trendbar_size(), 4);
  EXPECT_EQ(answer.trendbar(3).low(), 100'009);
  EXPECT_TRUE(answer.hasmore());
}

TEST_F(SessionHistory, RangesTooWideOrBackwardsAreRefused) {
  EXPECT_EQ(code(bars(M1, start_ms, start_ms - 1)), "INCORRECT_BOUNDARIES");
  EXPECT_EQ(code(bars(M1, start_ms, start_ms + 3'024'000'001)), "INCORRECT_BOUNDARIES");
  EXPECT_EQ(bars(H1, start_ms, start_ms + 3'024'000'001)[0].payloadtype(),
            PROTO_OA_GET_TRENDBARS_RES);
  EXPECT_EQ(code(ticks(start_ms, start_ms + 604'800'001)), "INCORRECT_BOUNDARIES");
}

TEST_F(SessionHistory, TicksComeNewestFirstAsDifferences) {
  minutes(3);

  const auto answer = body<ProtoOAGetTickDataRes>(ticks(start_ms, start_ms + 600'000)[0]);

  ASSERT_EQ(answer.tickdata_size(), 3);
  EXPECT_EQ(answer.tickdata(0).timestamp(), start_ms + 120'000);
  EXPECT_EQ(answer.tickdata(0).tick(), 100'002);
  EXPECT_EQ(answer.tickdata(1).timestamp(), -60'000);
  EXPECT_EQ(answer.tickdata(1).tick(), -1);
  EXPECT_FALSE(answer.hasmore());
}

TEST_F(SessionHistory, TicksAreOfOneSide) {
  minutes(3);

  const auto answer = body<ProtoOAGetTickDataRes>(ticks(start_ms, start_ms, ASK)[0]);

  ASSERT_EQ(answer.tickdata_size(), 1);
  EXPECT_EQ(answer.tickdata(0).tick(), 100'010);
}

TEST_F(SessionHistory, SecondsInsteadOfMillisecondsGiveNothingAndNoError) {
  minutes(3);

  const auto answer = body<ProtoOAGetTickDataRes>(ticks(start_ms / 1000, start_ms / 1000 + 9)[0]);

  EXPECT_EQ(answer.tickdata_size(), 0);
}

TEST_F(SessionHistory, ALongAnswerIsCutAndSaysSo) {
  minutes(10'001);

  const auto first = body<ProtoOAGetTickDataRes>(ticks(start_ms, start_ms + 604'800'000)[0]);
  const auto many = body<ProtoOAGetTrendbarsRes>(bars(M1, {}, {}, 14'000)[0]);

  EXPECT_EQ(first.tickdata_size(), 10'000);
  EXPECT_TRUE(first.hasmore());
  EXPECT_EQ(many.trendbar_size(), 5'000);
  EXPECT_TRUE(many.hasmore());
  EXPECT_EQ(many.trendbar(4'999).low(), 110'000);
}

TEST_F(SessionHistory, HistoryHasALimitOfItsOwn) {
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(bars(M1, {}, {})[0].payloadtype(), PROTO_OA_GET_TRENDBARS_RES);
  }

  EXPECT_EQ(code(bars(M1, {}, {})), "REQUEST_FREQUENCY_EXCEEDED");
  EXPECT_EQ(subscribe_depth({1})[0].payloadtype(), PROTO_OA_SUBSCRIBE_DEPTH_QUOTES_RES);
  pass(1s);
  EXPECT_EQ(bars(M1, {}, {})[0].payloadtype(), PROTO_OA_GET_TRENDBARS_RES);
}

}  // namespace
}  // namespace depthwire::simulator
