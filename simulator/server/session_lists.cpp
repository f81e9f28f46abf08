#include "proto/ctrader/messages.pb.h"
#include "simulator/server/session.hpp"
#include "simulator/server/session_parse.hpp"

#include <algorithm>
#include <tuple>
#include <utility>
#include <vector>

// What was traded, newest first. Source: PROTOCOL.md 8.3.
namespace depthwire::simulator {

using namespace ctrader;

namespace {

constexpr std::int64_t latest_ms = 2'147'483'646'000;
constexpr std::int64_t longest_cash_flow_ms = 604'800'000;  // a week
constexpr std::size_t rows_max = 10'000;

// A bound that is missing is never wrong.
template <class Message>
bool good_bounds(const Message& message) {
  const auto from = message.has_fromtimestamp() ? message.fromtimestamp() : 0;
  const auto to = message.has_totimestamp() ? message.totimestamp() : latest_ms;
  return from >= 0 && from <= to && to <= latest_ms;
}

template <class Message>
bool within(std::int64_t time_ms, const Message& message) {
  return (!message.has_fromtimestamp() || time_ms >= message.fromtimestamp()) &&
         (!message.has_totimestamp() || time_ms <= message.totimestamp());
}

template <class Message, class Answer>
void list_deals(const trading::Account& account, const Message& message, std::size_t rows,
                Answer& answer) {
  answer.set_hasmore(false);
  const auto& deals = account.deals();
  for (auto deal = deals.rbegin(); deal != deals.rend() && !answer.hasmore(); ++deal) {
    if (!within(deal->executiontimestamp(), message)) continue;
    if constexpr (requires { message.positionid(); }) {
      if (deal->positionid() != message.positionid()) continue;
    }
    if (static_cast<std::size_t>(answer.deal_size()) == rows) {
      answer.set_hasmore(true);
    } else {
      *answer.add_deal() = *deal;
    }
  }
}

template <class Message, class Answer>
void list_orders(const trading::Account& account, const Message& message, Answer& answer) {
  auto orders = account.orders();
  std::erase_if(orders, [&message](const ProtoOAOrder& order) {
    if constexpr (requires { message.positionid(); }) {
      if (order.positionid() != message.positionid()) return true;
    }
    return !within(order.utclastupdatetimestamp(), message);
  });
  std::ranges::sort(orders, [](const ProtoOAOrder& a, const ProtoOAOrder& b) {
    return std::tuple(a.utclastupdatetimestamp(), a.orderid()) >
           std::tuple(b.utclastupdatetimestamp(), b.orderid());
  });
  answer.set_hasmore(orders.size() > rows_max);
  if (orders.size() > rows_max) orders.resize(rows_max);
  for (auto& order : orders) *answer.add_order() = std::move(order);
}

ProtoOADealOffset offset_of(const ProtoOADeal& deal, std::int64_t volume) {
  ProtoOADealOffset offset;
  offset.set_dealid(deal.dealid());
  offset.set_volume(volume);
  offset.set_executiontimestamp(deal.executiontimestamp());
  offset.set_executionprice(deal.executionprice());
  return offset;
}

// Which deals of a position closed which: the first opened is closed first.
void match(const trading::Account& account, const ProtoOADeal& asked,
           ProtoOADealOffsetListRes& answer) {
  std::vector<std::pair<const ProtoOADeal*, std::int64_t>> open;
  for (const auto& deal : account.deals()) {
    if (deal.positionid() != asked.positionid()) continue;
    if (!deal.has_closepositiondetail()) {
      open.emplace_back(&deal, deal.filledvolume());
      continue;
    }
    auto left = deal.filledvolume();
    for (auto& [opening, volume] : open) {
      const auto part = std::min(left, volume);
      if (part == 0) continue;
      left -= part;
      volume -= part;
      if (opening->dealid() == asked.dealid()) *answer.add_offsetby() = offset_of(deal, part);
      if (deal.dealid() == asked.dealid()) *answer.add_offsetting() = offset_of(*opening, part);
    }
  }
}

}  // namespace

void Session::deals(const Request& request) {
  const auto message = parse_for_account<ProtoOADealListReq>(request);
  if (!message) return;
  if (!good_bounds(*message)) return refuse("INCORRECT_BOUNDARIES", "from and to are wrong");
  ProtoOADealListRes answer;
  answer.set_ctidtraderaccountid(message->ctidtraderaccountid());
  const auto rows = message->maxrows() > 0
                        ? std::min(rows_max, static_cast<std::size_t>(message->maxrows()))
                        : rows_max;
  list_deals(asked_->account->trading, *message, rows, answer);
  reply(PROTO_OA_DEAL_LIST_RES, answer);
}

void Session::deals_of_position(const Request& request) {
  const auto message = parse_for_account<ProtoOADealListByPositionIdReq>(request);
  if (!message) return;
  if (!good_bounds(*message)) return refuse("INCORRECT_BOUNDARIES", "from and to are wrong");
  ProtoOADealListByPositionIdRes answer;
  answer.set_ctidtraderaccountid(message->ctidtraderaccountid());
  list_deals(asked_->account->trading, *message, rows_max, answer);
  reply(PROTO_OA_DEAL_LIST_BY_POSITION_ID_RES, answer);
}

void Session::orders(const Request& request) {
  const auto message = parse_for_account<ProtoOAOrderListReq>(request);
  if (!message) return;
  if (!good_bounds(*message)) return refuse("INCORRECT_BOUNDARIES", "from and to are wrong");
  ProtoOAOrderListRes answer;
  answer.set_ctidtraderaccountid(message->ctidtraderaccountid());
  list_orders(asked_->account->trading, *message, answer);
  reply(PROTO_OA_ORDER_LIST_RES, answer);
}

void Session::orders_of_position(const Request& request) {
  const auto message = parse_for_account<ProtoOAOrderListByPositionIdReq>(request);
  if (!message) return;
  if (!good_bounds(*message)) return refuse("INCORRECT_BOUNDARIES", "from and to are wrong");
  ProtoOAOrderListByPositionIdRes answer;
  answer.set_ctidtraderaccountid(message->ctidtraderaccountid());
  list_orders(asked_->account->trading, *message, answer);
  reply(PROTO_OA_ORDER_LIST_BY_POSITION_ID_RES, answer);
}

void Session::order_details(const Request& request) {
  const auto message = parse_for_account<ProtoOAOrderDetailsReq>(request);
  if (!message) return;
  auto order = asked_->account->trading.order(message->orderid());
  if (!order) {
    return refuse("ORDER_NOT_FOUND", "no order with id " + std::to_string(message->orderid()));
  }
  ProtoOAOrderDetailsRes answer;
  answer.set_ctidtraderaccountid(message->ctidtraderaccountid());
  *answer.mutable_order() = *std::move(order);
  for (const auto& deal : asked_->account->trading.deals()) {
    if (deal.orderid() == message->orderid()) *answer.add_deal() = deal;
  }
  reply(PROTO_OA_ORDER_DETAILS_RES, answer);
}

void Session::deal_offsets(const Request& request) {
  const auto message = parse_for_account<ProtoOADealOffsetListReq>(request);
  if (!message) return;
  const auto found =
      std::ranges::find(asked_->account->trading.deals(), message->dealid(), &ProtoOADeal::dealid);
  if (found == asked_->account->trading.deals().end()) {
    return refuse("ENTITY_NOT_FOUND", "no deal with id " + std::to_string(message->dealid()));
  }
  ProtoOADealOffsetListRes answer;
  answer.set_ctidtraderaccountid(message->ctidtraderaccountid());
  match(asked_->account->trading, *found, answer);
  reply(PROTO_OA_DEAL_OFFSET_LIST_RES, answer);
}

// Nothing was ever paid in or out.
void Session::cash_flow(const Request& request) {
  const auto message = parse_for_account<ProtoOACashFlowHistoryListReq>(request);
  if (!message) return;
  if (!good_bounds(*message) ||
      message->totimestamp() - message->fromtimestamp() > longest_cash_flow_ms) {
    return refuse("INCORRECT_BOUNDARIES", "from and to are wrong or more than a week apart");
  }
  ProtoOACashFlowHistoryListRes answer;
  answer.set_ctidtraderaccountid(message->ctidtraderaccountid());
  reply(PROTO_OA_CASH_FLOW_HISTORY_LIST_RES, answer);
}

}  // namespace depthwire::simulator
