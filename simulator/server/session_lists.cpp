#include "proto/ctrader/messages.pb.h"
#include "simulator/server/session.hpp"
#include "simulator/server/session_parse.hpp"

// What was traded: nothing was, as orders are not served. Source: PROTOCOL.md 8.3.
namespace depthwire::simulator {

using namespace ctrader;

namespace {

constexpr std::int64_t latest_ms = 2'147'483'646'000;
constexpr std::int64_t longest_cash_flow_ms = 604'800'000;  // a week

// A bound that is missing is never wrong.
template <class Message>
bool good_bounds(const Message& message) {
  const auto from = message.has_fromtimestamp() ? message.fromtimestamp() : 0;
  const auto to = message.has_totimestamp() ? message.totimestamp() : latest_ms;
  return from >= 0 && from <= to && to <= latest_ms;
}

}  // namespace

// The empty answer to a list of deals or orders.
template <class Message, class Answer>
void Session::empty_list(const Request& request, std::uint32_t answer_type) {
  const auto message = parse_for_account<Message>(request);
  if (!message) return;
  if (!good_bounds(*message)) return refuse("INCORRECT_BOUNDARIES", "from and to are wrong");
  Answer answer;
  answer.set_ctidtraderaccountid(message->ctidtraderaccountid());
  answer.set_hasmore(false);
  reply(answer_type, answer);
}

void Session::deals(const Request& request) {
  empty_list<ProtoOADealListReq, ProtoOADealListRes>(request, PROTO_OA_DEAL_LIST_RES);
}

void Session::deals_of_position(const Request& request) {
  empty_list<ProtoOADealListByPositionIdReq, ProtoOADealListByPositionIdRes>(
      request, PROTO_OA_DEAL_LIST_BY_POSITION_ID_RES);
}

void Session::orders(const Request& request) {
  empty_list<ProtoOAOrderListReq, ProtoOAOrderListRes>(request, PROTO_OA_ORDER_LIST_RES);
}

void Session::orders_of_position(const Request& request) {
  empty_list<ProtoOAOrderListByPositionIdReq, ProtoOAOrderListByPositionIdRes>(
      request, PROTO_OA_ORDER_LIST_BY_POSITION_ID_RES);
}

void Session::order_details(const Request& request) {
  const auto message = parse_for_account<ProtoOAOrderDetailsReq>(request);
  if (!message) return;
  refuse("ORDER_NOT_FOUND", "no order with id " + std::to_string(message->orderid()));
}

void Session::deal_offsets(const Request& request) {
  const auto message = parse_for_account<ProtoOADealOffsetListReq>(request);
  if (!message) return;
  refuse("ENTITY_NOT_FOUND", "no deal with id " + std::to_string(message->dealid()));
}

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
