#include "simulator/trading/check_order.hpp"

#include <string>

namespace depthwire::simulator::trading {

using namespace ctrader;

namespace {

using Order = ProtoOANewOrderReq;
using Check = std::optional<Refusal>;

constexpr double price_max = 1e9;  // so that points are integers
constexpr std::int64_t points_max = 100'000'000'000'000;
constexpr std::size_t label_max = 100;
constexpr std::size_t comment_max = 512;
constexpr std::size_t client_order_id_max = 50;
constexpr std::int32_t slippage_max = 1'000'000;

Check invalid(std::string why) { return Refusal{"INVALID_REQUEST", std::move(why)}; }

Check check_price(double price, std::string_view name, const Terms& terms) {
  if (!std::isfinite(price) || price <= 0 || price >= price_max) {
    return Refusal{"TRADING_BAD_PRICES", std::string(name) + " is no price"};
  }
  const double points = price * market::points_per_unit;
  if (std::abs(points - std::round(points)) > 1e-3 || to_points(price) % terms.tick_points != 0) {
    return invalid(std::string(name) + " has more digits than the symbol allows");
  }
  return std::nullopt;
}

Check check_texts(const Order& order) {
  if (order.label().size() > label_max) return invalid("label is longer than 100");
  if (order.comment().size() > comment_max) return invalid("comment is longer than 512");
  if (order.clientorderid().size() > client_order_id_max) {
    return invalid("clientOrderId is longer than 50");
  }
  return std::nullopt;
}

Check check_slippage(const Order& order) {
  if (order.slippageinpoints() >= 0 && order.slippageinpoints() <= slippage_max) {
    return std::nullopt;
  }
  return invalid("slippageInPoints is out of range");
}

// A stop that the market has passed already would be no stop.
Check check_stop_price(const Order& order, const SymbolBoard& board, const Terms& terms) {
  if (!order.has_stopprice()) return invalid("stopPrice is missing");
  if (auto wrong = check_price(order.stopprice(), "stopPrice", terms)) return wrong;
  const bool buys = order.tradeside() == BUY;
  const auto& touch = buys ? board.last().ask : board.last().bid;
  if (!touch) return Refusal{"NO_QUOTES", "the symbol has no price yet"};
  const auto stop = to_points(order.stopprice());
  if (buys ? stop <= touch->points : stop >= touch->points) {
    return Refusal{"TRADING_BAD_PRICES", buys ? "stopPrice of a purchase is not above the ask"
                                              : "stopPrice of a sale is not below the bid"};
  }
  return std::nullopt;
}

Check check_prices(const Order& order, const SymbolBoard& board, const Terms& terms) {
  switch (order.ordertype()) {
    case MARKET: return std::nullopt;
    case LIMIT:
      if (!order.has_limitprice()) return invalid("limitPrice is missing");
      return check_price(order.limitprice(), "limitPrice", terms);
    case STOP: return check_stop_price(order, board, terms);
    case STOP_LIMIT:
      if (!order.has_slippageinpoints()) return invalid("slippageInPoints is missing");
      if (auto wrong = check_slippage(order)) return wrong;
      return check_stop_price(order, board, terms);
    case MARKET_RANGE:
      if (!order.has_baseslippageprice() || !order.has_slippageinpoints()) {
        return invalid("baseSlippagePrice or slippageInPoints is missing");
      }
      if (auto wrong = check_slippage(order)) return wrong;
      return check_price(order.baseslippageprice(), "baseSlippagePrice", terms);
    case STOP_LOSS_TAKE_PROFIT: break;
  }
  return invalid("orders of this type are made by the server only");
}

Check check_time(const Order& order, std::int64_t now_ms) {
  if (order.timeinforce() == MARKET_ON_OPEN) return invalid("the market never opens: it is open");
  const bool dated = order.timeinforce() == GOOD_TILL_DATE;
  if (dated != order.has_expirationtimestamp() ||
      (dated && order.expirationtimestamp() <= now_ms)) {
    return Refusal{"TRADING_BAD_EXPIRATION_DATE",
                   "GOOD_TILL_DATE, and only that, has an expirationTimestamp in the future"};
  }
  return std::nullopt;
}

Check check_distance(std::int64_t distance, const Terms& terms) {
  if (distance > 0 && distance < points_max && distance % terms.tick_points == 0) {
    return std::nullopt;
  }
  return Refusal{"TRADING_BAD_STOPS", "a relative level is no multiple of the tick above zero"};
}

Check check_protection(const Order& order, const SymbolBoard& board, const Terms& terms) {
  if (is_at_market(order) && (order.has_stoploss() || order.has_takeprofit())) {
    return invalid("SL and TP of this order type are relative ones");
  }
  if ((order.has_stoploss() && order.has_relativestoploss()) ||
      (order.has_takeprofit() && order.has_relativetakeprofit())) {
    return invalid("a level is given twice, absolute and relative");
  }
  if (order.guaranteedstoploss()) return invalid("guaranteed stop losses are not offered");
  if (order.has_relativestoploss()) {
    if (auto wrong = check_distance(order.relativestoploss(), terms)) return wrong;
  }
  if (order.has_relativetakeprofit()) {
    if (auto wrong = check_distance(order.relativetakeprofit(), terms)) return wrong;
  }
  const auto& touch = order.tradeside() == BUY ? board.last().ask : board.last().bid;
  double entry = touch ? to_price(touch->points) : 0;
  if (order.ordertype() == LIMIT) entry = order.limitprice();
  if (order.ordertype() == STOP || order.ordertype() == STOP_LIMIT) entry = order.stopprice();
  const auto levels = levels_of(order, entry);
  if (order.trailingstoploss() && !levels.stop_loss) {
    return Refusal{"TRADING_BAD_STOPS", "a trailing stop loss needs a stop loss"};
  }
  return check_levels(levels, order.tradeside(), entry, terms);
}

}  // namespace

Levels levels_of(const ProtoOANewOrderReq& order, double entry) {
  const std::int64_t up = order.tradeside() == BUY ? 1 : -1;
  Levels levels;
  if (order.has_stoploss()) levels.stop_loss = order.stoploss();
  if (order.has_takeprofit()) levels.take_profit = order.takeprofit();
  if (order.has_relativestoploss()) {
    levels.stop_loss = to_price(to_points(entry) - (up * order.relativestoploss()));
  }
  if (order.has_relativetakeprofit()) {
    levels.take_profit = to_price(to_points(entry) + (up * order.relativetakeprofit()));
  }
  return levels;
}

Check check_levels(const Levels& levels, ProtoOATradeSide side, double price, const Terms& terms) {
  const bool bought = side == BUY;
  if (levels.stop_loss) {
    if (*levels.stop_loss <= 0 ||
        (bought ? *levels.stop_loss >= price : *levels.stop_loss <= price)) {
      return Refusal{"TRADING_BAD_STOPS", "the stop loss lies on the wrong side of the price"};
    }
    if (auto wrong = check_price(*levels.stop_loss, "stopLoss", terms)) return wrong;
  }
  if (levels.take_profit) {
    if (*levels.take_profit <= 0 ||
        (bought ? *levels.take_profit <= price : *levels.take_profit >= price)) {
      return Refusal{"TRADING_BAD_STOPS", "the take profit lies on the wrong side of the price"};
    }
    if (auto wrong = check_price(*levels.take_profit, "takeProfit", terms)) return wrong;
  }
  return std::nullopt;
}

Check check_volume(std::int64_t volume, const Terms& terms) {
  if (volume >= terms.volume_min && volume <= terms.volume_max && volume % terms.volume_step == 0) {
    return std::nullopt;
  }
  return Refusal{"TRADING_BAD_VOLUME", "volume is not within " + std::to_string(terms.volume_min) +
                                           " and " + std::to_string(terms.volume_max) +
                                           " in steps of " + std::to_string(terms.volume_step)};
}

Check check_order(const ProtoOANewOrderReq& order, const SymbolBoard& board, std::int64_t now_ms) {
  const auto terms = terms_of(board.info());
  if (auto wrong = check_texts(order)) return wrong;
  if (auto wrong = check_volume(order.volume(), terms)) return wrong;
  if (auto wrong = check_prices(order, board, terms)) return wrong;
  if (auto wrong = check_time(order, now_ms)) return wrong;
  return check_protection(order, board, terms);
}

}  // namespace depthwire::simulator::trading
