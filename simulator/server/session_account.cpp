#include "proto/ctrader/messages.pb.h"
#include "simulator/server/reference_data.hpp"
#include "simulator/server/session.hpp"
#include "simulator/server/session_parse.hpp"
#include "simulator/trading/money.hpp"

#include <algorithm>
#include <utility>
#include <variant>

namespace depthwire::simulator {

using namespace ctrader;

using trading::deposit_asset;
using trading::money_digits;

ProtoOATrader Session::trader_now(const BrokerAccount& account) const {
  ProtoOATrader trader;
  trader.set_ctidtraderaccountid(account.id);
  trader.set_balance(account.trading.balance());
  trader.set_moneydigits(money_digits);
  trader.set_balanceversion(account.trading.balance_version());
  const auto known = assets_of(symbol_names(board_));
  trader.set_depositassetid(std::ranges::find(known, deposit_asset, &Asset::name)->id);
  trader.set_leverageincents(trading::account_leverage * 100);
  trader.set_totalmargincalculationtype(SUM);
  trader.set_accounttype(HEDGED);
  trader.set_traderlogin(account.id + 2'000'000);
  trader.set_brokername("simulator");
  if (settings_.extra_fields) {
    trader.GetReflection()->MutableUnknownFields(&trader)->AddVarint(23, 1);
  }
  return trader;
}

void Session::trader(const Request& request) {
  const auto message = parse_for_account<ProtoOATraderReq>(request);
  if (!message) return;
  ProtoOATraderRes answer;
  answer.set_ctidtraderaccountid(message->ctidtraderaccountid());
  *answer.mutable_trader() = trader_now(*asked_->account);
  reply(PROTO_OA_TRADER_RES, answer);
}

void Session::on_account(std::int64_t account_id, const trading::Notices& notices,
                         const std::optional<std::string>& message_id) {
  const auto* known = authorised(account_id);
  if (known == nullptr || closing_) return;
  for (const auto& notice : notices) {
    ProtoMessage envelope;
    if (const auto* execution = std::get_if<ProtoOAExecutionEvent>(&notice)) {
      envelope.set_payloadtype(PROTO_OA_EXECUTION_EVENT);
      execution->SerializeToString(envelope.mutable_payload());
      if (message_id && !execution->isserverevent()) envelope.set_clientmsgid(*message_id);
    } else if (const auto* trail = std::get_if<ProtoOATrailingSLChangedEvent>(&notice)) {
      envelope.set_payloadtype(PROTO_OA_TRAILING_SL_CHANGED_EVENT);
      trail->SerializeToString(envelope.mutable_payload());
    } else {
      ProtoOATraderUpdatedEvent event;
      event.set_ctidtraderaccountid(account_id);
      *event.mutable_trader() = trader_now(*known->account);
      envelope.set_payloadtype(PROTO_OA_TRADER_UPDATE_EVENT);
      event.SerializeToString(envelope.mutable_payload());
    }
    write(envelope);
  }
}

void Session::reconcile(const Request& request) {
  const auto message = parse_for_account<ProtoOAReconcileReq>(request);
  if (!message) return;
  ProtoOAReconcileRes answer;
  answer.set_ctidtraderaccountid(message->ctidtraderaccountid());
  for (auto& position : asked_->account->trading.positions())
    *answer.add_position() = std::move(position);
  for (auto& order : asked_->account->trading.pending_orders(message->returnprotectionorders())) {
    *answer.add_order() = std::move(order);
  }
  reply(PROTO_OA_RECONCILE_RES, answer);
}

void Session::unrealized_pnl(const Request& request) {
  const auto message = parse_for_account<ProtoOAGetPositionUnrealizedPnLReq>(request);
  if (!message) return;
  ProtoOAGetPositionUnrealizedPnLRes answer;
  answer.set_ctidtraderaccountid(message->ctidtraderaccountid());
  answer.set_moneydigits(money_digits);
  const auto& account = asked_->account->trading;
  for (const auto& position : account.positions()) {
    const auto profit = account.profit_of(position);
    if (!profit) continue;
    auto& open = *answer.add_positionunrealizedpnl();
    open.set_positionid(position.positionid());
    open.set_grossunrealizedpnl(*profit);
    open.set_netunrealizedpnl(*profit);  // no commission, no swap
  }
  reply(PROTO_OA_GET_POSITION_UNREALIZED_PNL_RES, answer);
}

void Session::margin_calls(const Request& request) {
  const auto message = parse_for_account<ProtoOAMarginCallListReq>(request);
  if (!message) return;
  ProtoOAMarginCallListRes answer;
  const auto& levels = asked_->account->margin_calls;
  for (std::size_t i = 0; i < levels.size(); ++i) {
    auto& call = *answer.add_margincall();
    call.set_margincalltype(
        static_cast<ProtoOANotificationType>(MARGIN_LEVEL_THRESHOLD_1 + static_cast<int>(i)));
    call.set_marginlevelthreshold(levels[i]);
  }
  reply(PROTO_OA_MARGIN_CALL_LIST_RES, answer);
}

void Session::update_margin_call(const Request& request) {
  const auto message = parse_for_account<ProtoOAMarginCallUpdateReq>(request);
  if (!message) return;
  const auto& call = message->margincall();
  asked_->account->margin_calls.at(static_cast<std::size_t>(
      call.margincalltype() - MARGIN_LEVEL_THRESHOLD_1)) = call.marginlevelthreshold();
  reply(PROTO_OA_MARGIN_CALL_UPDATE_RES, ProtoOAMarginCallUpdateRes());
  ProtoOAMarginCallUpdateEvent event;
  event.set_ctidtraderaccountid(message->ctidtraderaccountid());
  *event.mutable_margincall() = call;
  event.mutable_margincall()->set_utclastupdatetimestamp(board_.time_ns() / 1'000'000);
  send(PROTO_OA_MARGIN_CALL_UPDATE_EVENT, event);
}

void Session::expected_margin(const Request& request) {
  const auto message = parse_for_account<ProtoOAExpectedMarginReq>(request);
  if (!message) return;
  const auto symbol = known_symbol(message->symbolid());
  if (!symbol) return;
  const auto buy = trading::base_rate(board_, *symbol, BUY);
  const auto sell = trading::base_rate(board_, *symbol, SELL);
  if (!buy || !sell) return refuse("NO_QUOTES", "no prices lead to the deposit asset");
  ProtoOAExpectedMarginRes answer;
  answer.set_ctidtraderaccountid(message->ctidtraderaccountid());
  answer.set_moneydigits(money_digits);
  for (const auto volume : message->volume()) {
    auto& margin = *answer.add_margin();
    margin.set_volume(volume);
    margin.set_buymargin(trading::margin_cents(volume, *buy));
    margin.set_sellmargin(trading::margin_cents(volume, *sell));
  }
  reply(PROTO_OA_EXPECTED_MARGIN_RES, answer);
}

}  // namespace depthwire::simulator
