#include "simulator/trading/check_order.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <limits>
#include <string>

namespace depthwire::simulator::trading {
namespace {

using namespace ctrader;
using market::Price;

constexpr std::int64_t now_ms = 1'000;

/// EURUSD at 1.00000 / 1.00010, least volume and step 100,000.
SymbolBoard board() {
  return {{.name = "EURUSD", .opening = {.bid = Price{100'000}, .ask = Price{100'010}}},
          PastSettings()};
}

ProtoOANewOrderReq buy(ProtoOAOrderType type) {
  ProtoOANewOrderReq order;
  order.set_ordertype(type);
  order.set_tradeside(BUY);
  order.set_volume(100'000);
  if (type == LIMIT) order.set_limitprice(0.999);
  if (type == STOP || type == STOP_LIMIT) order.set_stopprice(1.001);
  if (type == MARKET_RANGE) order.set_baseslippageprice(1.0001);
  if (type == STOP_LIMIT || type == MARKET_RANGE) order.set_slippageinpoints(5);
  return order;
}

/// The code of the refusal after `change`; "taken" if there is none.
std::string code(ProtoOAOrderType type, const std::function<void(ProtoOANewOrderReq&)>& change) {
  auto order = buy(type);
  change(order);
  const auto refusal = check_order(order, board(), now_ms);
  return refusal ? refusal->code : "taken";
}

TEST(CheckOrder, OrdersOfEveryTypeThatClientsMaySendAreTaken) {
  for (const auto type : {MARKET, LIMIT, STOP, MARKET_RANGE, STOP_LIMIT}) {
    EXPECT_EQ(code(type, [](auto&) {}), "taken") << type;
  }
  EXPECT_EQ(code(STOP_LOSS_TAKE_PROFIT, [](auto&) {}), "INVALID_REQUEST");
}

TEST(CheckOrder, AVolumeIsWithinBoundsAndInSteps) {
  for (const std::int64_t volume :
       {std::int64_t{0}, std::int64_t{-100'000}, std::int64_t{99'999}, std::int64_t{150'000},
        std::int64_t{10'000'100'000}, std::numeric_limits<std::int64_t>::max()}) {
    EXPECT_EQ(code(MARKET, [volume](auto& order) { order.set_volume(volume); }),
              "TRADING_BAD_VOLUME")
        << volume;
  }
}

TEST(CheckOrder, APriceIsPositiveAndOfTheSymbolsDigits) {
  EXPECT_EQ(code(LIMIT, [](auto& order) { order.set_limitprice(0); }), "TRADING_BAD_PRICES");
  EXPECT_EQ(code(LIMIT, [](auto& order) { order.set_limitprice(std::nan("")); }),
            "TRADING_BAD_PRICES");
  EXPECT_EQ(code(LIMIT, [](auto& order) { order.set_limitprice(1e300); }), "TRADING_BAD_PRICES");
  EXPECT_EQ(code(LIMIT, [](auto& order) { order.set_limitprice(0.9999999); }), "INVALID_REQUEST");
  EXPECT_EQ(code(LIMIT, [](auto& order) { order.clear_limitprice(); }), "INVALID_REQUEST");
}

TEST(CheckOrder, AStopLiesBeyondTheMarket) {
  EXPECT_EQ(code(STOP, [](auto& order) { order.set_stopprice(1.0001); }), "TRADING_BAD_PRICES");
  EXPECT_EQ(code(STOP, [](auto& order) { order.set_stopprice(1.00011); }), "taken");
  EXPECT_EQ(code(STOP,
                 [](auto& order) {
                   order.set_tradeside(SELL);
                   order.set_stopprice(0.99999);
                 }),
            "taken");
}

TEST(CheckOrder, LevelsAtTheMarketAreRelativeAndOnTheirSide) {
  EXPECT_EQ(code(MARKET, [](auto& order) { order.set_stoploss(0.9); }), "INVALID_REQUEST");
  EXPECT_EQ(code(MARKET, [](auto& order) { order.set_relativestoploss(500); }), "taken");
  EXPECT_EQ(code(MARKET, [](auto& order) { order.set_relativestoploss(0); }), "TRADING_BAD_STOPS");
  EXPECT_EQ(code(MARKET, [](auto& order) { order.set_relativestoploss(200'000); }),
            "TRADING_BAD_STOPS")
      << "below zero";
  EXPECT_EQ(code(LIMIT, [](auto& order) { order.set_stoploss(0.998); }), "taken");
  EXPECT_EQ(code(LIMIT, [](auto& order) { order.set_stoploss(0.9995); }), "TRADING_BAD_STOPS");
  EXPECT_EQ(code(LIMIT, [](auto& order) { order.set_takeprofit(0.998); }), "TRADING_BAD_STOPS");
  EXPECT_EQ(code(MARKET, [](auto& order) { order.set_trailingstoploss(true); }),
            "TRADING_BAD_STOPS");
}

TEST(CheckOrder, AnExpirationLiesAheadAndBelongsToItsTimeInForce) {
  const auto until = [](std::int64_t time, ProtoOATimeInForce in_force) {
    return code(LIMIT, [=](auto& order) {
      order.set_timeinforce(in_force);
      if (time > 0) order.set_expirationtimestamp(time);
    });
  };

  EXPECT_EQ(until(now_ms + 1, GOOD_TILL_DATE), "taken");
  EXPECT_EQ(until(now_ms, GOOD_TILL_DATE), "TRADING_BAD_EXPIRATION_DATE");
  EXPECT_EQ(until(0, GOOD_TILL_DATE), "TRADING_BAD_EXPIRATION_DATE");
  EXPECT_EQ(until(now_ms + 1, GOOD_TILL_CANCEL), "TRADING_BAD_EXPIRATION_DATE");
  EXPECT_EQ(until(0, MARKET_ON_OPEN), "INVALID_REQUEST");
}

TEST(CheckOrder, TextsHaveTheirLengths) {
  EXPECT_EQ(code(MARKET, [](auto& order) { order.set_label(std::string(100, 'x')); }), "taken");
  EXPECT_EQ(code(MARKET, [](auto& order) { order.set_label(std::string(101, 'x')); }),
            "INVALID_REQUEST");
  EXPECT_EQ(code(MARKET, [](auto& order) { order.set_comment(std::string(513, 'x')); }),
            "INVALID_REQUEST");
  EXPECT_EQ(code(MARKET, [](auto& order) { order.set_clientorderid(std::string(51, 'x')); }),
            "INVALID_REQUEST");
}

}  // namespace
}  // namespace depthwire::simulator::trading
