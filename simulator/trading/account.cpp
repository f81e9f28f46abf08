#include "simulator/trading/account.hpp"

#include "simulator/trading/money.hpp"

#include <string>
#include <utility>

// The requests of an account; what they and the market then do is in account_execution.cpp.
namespace depthwire::simulator::trading {

using namespace ctrader;

namespace {

constexpr std::size_t positions_and_orders_max = 1000;

tl::unexpected<Refusal> no(Refusal refusal) { return tl::unexpected(std::move(refusal)); }

Refusal no_order(std::int64_t id) {
  return {"ORDER_NOT_FOUND", "no order with id " + std::to_string(id) + " waits", id};
}

// What an amendment leaves out stays as it is.
void amend(ProtoOANewOrderReq& order, const ProtoOAAmendOrderReq& request) {
  if (request.has_volume()) order.set_volume(request.volume());
  if (request.has_limitprice()) order.set_limitprice(request.limitprice());
  if (request.has_stopprice()) order.set_stopprice(request.stopprice());
  if (request.has_expirationtimestamp()) {
    order.set_expirationtimestamp(request.expirationtimestamp());
    order.set_timeinforce(GOOD_TILL_DATE);
  }
  if (request.has_stoploss()) {
    order.clear_relativestoploss();
    order.set_stoploss(request.stoploss());
  }
  if (request.has_takeprofit()) {
    order.clear_relativetakeprofit();
    order.set_takeprofit(request.takeprofit());
  }
  if (request.has_relativestoploss()) {
    if (!request.has_stoploss()) order.clear_stoploss();
    order.set_relativestoploss(request.relativestoploss());
  }
  if (request.has_relativetakeprofit()) {
    if (!request.has_takeprofit()) order.clear_takeprofit();
    order.set_relativetakeprofit(request.relativetakeprofit());
  }
  if (request.has_slippageinpoints()) order.set_slippageinpoints(request.slippageinpoints());
  if (request.has_guaranteedstoploss()) order.set_guaranteedstoploss(request.guaranteedstoploss());
  if (request.has_trailingstoploss()) order.set_trailingstoploss(request.trailingstoploss());
  if (request.has_stoptriggermethod()) order.set_stoptriggermethod(request.stoptriggermethod());
}

}  // namespace

Refusal Account::no_position(std::int64_t id) const {
  const bool was = id >= first_position && id < next_position_;
  return {was ? "POSITION_NOT_OPEN" : "POSITION_NOT_FOUND",
          "no position with id " + std::to_string(id) + " is open", std::nullopt, id};
}

// An order for a position that there is.
std::optional<Refusal> Account::check_position(const ProtoOANewOrderReq& request) const {
  const auto found = positions_.find(request.positionid());
  if (found == positions_.end() || found->second.positionstatus() != POSITION_STATUS_OPEN) {
    return no_position(request.positionid());
  }
  const auto& trade = found->second.tradedata();
  if (!is_at_market(request)) {
    return Refusal{"INVALID_REQUEST",
                   "only orders at the market may be for a position that is open"};
  }
  if (trade.symbolid() != request.symbolid()) {
    return Refusal{"INVALID_REQUEST", "the position is of another symbol"};
  }
  if (trade.tradeside() != request.tradeside() && request.volume() > trade.volume()) {
    return Refusal{"TRADING_BAD_VOLUME", "volume is more than the position has", std::nullopt,
                   request.positionid()};
  }
  return std::nullopt;
}

std::optional<Refusal> Account::check_opening(const ProtoOANewOrderReq& request) const {
  const auto symbol = static_cast<std::size_t>(request.symbolid() - 1);
  if (positions_.size() >= positions_and_orders_max) {
    return Refusal{"TOO_MANY_POSITIONS", "the account has 1000 positions and orders"};
  }
  if (!base_rate(board_, symbol, request.tradeside()) || !quote_rate(board_, symbol)) {
    return Refusal{"NO_QUOTES", "no prices lead to the deposit asset"};
  }
  if (is_at_market(request) && !affords(symbol, request.tradeside(), request.volume())) {
    return Refusal{"NOT_ENOUGH_MONEY", "the free margin is too small"};
  }
  return std::nullopt;
}

Answer Account::new_order(const ProtoOANewOrderReq& request) {
  if (request.symbolid() < 1 || request.symbolid() > static_cast<std::int64_t>(board_.size())) {
    return no({"SYMBOL_NOT_FOUND", "no symbol with id " + std::to_string(request.symbolid())});
  }
  const auto& board = board_.at(static_cast<std::size_t>(request.symbolid() - 1));
  if (auto wrong = check_order(request, board, now_ms())) return no(*std::move(wrong));
  if (is_at_market(request) &&
      find_fills(board, {.side = request.tradeside(), .volume = 1}).empty()) {
    return no({"NO_QUOTES", "the symbol has no price yet"});
  }
  bool closing = false;
  if (request.has_positionid()) {
    if (auto wrong = check_position(request)) return no(*std::move(wrong));
    closing = positions_.at(request.positionid()).tradedata().tradeside() != request.tradeside();
  }
  if (!closing) {
    if (auto wrong = check_opening(request)) return no(*std::move(wrong));
  }
  const auto position_id =
      request.has_positionid() ? request.positionid() : create_position(request);
  Notices out;
  const Order& order = add_order(request, position_id, closing);
  tell(ORDER_ACCEPTED, order, out);
  attempt(order.wire.orderid(), false, out);
  return out;
}

Answer Account::close_position(const ProtoOAClosePositionReq& request) {
  const auto found = positions_.find(request.positionid());
  if (found == positions_.end()) return no(no_position(request.positionid()));
  const auto& trade = found->second.tradedata();
  ProtoOANewOrderReq order;
  order.set_ctidtraderaccountid(id_);
  order.set_symbolid(trade.symbolid());
  order.set_ordertype(MARKET);
  order.set_tradeside(trade.tradeside() == BUY ? SELL : BUY);
  order.set_volume(request.volume());
  order.set_positionid(request.positionid());
  auto answer = new_order(order);
  if (!answer) answer.error().position_id = request.positionid();
  return answer;
}

Answer Account::cancel_order(const ProtoOACancelOrderReq& request) {
  const auto found = waiting_.find(request.orderid());
  if (found == waiting_.end()) return no(no_order(request.orderid()));
  if (found->second.wire.ordertype() == STOP_LOSS_TAKE_PROFIT) {
    return no({"UNABLE_TO_CANCEL_ORDER", "it protects a position: amend that", request.orderid()});
  }
  Notices out;
  end_and_tell(request.orderid(), ORDER_CANCELLED, ORDER_STATUS_CANCELLED, out);
  return out;
}

Answer Account::amend_order(const ProtoOAAmendOrderReq& request) {
  const auto found = waiting_.find(request.orderid());
  if (found == waiting_.end()) return no(no_order(request.orderid()));
  Order& order = found->second;
  if (order.wire.ordertype() == STOP_LOSS_TAKE_PROFIT || order.triggered) {
    return no({"UNABLE_TO_AMEND_ORDER", "it protects a position, or is being executed",
               request.orderid()});
  }
  auto asked = order.asked;
  amend(asked, request);
  if (asked.SerializePartialAsString() == order.asked.SerializePartialAsString()) {
    return no({"INVALID_REQUEST", "Nothing to amend", request.orderid()});
  }
  auto wrong = check_order(asked, board_of(order), now_ms());
  if (!wrong && asked.volume() <= order.wire.executedvolume()) {
    wrong = Refusal{"TRADING_BAD_VOLUME", "that much is executed already"};
  }
  if (wrong) {
    wrong->order_id = request.orderid();
    return no(*std::move(wrong));
  }
  order.asked = asked;
  order.ticks_beyond = 0;
  describe(order);
  Notices out;
  tell(ORDER_REPLACED, order, out);
  attempt(request.orderid(), false, out);
  return out;
}

Answer Account::amend_levels(const ProtoOAAmendPositionSLTPReq& request) {
  const auto found = positions_.find(request.positionid());
  if (found == positions_.end() || found->second.positionstatus() != POSITION_STATUS_OPEN) {
    return no(no_position(request.positionid()));
  }
  ProtoOAPosition& position = found->second;
  const auto refuse = [&request](Refusal refusal) {
    refusal.position_id = request.positionid();
    return no(std::move(refusal));
  };
  Levels levels;
  if (request.has_stoploss()) levels.stop_loss = request.stoploss();
  if (request.has_takeprofit()) levels.take_profit = request.takeprofit();
  if (request.guaranteedstoploss()) {
    return refuse({"INVALID_REQUEST", "guaranteed stop losses are not offered"});
  }
  if (request.trailingstoploss() && !levels.stop_loss) {
    return refuse({"TRADING_BAD_STOPS", "a trailing stop loss needs a stop loss"});
  }
  const auto& trade = position.tradedata();
  const auto& board = board_.at(static_cast<std::size_t>(trade.symbolid() - 1));
  const auto& touch = trade.tradeside() == BUY ? board.last().bid : board.last().ask;
  if (!touch) return refuse({"NO_QUOTES", "the symbol has no price"});
  if (auto wrong = check_levels(levels, trade.tradeside(), to_price(touch->points),
                                terms_of(board.info()))) {
    return refuse(*std::move(wrong));
  }
  set_levels(position, levels, request.trailingstoploss(), request.stoplosstriggermethod());
  Notices out;
  protect(request.positionid(), false, out);
  if (out.empty()) return refuse({"INVALID_REQUEST", "Nothing to amend"});
  return out;
}

std::vector<ProtoOAPosition> Account::positions() const {
  std::vector<ProtoOAPosition> open;
  for (const auto& [id, position] : positions_) {
    if (position.positionstatus() == POSITION_STATUS_OPEN) open.push_back(position);
  }
  return open;
}

std::vector<ProtoOAOrder> Account::pending_orders(bool with_protection) const {
  std::vector<ProtoOAOrder> pending;
  for (const auto& [id, order] : waiting_) {
    if (with_protection || order.wire.ordertype() != STOP_LOSS_TAKE_PROFIT) {
      pending.push_back(order.wire);
    }
  }
  return pending;
}

std::vector<ProtoOAOrder> Account::orders() const {
  std::vector<ProtoOAOrder> all(ended_.begin(), ended_.end());
  all.reserve(ended_.size() + waiting_.size());
  for (const auto& [id, order] : waiting_) all.push_back(order.wire);
  return all;
}

std::optional<ProtoOAOrder> Account::order(std::int64_t id) const {
  if (const auto found = waiting_.find(id); found != waiting_.end()) return found->second.wire;
  for (const auto& order : ended_) {
    if (order.orderid() == id) return order;
  }
  return std::nullopt;
}

std::optional<std::int64_t> Account::profit_of(const ProtoOAPosition& position) const {
  const auto& trade = position.tradedata();
  const auto symbol = static_cast<std::size_t>(trade.symbolid() - 1);
  const auto& last = board_.at(symbol).last();
  const auto& exit = trade.tradeside() == BUY ? last.bid : last.ask;
  const auto rate = quote_rate(board_, symbol);
  if (!exit || !rate) return std::nullopt;
  return profit_cents(trade.tradeside(), trade.volume(), position.price(), to_price(exit->points),
                      *rate);
}

bool Account::affords(std::size_t symbol, ProtoOATradeSide side, std::int64_t volume) const {
  const auto rate = base_rate(board_, symbol, side);
  if (!rate) return false;
  auto free = balance_;
  for (const auto& [id, position] : positions_) {
    free -= static_cast<std::int64_t>(position.usedmargin());
    if (position.positionstatus() == POSITION_STATUS_OPEN) free += profit_of(position).value_or(0);
  }
  return margin_cents(volume, *rate) <= free;
}

}  // namespace depthwire::simulator::trading
