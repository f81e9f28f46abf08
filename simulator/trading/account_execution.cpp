#include "simulator/trading/account.hpp"
#include "simulator/trading/money.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

// How an account's orders are executed, and what is told of it. Source: PROTOCOL.md 12.
namespace depthwire::simulator::trading {

using namespace ctrader;
using market::Price;

namespace {

std::size_t symbol_of(std::int64_t symbol_id) { return static_cast<std::size_t>(symbol_id - 1); }

// As far from `price` as slippage goes.
Price slipped(double price, const ProtoOANewOrderReq& order, const Terms& terms) {
  const auto slippage = order.slippageinpoints() * terms.tick_points;
  return {to_points(price) + (order.tradeside() == BUY ? slippage : -slippage)};
}

bool waits_for_more(const ProtoOANewOrderReq& order) {
  switch (order.ordertype()) {
    case STOP_LOSS_TAKE_PROFIT: return true;
    case LIMIT:
    case STOP_LIMIT:
      return order.timeinforce() == GOOD_TILL_CANCEL || order.timeinforce() == GOOD_TILL_DATE;
    default: return false;
  }
}

// An average of prices, at a price that the symbol can have.
double on_tick(double price, const Terms& terms) {
  const auto ticks =
      std::llround(price * market::points_per_unit / static_cast<double>(terms.tick_points));
  return to_price(ticks * terms.tick_points);
}

double average(double price, std::int64_t volume, const Fill& fill) {
  const auto both = static_cast<double>(volume + fill.volume);
  return ((price * static_cast<double>(volume)) +
          (to_price(fill.price.points) * static_cast<double>(fill.volume))) /
         both;
}

std::int64_t remaining(const ProtoOAOrder& order) {
  return order.tradedata().volume() - order.executedvolume();
}

}  // namespace

const SymbolBoard& Account::board_of(const Order& order) const {
  return board_.at(symbol_of(order.asked.symbolid()));
}

Notices Account::on_event(const Event& event) {
  Notices out;
  if (waiting_.empty()) return out;
  std::vector<std::int64_t> due;
  due.reserve(waiting_.size());
  for (const auto& [id, order] : waiting_) due.push_back(id);
  for (const auto id : due) {
    const auto found = waiting_.find(id);
    if (found == waiting_.end()) continue;  // another one has ended it
    const auto& asked = found->second.asked;
    if (asked.has_expirationtimestamp() && asked.expirationtimestamp() <= now_ms()) {
      end_and_tell(id, ORDER_EXPIRED, ORDER_STATUS_EXPIRED, out);
    } else if (symbol_of(asked.symbolid()) == event.symbol) {
      attempt(id, event.has_spot(), out);
    }
  }
  return out;
}

void Account::attempt(std::int64_t order_id, bool ticked, Notices& out) {
  Order& order = waiting_.at(order_id);
  const auto& asked = order.asked;
  const auto terms = terms_of(board_of(order).info());
  switch (asked.ordertype()) {
    case MARKET: return execute(order, std::nullopt, out);
    case MARKET_RANGE: return execute(order, slipped(asked.baseslippageprice(), asked, terms), out);
    case LIMIT: return execute(order, Price{to_points(asked.limitprice())}, out);
    case STOP:
      if (is_triggered(order, ticked)) execute(order, std::nullopt, out);
      return;
    case STOP_LIMIT:
      if (is_triggered(order, ticked)) {
        execute(order, slipped(asked.stopprice(), asked, terms), out);
      }
      return;
    case STOP_LOSS_TAKE_PROFIT: break;
  }
  if (ticked) trail(order, out);
  if (is_triggered(order, ticked)) return execute(order, std::nullopt, out);
  if (asked.has_limitprice()) execute(order, Price{to_points(asked.limitprice())}, out);
}

// A purchase by the ask that has risen, a sale by the bid that has fallen, or by the other of the
// two; at once or at the second tick in a row. A stop loss is a stop order of the closing side.
bool Account::is_triggered(Order& order, bool ticked) const {
  if (order.triggered || !order.asked.has_stopprice()) return order.triggered;
  const auto method = order.asked.stoptriggermethod();
  const bool buys = order.asked.tradeside() == BUY;
  const bool opposite = method == OPPOSITE || method == DOUBLE_OPPOSITE;
  const auto& last = board_of(order).last();
  const auto& price = buys != opposite ? last.ask : last.bid;
  const auto stop = to_points(order.asked.stopprice());
  if (!price || (buys ? price->points < stop : price->points > stop)) {
    order.ticks_beyond = 0;
    return false;
  }
  if (ticked) ++order.ticks_beyond;
  const bool twice = method == DOUBLE_TRADE || method == DOUBLE_OPPOSITE;
  order.triggered = !twice || order.ticks_beyond >= 2;
  return order.triggered;
}

void Account::execute(Order& order, std::optional<Price> limit, Notices& out) {
  const auto id = order.wire.orderid();
  const auto position_id = order.wire.positionid();
  const auto& board = board_of(order);
  const auto symbol = symbol_of(order.asked.symbolid());
  const auto terms = terms_of(board.info());
  auto fills = find_fills(board, {.side = order.asked.tradeside(),
                                  .volume = remaining(order.wire),
                                  .step = terms.volume_step,
                                  .limit = limit});
  std::int64_t volume = 0;
  for (const auto& fill : fills) volume += fill.volume;
  if (order.asked.timeinforce() == FILL_OR_KILL && volume < remaining(order.wire)) fills.clear();
  const bool waits = waits_for_more(order.asked);
  if (fills.empty() && waits) return;
  const bool opens = !order.wire.closingorder();
  if (!fills.empty() && opens && !affords(symbol, order.asked.tradeside(), volume)) {
    end_and_tell(id, ORDER_REJECTED, ORDER_STATUS_REJECTED, out).set_errorcode("NOT_ENOUGH_MONEY");
    return;
  }

  for (const auto& fill : fills) apply(order, fill, out);
  const auto asked = order.asked;
  const auto entry = on_tick(order.wire.executionprice(), terms);
  if (remaining(order.wire) == 0) {
    end(id, ORDER_STATUS_FILLED);
  } else if (!waits) {
    end_and_tell(id, ORDER_CANCELLED, ORDER_STATUS_CANCELLED, out);
  }

  const auto found = positions_.find(position_id);
  if (found == positions_.end()) return;  // nothing of it was ever filled
  if (found->second.positionstatus() == POSITION_STATUS_CLOSED) {
    if (const auto* protection = protection_of(position_id)) {
      end(protection->wire.orderid(), ORDER_STATUS_CANCELLED);
    }
    positions_.erase(found);
    return;
  }
  if (asked.ordertype() == STOP_LOSS_TAKE_PROFIT) return;
  const auto levels = levels_of(asked, entry);
  if (opens && !fills.empty() && (levels.stop_loss || levels.take_profit)) {
    set_levels(found->second, levels, asked.trailingstoploss(), TRADE);
  }
  protect(position_id, true, out);
}

void Account::apply(Order& order, const Fill& fill, Notices& out) {
  auto& wire = order.wire;
  const double rate =
      base_rate(board_, symbol_of(order.asked.symbolid()), order.asked.tradeside()).value_or(0);
  wire.set_executionprice(average(wire.executionprice(), wire.executedvolume(), fill));
  wire.set_executedvolume(wire.executedvolume() + fill.volume);
  wire.set_utclastupdatetimestamp(now_ms());
  const bool whole = remaining(wire) == 0;
  if (whole) wire.set_orderstatus(ORDER_STATUS_FILLED);

  ProtoOADeal deal;
  deal.set_dealid(next_deal_++);
  deal.set_orderid(wire.orderid());
  deal.set_positionid(wire.positionid());
  deal.set_volume(wire.tradedata().volume());
  deal.set_filledvolume(fill.volume);
  deal.set_symbolid(order.asked.symbolid());
  deal.set_createtimestamp(wire.tradedata().opentimestamp());
  deal.set_executiontimestamp(now_ms());
  deal.set_utclastupdatetimestamp(now_ms());
  deal.set_executionprice(to_price(fill.price.points));
  deal.set_tradeside(order.asked.tradeside());
  deal.set_dealstatus(fill.volume == deal.volume() ? FILLED : PARTIALLY_FILLED);
  deal.set_marginrate(rate);
  deal.set_commission(0);
  deal.set_basetousdconversionrate(rate);
  deal.set_moneydigits(money_digits);

  auto& position = positions_.at(wire.positionid());
  position.set_utclastupdatetimestamp(now_ms());
  if (wire.closingorder()) {
    reduce(position, fill, deal);
  } else {
    enlarge(position, fill, deal);
  }
  keep(deals_, deal);
  auto& event = tell(whole ? ORDER_FILLED : ORDER_PARTIAL_FILL, order, out);
  event.set_isserverevent(wire.ordertype() == STOP_LOSS_TAKE_PROFIT);
  *event.mutable_deal() = std::move(deal);
  if (wire.closingorder()) out.emplace_back(BalanceChanged());
}

void Account::enlarge(ProtoOAPosition& position, const Fill& fill, ProtoOADeal& deal) {
  auto& trade = *position.mutable_tradedata();
  position.set_price(average(position.price(), trade.volume(), fill));
  position.set_marginrate(deal.marginrate());
  position.set_usedmargin(position.usedmargin() +
                          static_cast<std::uint64_t>(margin_cents(fill.volume, deal.marginrate())));
  if (position.positionstatus() == POSITION_STATUS_CREATED) trade.set_opentimestamp(now_ms());
  trade.set_volume(trade.volume() + fill.volume);
  position.set_positionstatus(POSITION_STATUS_OPEN);
}

void Account::reduce(ProtoOAPosition& position, const Fill& fill, ProtoOADeal& deal) {
  auto& trade = *position.mutable_tradedata();
  const double rate = quote_rate(board_, symbol_of(trade.symbolid())).value_or(0);
  const auto profit = profit_cents(trade.tradeside(), fill.volume, position.price(),
                                   to_price(fill.price.points), rate);
  balance_ += profit;
  ++balance_version_;
  auto& detail = *deal.mutable_closepositiondetail();
  detail.set_entryprice(position.price());
  detail.set_grossprofit(profit);
  detail.set_swap(0);
  detail.set_commission(0);
  detail.set_balance(balance_);
  detail.set_quotetodepositconversionrate(rate);
  detail.set_closedvolume(fill.volume);
  detail.set_balanceversion(balance_version_);
  detail.set_moneydigits(money_digits);
  detail.set_pnlconversionfee(0);

  const auto left = trade.volume() - fill.volume;
  // The margin that is left belongs to the volume that is left.
  position.set_usedmargin(static_cast<std::uint64_t>(
      std::llround(static_cast<double>(position.usedmargin()) * static_cast<double>(left) /
                   static_cast<double>(trade.volume()))));
  trade.set_volume(left);
  if (left > 0) return;
  position.set_price(0);
  position.set_positionstatus(POSITION_STATUS_CLOSED);
  trade.set_closetimestamp(static_cast<std::uint64_t>(now_ms()));
}

}  // namespace depthwire::simulator::trading
