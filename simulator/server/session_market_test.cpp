#include "proto/ctrader/simulator.pb.h"
#include "simulator/server/session_fixture.hpp"

#include <gmock/gmock.h>

namespace depthwire::simulator {
namespace {

using namespace ctrader;
using market::Price;
using market::Quote;
using market::Side;
using market::Size;

class SessionMarket : public SessionTest {
 protected:
  void SetUp() override { log_in(); }

  Event depth_event(std::int64_t after_ns, market::DepthUpdate depth, market::Spot spot = {}) {
    return {start_ns + after_ns, 0, std::move(depth), spot};
  }
};

const Quote one{1, Side::bid, Price{100'000}, Size{500}};
const Quote two{2, Side::ask, Price{100'010}, Size{700}};

TEST_F(SessionMarket, SymbolsAreListedAndDescribed) {
  ProtoOASymbolsListReq list;
  list.set_ctidtraderaccountid(account);

  const auto names = body<ProtoOASymbolsListRes>(request(PROTO_OA_SYMBOLS_LIST_REQ, list)[0]);
  const auto described = body<ProtoOASymbolByIdRes>(
      about<ProtoOASymbolByIdReq>(PROTO_OA_SYMBOL_BY_ID_REQ, {1, 99, 3})[0]);

  ASSERT_EQ(names.symbol_size(), 3);
  EXPECT_EQ(names.symbol(0).symbolname(), "EURUSD");
  EXPECT_EQ(names.symbol(0).symbolid(), 1);
  EXPECT_TRUE(names.symbol(0).enabled());
  ASSERT_EQ(described.symbol_size(), 2) << "unknown ids are missing";
  EXPECT_EQ(described.symbol(0).digits(), 5);
  EXPECT_EQ(described.symbol(0).pipposition(), 4);
  EXPECT_EQ(described.symbol(0).lotsize(), 10'000'000);
}

TEST_F(SessionMarket, AssetsFitTheSymbols) {
  ProtoOAAssetListReq assets;
  assets.set_ctidtraderaccountid(account);
  ProtoOASymbolsListReq list;
  list.set_ctidtraderaccountid(account);

  const auto known = body<ProtoOAAssetListRes>(request(PROTO_OA_ASSET_LIST_REQ, assets)[0]);
  const auto symbols = body<ProtoOASymbolsListRes>(request(PROTO_OA_SYMBOLS_LIST_REQ, list)[0]);

  std::map<std::int64_t, std::string> names;
  for (const auto& asset : known.asset()) names[asset.assetid()] = asset.name();
  EXPECT_EQ(names[symbols.symbol(1).baseassetid()], "GBP");
  EXPECT_EQ(names[symbols.symbol(1).quoteassetid()], "USD");
  EXPECT_EQ(names[symbols.symbol(2).baseassetid()], "XAU");
}

TEST_F(SessionMarket, TheTraderHasABalanceAndNothingOpen) {
  ProtoOATraderReq trader;
  trader.set_ctidtraderaccountid(account);
  ProtoOAReconcileReq reconcile;
  reconcile.set_ctidtraderaccountid(account);

  const auto state = body<ProtoOATraderRes>(request(PROTO_OA_TRADER_REQ, trader)[0]);
  const auto open = body<ProtoOAReconcileRes>(request(PROTO_OA_RECONCILE_REQ, reconcile)[0]);

  EXPECT_EQ(state.trader().balance(), 1'000'000);
  EXPECT_EQ(open.position_size() + open.order_size(), 0);
}

TEST_F(SessionMarket, ASpotSubscriptionBeginsWithATechnicalEvent) {
  const auto frames = subscribe_spots({1, 3});

  ASSERT_EQ(frames.size(), 3U);
  EXPECT_EQ(frames[0].payloadtype(), PROTO_OA_SUBSCRIBE_SPOTS_RES);
  EXPECT_EQ(frames[1].payloadtype(), PROTO_OA_SPOT_EVENT);
  EXPECT_FALSE(frames[1].has_clientmsgid());
  const auto spot = body<ProtoOASpotEvent>(frames[1]);
  EXPECT_EQ(spot.symbolid(), 1);
  EXPECT_EQ(spot.bid(), 100'000U);
  EXPECT_EQ(spot.ask(), 100'010U);
  EXPECT_TRUE(spot.has_sessionclose());
  EXPECT_FALSE(spot.has_timestamp()) << "only on request";
  EXPECT_EQ(body<ProtoOASpotEvent>(frames[2]).symbolid(), 3);
}

TEST_F(SessionMarket, LaterSpotsCarryOnlyWhatChangedAndTheSimulatorClock) {
  ProtoOASubscribeSpotsReq with_times;
  with_times.set_ctidtraderaccountid(account);
  with_times.add_symbolid(1);
  with_times.set_subscribetospottimestamp(true);
  request(PROTO_OA_SUBSCRIBE_SPOTS_REQ, with_times);

  market(depth_event(1'999'999, {}, {.ask = Price{100'020}}));
  const auto spot = body<ProtoOASpotEvent>(sent().at(0));

  EXPECT_FALSE(spot.has_bid());
  EXPECT_EQ(spot.ask(), 100'020U);
  EXPECT_FALSE(spot.has_sessionclose());
  EXPECT_EQ(spot.timestamp(), (start_ns / 1'000'000) + 1);
  EXPECT_EQ(spot.GetExtension(spot_simulator_time_ns), start_ns + 1'999'999);
}

TEST_F(SessionMarket, DepthCarriesIdsSizesSidesAndTheSimulatorClock) {
  subscribe_depth({1});

  market(depth_event(5, {.removed = {8, 9}, .added = {one, two}}));
  const auto depth = body<ProtoOADepthEvent>(sent().at(0));

  EXPECT_EQ(depth.symbolid(), 1U);
  EXPECT_EQ(depth.ctidtraderaccountid(), account);
  ASSERT_EQ(depth.newquotes_size(), 2);
  EXPECT_EQ(depth.newquotes(0).bid(), 100'000U);
  EXPECT_FALSE(depth.newquotes(0).has_ask());
  EXPECT_EQ(depth.newquotes(1).ask(), 100'010U);
  EXPECT_EQ(depth.newquotes(1).size(), 700U);
  EXPECT_THAT(depth.deletedquotes(), testing::ElementsAre(8U, 9U));
  EXPECT_EQ(depth.GetExtension(depth_simulator_time_ns), start_ns + 5);
}

TEST_F(SessionMarket, ADepthSubscriptionMidRunBeginsWithTheWholeBook) {
  market(depth_event(5, {.added = {one, two}}));
  EXPECT_TRUE(sent().empty()) << "not subscribed yet";

  const auto frames = subscribe_depth({1, 2});

  ASSERT_EQ(frames.size(), 2U) << "the book of the second symbol is empty";
  EXPECT_EQ(frames[0].payloadtype(), PROTO_OA_SUBSCRIBE_DEPTH_QUOTES_RES);
  EXPECT_EQ(body<ProtoOADepthEvent>(frames[1]).newquotes_size(), 2);
  EXPECT_EQ(tally[0].whole_books, 1U);
  EXPECT_EQ(tally[0].depth_events, 0U);
}

TEST_F(SessionMarket, WhatIsNotSubscribedIsNotSent) {
  subscribe_spots({1});
  subscribe_depth({2});

  market(depth_event(5, {.added = {one}}, {.bid = Price{5}}));
  const auto frames = sent();

  ASSERT_EQ(frames.size(), 1U);
  EXPECT_EQ(frames[0].payloadtype(), PROTO_OA_SPOT_EVENT);
}

TEST_F(SessionMarket, ASubscriptionTwiceIsRefusedWhole) {
  subscribe_spots({1});
  subscribe_depth({1});

  EXPECT_EQ(code(subscribe_spots({2, 1})), "ALREADY_SUBSCRIBED");
  EXPECT_EQ(code(subscribe_depth({2, 1})), "ALREADY_SUBSCRIBED");
  EXPECT_EQ(session.subscribed_symbols(), 1U);
}

TEST_F(SessionMarket, WhatIsNoSymbolIsRefused) {
  EXPECT_EQ(code(subscribe_spots({99})), "SYMBOL_NOT_FOUND");
  EXPECT_EQ(code(subscribe_depth({0})), "SYMBOL_NOT_FOUND");
  EXPECT_EQ(code(subscribe_spots({})), "INVALID_REQUEST");
}

TEST_F(SessionMarket, UnsubscribingStopsTheEvents) {
  subscribe_spots({1});
  subscribe_depth({1});

  about<ProtoOAUnsubscribeSpotsReq>(PROTO_OA_UNSUBSCRIBE_SPOTS_REQ, {1});
  about<ProtoOAUnsubscribeDepthQuotesReq>(PROTO_OA_UNSUBSCRIBE_DEPTH_QUOTES_REQ, {1});
  market(depth_event(5, {.added = {one}}, {.bid = Price{5}}));

  EXPECT_TRUE(sent().empty());
  EXPECT_EQ(code(about<ProtoOAUnsubscribeSpotsReq>(PROTO_OA_UNSUBSCRIBE_SPOTS_REQ, {1})),
            "NOT_SUBSCRIBED_TO_SPOTS");
  EXPECT_EQ(
      code(about<ProtoOAUnsubscribeDepthQuotesReq>(PROTO_OA_UNSUBSCRIBE_DEPTH_QUOTES_REQ, {1})),
      "INVALID_REQUEST");
}

TEST_F(SessionMarket, LiveBarsNeedTheSpotsAndComeOnce) {
  EXPECT_EQ(code(subscribe_bars(1, M1)), "INVALID_REQUEST");
  subscribe_spots({1});
  EXPECT_EQ(subscribe_bars(1, M1)[0].payloadtype(), PROTO_OA_SUBSCRIBE_LIVE_TRENDBAR_RES);
  EXPECT_EQ(code(subscribe_bars(1, M1)), "ALREADY_SUBSCRIBED");
}

TEST_F(SessionMarket, LiveBarsComeWithTheBidAndWithoutTheirClose) {
  subscribe_spots({1});
  subscribe_bars(1, M1);
  subscribe_bars(1, H1);

  market(depth_event(0, {}, {.bid = Price{100'005}, .ask = Price{100'015}}));
  market(depth_event(1, {}, {.ask = Price{100'016}}));
  market(depth_event(2, {}, {.bid = Price{100'003}}));
  const auto frames = sent();

  ASSERT_EQ(frames.size(), 3U);
  EXPECT_EQ(body<ProtoOASpotEvent>(frames[1]).trendbar_size(), 0) << "no bid, no bar";
  const auto spot = body<ProtoOASpotEvent>(frames[2]);
  ASSERT_EQ(spot.trendbar_size(), 2);
  const auto& bar = spot.trendbar(0);
  EXPECT_EQ(bar.period(), M1);
  EXPECT_EQ(bar.low(), 100'003);
  EXPECT_EQ(bar.deltaopen(), 2U);
  EXPECT_EQ(bar.deltahigh(), 2U);
  EXPECT_FALSE(bar.has_deltaclose());
  EXPECT_EQ(bar.volume(), 4);
  EXPECT_EQ(bar.utctimestampinminutes(), start_ns / 60'000'000'000);
  EXPECT_EQ(spot.trendbar(1).period(), H1);
}

TEST_F(SessionMarket, ABarSubscriptionBringsATechnicalSpotWithTheBarSoFar) {
  subscribe_spots({1});
  market(depth_event(0, {}, {.bid = Price{100'005}, .ask = Price{100'015}}));
  sent();

  const auto frames = subscribe_bars(1, M5);

  ASSERT_EQ(frames.size(), 2U);
  const auto spot = body<ProtoOASpotEvent>(frames[1]);
  EXPECT_TRUE(spot.has_sessionclose());
  ASSERT_EQ(spot.trendbar_size(), 1);
  EXPECT_EQ(spot.trendbar(0).low(), 100'005);
}

TEST_F(SessionMarket, UnsubscribedBarsComeNoMore) {
  subscribe_spots({1});
  subscribe_bars(1, M1);

  bars_of<ProtoOAUnsubscribeLiveTrendbarReq>(PROTO_OA_UNSUBSCRIBE_LIVE_TRENDBAR_REQ, 1, M1);
  market(depth_event(0, {}, {.bid = Price{100'005}}));

  EXPECT_EQ(body<ProtoOASpotEvent>(sent().at(0)).trendbar_size(), 0);
  EXPECT_EQ(code(bars_of<ProtoOAUnsubscribeLiveTrendbarReq>(PROTO_OA_UNSUBSCRIBE_LIVE_TRENDBAR_REQ,
                                                            1, M1)),
            "INVALID_REQUEST");
}

TEST_F(SessionMarket, EverythingIsEveryBookAndTheSpotsWhereThereIsNone) {
  subscribe_depth({1, 2});
  EXPECT_FALSE(session.subscribed_to_everything());

  subscribe_spots({3});

  EXPECT_TRUE(session.subscribed_to_everything());
  EXPECT_EQ(session.subscribed_symbols(), 3U);
}

class SessionStrict : public SessionTest {
 protected:
  SessionStrict() : SessionTest({.depth_requires_spots = true}) {}
};

TEST_F(SessionStrict, DepthCanBeMadeToNeedTheSpots) {
  log_in();

  EXPECT_EQ(code(subscribe_depth({1})), "NOT_SUBSCRIBED_TO_SPOTS");
  subscribe_spots({1});
  EXPECT_EQ(subscribe_depth({1})[0].payloadtype(), PROTO_OA_SUBSCRIBE_DEPTH_QUOTES_RES);
}

}  // namespace
}  // namespace depthwire::simulator
