#include "simulator/trading/account.hpp"
#include "simulator/trading/money.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

// The orders of an account as its clients see them, and those that protect its positions. Source:
// PROTOCOL.md 12.
namespace depthwire::simulator::trading {

using namespace ctrader;

std::int64_t Account::create_position(const ProtoOANewOrderReq& request) {
  const auto id = next_position_++;
  auto& position = positions_[id];
  position.set_positionid(id);
  auto& trade = *position.mutable_tradedata();
  trade.set_symbolid(request.symbolid());
  trade.set_volume(0);
  trade.set_tradeside(request.tradeside());
  trade.set_opentimestamp(now_ms());
  if (request.has_label()) trade.set_label(request.label());
  if (request.has_comment()) trade.set_comment(request.comment());
  trade.set_guaranteedstoploss(false);
  position.set_positionstatus(POSITION_STATUS_CREATED);
  position.set_swap(0);
  position.set_price(0);
  position.set_utclastupdatetimestamp(now_ms());
  position.set_commission(0);
  position.set_marginrate(0);
  position.set_mirroringcommission(0);
  position.set_guaranteedstoploss(false);
  position.set_usedmargin(0);
  position.set_stoplosstriggermethod(TRADE);
  position.set_moneydigits(money_digits);
  position.set_trailingstoploss(false);
  return id;
}

Account::Order& Account::add_order(const ProtoOANewOrderReq& asked, std::int64_t position_id,
                                   bool closing) {
  const auto id = next_order_++;
  Order& order = waiting_[id];
  order.asked = asked;
  order.wire.set_orderid(id);
  order.wire.set_positionid(position_id);
  order.wire.set_closingorder(closing);
  order.wire.set_orderstatus(ORDER_STATUS_ACCEPTED);
  order.wire.set_executedvolume(0);
  order.wire.set_isstopout(false);
  order.wire.mutable_tradedata()->set_opentimestamp(now_ms());
  order.wire.set_utclastupdatetimestamp(now_ms());
  describe(order);
  return order;
}

void Account::describe(Order& order) {
  const auto& asked = order.asked;
  auto& wire = order.wire;
  auto& trade = *wire.mutable_tradedata();
  trade.set_symbolid(asked.symbolid());
  trade.set_volume(asked.volume());
  trade.set_tradeside(asked.tradeside());
  if (asked.has_label()) trade.set_label(asked.label());
  if (asked.has_comment()) trade.set_comment(asked.comment());
  if (asked.has_clientorderid()) wire.set_clientorderid(asked.clientorderid());
  wire.set_ordertype(asked.ordertype());
  // What is not filled of an order at the market is cancelled, also if it says nothing of it.
  wire.set_timeinforce(is_at_market(asked) && asked.timeinforce() != FILL_OR_KILL
                           ? IMMEDIATE_OR_CANCEL
                           : asked.timeinforce());
  if (asked.has_expirationtimestamp()) wire.set_expirationtimestamp(asked.expirationtimestamp());
  if (asked.has_baseslippageprice()) wire.set_baseslippageprice(asked.baseslippageprice());
  if (asked.has_slippageinpoints()) wire.set_slippageinpoints(asked.slippageinpoints());
  wire.clear_limitprice();
  wire.clear_stopprice();
  if (asked.has_limitprice()) wire.set_limitprice(asked.limitprice());
  if (asked.has_stopprice()) wire.set_stopprice(asked.stopprice());
  wire.set_trailingstoploss(asked.trailingstoploss());
  wire.set_stoptriggermethod(asked.stoptriggermethod());
  // Levels that wait with an order are told as distances, however they were given.
  const auto entry = asked.ordertype() == LIMIT ? asked.limitprice() : asked.stopprice();
  const auto distance = [entry](double level) {
    return std::abs(to_points(level) - to_points(entry));
  };
  wire.clear_relativestoploss();
  wire.clear_relativetakeprofit();
  if (asked.has_stoploss()) wire.set_relativestoploss(distance(asked.stoploss()));
  if (asked.has_takeprofit()) wire.set_relativetakeprofit(distance(asked.takeprofit()));
  if (asked.has_relativestoploss()) wire.set_relativestoploss(asked.relativestoploss());
  if (asked.has_relativetakeprofit()) wire.set_relativetakeprofit(asked.relativetakeprofit());
}

void Account::set_levels(ProtoOAPosition& position, const Levels& levels, bool trailing,
                         ProtoOAOrderTriggerMethod method) {
  position.clear_stoploss();
  position.clear_takeprofit();
  if (levels.stop_loss) position.set_stoploss(*levels.stop_loss);
  if (levels.take_profit) position.set_takeprofit(*levels.take_profit);
  position.set_trailingstoploss(trailing);
  position.set_stoplosstriggermethod(method);
}

ProtoOAExecutionEvent& Account::tell(ProtoOAExecutionType type, const Order& order, Notices& out) {
  ProtoOAExecutionEvent event;
  event.set_ctidtraderaccountid(id_);
  event.set_executiontype(type);
  *event.mutable_order() = order.wire;
  *event.mutable_position() = positions_.at(order.wire.positionid());
  event.set_isserverevent(false);
  return std::get<ProtoOAExecutionEvent>(out.emplace_back(std::move(event)));
}

void Account::trail(Order& order, Notices& out) {
  if (order.trail_points == 0 || order.triggered) return;
  const bool sells = order.asked.tradeside() == SELL;
  const auto& last = board_of(order).last();
  const auto& touch = sells ? last.bid : last.ask;
  if (!touch) return;
  const auto stop = to_points(order.asked.stopprice());
  const auto next = touch->points + (sells ? -order.trail_points : order.trail_points);
  if (sells ? next <= stop : next >= stop) return;
  auto& position = positions_.at(order.wire.positionid());
  position.set_stoploss(to_price(next));
  position.set_utclastupdatetimestamp(now_ms());
  order.asked.set_stopprice(to_price(next));
  order.wire.set_stopprice(to_price(next));
  order.wire.set_utclastupdatetimestamp(now_ms());
  ProtoOATrailingSLChangedEvent event;
  event.set_ctidtraderaccountid(id_);
  event.set_positionid(order.wire.positionid());
  event.set_orderid(order.wire.orderid());
  event.set_stopprice(to_price(next));
  event.set_utclastupdatetimestamp(now_ms());
  out.emplace_back(std::move(event));
}

Account::Order* Account::protection_of(std::int64_t position_id) {
  const auto found = std::ranges::find_if(waiting_, [position_id](const auto& entry) {
    const auto& wire = entry.second.wire;
    return wire.ordertype() == STOP_LOSS_TAKE_PROFIT && wire.positionid() == position_id;
  });
  return found == waiting_.end() ? nullptr : &found->second;
}

void Account::protect(std::int64_t position_id, bool by_server, Notices& out) {
  const auto& position = positions_.at(position_id);
  const auto& trade = position.tradedata();
  Order* order = protection_of(position_id);
  if (!position.has_stoploss() && !position.has_takeprofit()) {
    if (order == nullptr) return;
    end_and_tell(order->wire.orderid(), ORDER_CANCELLED, ORDER_STATUS_CANCELLED, out)
        .set_isserverevent(by_server);
    return;
  }
  ProtoOANewOrderReq asked;
  asked.set_ctidtraderaccountid(id_);
  asked.set_symbolid(trade.symbolid());
  asked.set_ordertype(STOP_LOSS_TAKE_PROFIT);
  asked.set_tradeside(trade.tradeside() == BUY ? SELL : BUY);
  asked.set_volume(trade.volume() + (order == nullptr ? 0 : order->wire.executedvolume()));
  asked.set_timeinforce(GOOD_TILL_CANCEL);
  if (position.has_stoploss()) asked.set_stopprice(position.stoploss());
  if (position.has_takeprofit()) asked.set_limitprice(position.takeprofit());
  asked.set_trailingstoploss(position.trailingstoploss());
  asked.set_stoptriggermethod(position.stoplosstriggermethod());
  const bool is_new = order == nullptr;
  if (!is_new && asked.SerializeAsString() == order->asked.SerializeAsString()) return;
  const bool moved = is_new || asked.stopprice() != order->asked.stopprice();
  if (is_new) {
    order = &add_order(asked, position_id, true);
  } else {
    order->asked = std::move(asked);
    order->wire.set_utclastupdatetimestamp(now_ms());
    describe(*order);
  }
  if (moved) {
    order->triggered = false;
    order->ticks_beyond = 0;
  }
  const auto& last = board_of(*order).last();
  const auto& touch = trade.tradeside() == BUY ? last.bid : last.ask;
  if (!position.trailingstoploss() || !touch) {
    order->trail_points = 0;
  } else if (moved || order->trail_points == 0) {
    order->trail_points = std::abs(touch->points - to_points(position.stoploss()));
  }
  tell(is_new ? ORDER_ACCEPTED : ORDER_REPLACED, *order, out).set_isserverevent(by_server);
}

void Account::end(std::int64_t order_id, ProtoOAOrderStatus status) {
  auto entry = waiting_.extract(order_id);
  auto& wire = entry.mapped().wire;
  wire.set_orderstatus(status);
  wire.set_utclastupdatetimestamp(now_ms());
  keep(ended_, wire);
}

ProtoOAExecutionEvent& Account::end_and_tell(std::int64_t order_id, ProtoOAExecutionType type,
                                             ProtoOAOrderStatus status, Notices& out) {
  Order& order = waiting_.at(order_id);
  order.wire.set_orderstatus(status);
  order.wire.set_utclastupdatetimestamp(now_ms());
  const auto position = positions_.find(order.wire.positionid());
  const bool never_open = position->second.positionstatus() == POSITION_STATUS_CREATED;
  if (never_open) {
    position->second.set_positionstatus(POSITION_STATUS_CLOSED);
    position->second.set_utclastupdatetimestamp(now_ms());
    position->second.mutable_tradedata()->set_closetimestamp(static_cast<std::uint64_t>(now_ms()));
  }
  auto& event = tell(type, order, out);
  if (never_open) positions_.erase(position);
  end(order_id, status);
  return event;
}

}  // namespace depthwire::simulator::trading
