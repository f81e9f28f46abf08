#include "proto/ctrader/messages.pb.h"
#include "simulator/server/reference_data.hpp"
#include "simulator/server/session.hpp"
#include "simulator/server/session_parse.hpp"

#include <algorithm>
#include <cmath>

namespace depthwire::simulator {

using namespace ctrader;

namespace {

constexpr std::string_view deposit_asset = "USD";
constexpr unsigned money_digits = 2;
constexpr unsigned account_leverage = 100;

// In cents of the deposit asset. `volume` is in cents of a unit, `rate` what a unit costs.
std::int64_t margin_cents(std::int64_t volume, double rate) {
  return std::llround(static_cast<double>(volume) * rate / account_leverage);
}

}  // namespace

void Session::trader(const Request& request) {
  const auto message = parse_for_account<ProtoOATraderReq>(request);
  if (!message) return;
  ProtoOATraderRes answer;
  answer.set_ctidtraderaccountid(message->ctidtraderaccountid());
  auto& trader = *answer.mutable_trader();
  trader.set_ctidtraderaccountid(message->ctidtraderaccountid());
  trader.set_balance(1'000'000);
  trader.set_moneydigits(money_digits);
  trader.set_balanceversion(0);
  const auto known = assets_of(symbol_names(board_));
  trader.set_depositassetid(std::ranges::find(known, deposit_asset, &Asset::name)->id);
  trader.set_leverageincents(account_leverage * 100);
  trader.set_accounttype(HEDGED);
  trader.set_traderlogin(message->ctidtraderaccountid() + 2'000'000);
  trader.set_brokername("simulator");
  if (settings_.extra_fields) {
    trader.GetReflection()->MutableUnknownFields(&trader)->AddVarint(23, 1);
  }
  reply(PROTO_OA_TRADER_RES, answer);
}

// Orders are not served, so nothing is open.
void Session::reconcile(const Request& request) {
  const auto message = parse_for_account<ProtoOAReconcileReq>(request);
  if (!message) return;
  ProtoOAReconcileRes answer;
  answer.set_ctidtraderaccountid(message->ctidtraderaccountid());
  reply(PROTO_OA_RECONCILE_RES, answer);
}

void Session::unrealized_pnl(const Request& request) {
  const auto message = parse_for_account<ProtoOAGetPositionUnrealizedPnLReq>(request);
  if (!message) return;
  ProtoOAGetPositionUnrealizedPnLRes answer;
  answer.set_ctidtraderaccountid(message->ctidtraderaccountid());
  answer.set_moneydigits(money_digits);
  reply(PROTO_OA_GET_POSITION_UNREALIZED_PNL_RES, answer);
}

void Session::margin_calls(const Request& request) {
  const auto message = parse_for_account<ProtoOAMarginCallListReq>(request);
  if (!message) return;
  ProtoOAMarginCallListRes answer;
  for (std::size_t i = 0; i < margin_calls_.size(); ++i) {
    auto& call = *answer.add_margincall();
    call.set_margincalltype(
        static_cast<ProtoOANotificationType>(MARGIN_LEVEL_THRESHOLD_1 + static_cast<int>(i)));
    call.set_marginlevelthreshold(margin_calls_[i]);
  }
  reply(PROTO_OA_MARGIN_CALL_LIST_RES, answer);
}

void Session::update_margin_call(const Request& request) {
  const auto message = parse_for_account<ProtoOAMarginCallUpdateReq>(request);
  if (!message) return;
  const auto& call = message->margincall();
  margin_calls_.at(static_cast<std::size_t>(call.margincalltype() - MARGIN_LEVEL_THRESHOLD_1)) =
      call.marginlevelthreshold();
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
  const auto base = pair_of(board_.at(*symbol).info().name).first;
  const auto buy = conversion_rate(board_, base, deposit_asset, market::Side::ask);
  const auto sell = conversion_rate(board_, base, deposit_asset, market::Side::bid);
  if (!buy || !sell) return refuse("NO_QUOTES", "no prices lead to the deposit asset");
  ProtoOAExpectedMarginRes answer;
  answer.set_ctidtraderaccountid(message->ctidtraderaccountid());
  answer.set_moneydigits(money_digits);
  for (const auto volume : message->volume()) {
    auto& margin = *answer.add_margin();
    margin.set_volume(volume);
    margin.set_buymargin(margin_cents(volume, *buy));
    margin.set_sellmargin(margin_cents(volume, *sell));
  }
  reply(PROTO_OA_EXPECTED_MARGIN_RES, answer);
}

}  // namespace depthwire::simulator
