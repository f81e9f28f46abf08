#include "proto/ctrader/messages.pb.h"
#include "simulator/server/reference_data.hpp"
#include "simulator/server/session.hpp"
#include "simulator/server/session_parse.hpp"

#include <algorithm>

namespace depthwire::simulator {

using namespace ctrader;

namespace {

std::vector<std::string> symbol_names(const Board& board) {
  std::vector<std::string> names;
  names.reserve(board.size());
  for (std::size_t i = 0; i < board.size(); ++i) names.push_back(board.at(i).info().name);
  return names;
}

}  // namespace

void Session::assets(const Request& request) {
  const auto message = parse_for_account<ProtoOAAssetListReq>(request);
  if (!message) return;
  ProtoOAAssetListRes answer;
  answer.set_ctidtraderaccountid(message->ctidtraderaccountid());
  for (const Asset& known : assets_of(symbol_names(board_))) {
    auto& asset = *answer.add_asset();
    asset.set_assetid(known.id);
    asset.set_name(known.name);
    asset.set_displayname(known.name);
    asset.set_digits(known.name == "JPY" ? 0 : 2);
  }
  reply(PROTO_OA_ASSET_LIST_RES, answer);
}

void Session::asset_classes(const Request& request) {
  const auto message = parse_for_account<ProtoOAAssetClassListReq>(request);
  if (!message) return;
  ProtoOAAssetClassListRes answer;
  answer.set_ctidtraderaccountid(message->ctidtraderaccountid());
  auto& asset_class = *answer.add_assetclass();
  asset_class.set_id(1);
  asset_class.set_name("Simulated");
  reply(PROTO_OA_ASSET_CLASS_LIST_RES, answer);
}

void Session::categories(const Request& request) {
  const auto message = parse_for_account<ProtoOASymbolCategoryListReq>(request);
  if (!message) return;
  ProtoOASymbolCategoryListRes answer;
  answer.set_ctidtraderaccountid(message->ctidtraderaccountid());
  auto& category = *answer.add_symbolcategory();
  category.set_id(1);
  category.set_assetclassid(1);
  category.set_name("Simulated");
  reply(PROTO_OA_SYMBOL_CATEGORY_RES, answer);
}

void Session::symbols_list(const Request& request) {
  const auto message = parse_for_account<ProtoOASymbolsListReq>(request);
  if (!message) return;
  const auto names = symbol_names(board_);
  const auto known = assets_of(names);
  const auto asset_id = [&known](const std::string& name) {
    return std::ranges::find(known, name, &Asset::name)->id;
  };
  ProtoOASymbolsListRes answer;
  answer.set_ctidtraderaccountid(message->ctidtraderaccountid());
  for (std::size_t i = 0; i < board_.size(); ++i) {
    const SymbolInfo& info = board_.at(i).info();
    const auto [base, quote] = pair_of(info.name);
    auto& symbol = *answer.add_symbol();
    symbol.set_symbolid(static_cast<std::int64_t>(i) + 1);
    symbol.set_symbolname(info.name);
    symbol.set_enabled(true);
    symbol.set_baseassetid(asset_id(base));
    symbol.set_quoteassetid(asset_id(quote));
    symbol.set_symbolcategoryid(1);
    symbol.set_description(info.description);
    symbol.set_sortingnumber(static_cast<double>(i));
  }
  reply(PROTO_OA_SYMBOLS_LIST_RES, answer);
}

void Session::symbols_by_id(const Request& request) {
  const auto message = parse_for_account<ProtoOASymbolByIdReq>(request);
  if (!message) return;
  if (message->symbolid().empty()) return refuse("INVALID_REQUEST", "no symbol id is given");
  ProtoOASymbolByIdRes answer;
  answer.set_ctidtraderaccountid(message->ctidtraderaccountid());
  for (const auto id : message->symbolid()) {
    // An unknown id is missing from the answer.
    if (id < 1 || id > static_cast<std::int64_t>(board_.size())) continue;
    const SymbolInfo& info = board_.at(static_cast<std::size_t>(id - 1)).info();
    auto& symbol = *answer.add_symbol();
    symbol.set_symbolid(id);
    symbol.set_digits(info.digits);
    symbol.set_pipposition(std::max(info.digits - 1, 0));
    symbol.set_enableshortselling(true);
    symbol.set_lotsize(info.lot_cents);
    symbol.set_minvolume(std::max<std::int64_t>(info.lot_cents / 100, 1));
    symbol.set_stepvolume(std::max<std::int64_t>(info.lot_cents / 100, 1));
    symbol.set_maxvolume(info.lot_cents * 1000);
    symbol.set_tradingmode(ENABLED);
    symbol.set_scheduletimezone("UTC");
    auto& open = *symbol.add_schedule();  // the simulated market never closes
    open.set_startsecond(0);
    open.set_endsecond(7 * 24 * 3600);
    if (settings_.extra_fields) {
      symbol.GetReflection()->MutableUnknownFields(&symbol)->AddVarint(100, 1);
    }
  }
  reply(PROTO_OA_SYMBOL_BY_ID_RES, answer);
}

void Session::trader(const Request& request) {
  const auto message = parse_for_account<ProtoOATraderReq>(request);
  if (!message) return;
  ProtoOATraderRes answer;
  answer.set_ctidtraderaccountid(message->ctidtraderaccountid());
  auto& trader = *answer.mutable_trader();
  trader.set_ctidtraderaccountid(message->ctidtraderaccountid());
  trader.set_balance(1'000'000);
  trader.set_moneydigits(2);
  trader.set_balanceversion(0);
  const auto known = assets_of(symbol_names(board_));
  trader.set_depositassetid(std::ranges::find(known, "USD", &Asset::name)->id);
  trader.set_leverageincents(10'000);
  trader.set_accounttype(HEDGED);
  trader.set_traderlogin(message->ctidtraderaccountid() + 2'000'000);
  trader.set_brokername("simulator");
  if (settings_.extra_fields) {
    trader.GetReflection()->MutableUnknownFields(&trader)->AddVarint(23, 1);
  }
  reply(PROTO_OA_TRADER_RES, answer);
}

// There is no trading here, so nothing is open.
void Session::reconcile(const Request& request) {
  const auto message = parse_for_account<ProtoOAReconcileReq>(request);
  if (!message) return;
  ProtoOAReconcileRes answer;
  answer.set_ctidtraderaccountid(message->ctidtraderaccountid());
  reply(PROTO_OA_RECONCILE_RES, answer);
}

}  // namespace depthwire::simulator
