#include "proto/ctrader/messages.pb.h"
#include "simulator/server/reference_data.hpp"
#include "simulator/server/session.hpp"
#include "simulator/server/session_parse.hpp"
#include "simulator/trading/money.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace depthwire::simulator {

using namespace ctrader;

namespace {

constexpr std::int64_t leverage_id = 1;

void fill_light(ProtoOALightSymbol& symbol, const SymbolInfo& info, std::size_t index,
                const std::vector<Asset>& assets) {
  const auto asset_id = [&assets](const std::string& name) {
    return std::ranges::find(assets, name, &Asset::name)->id;
  };
  const auto [base, quote] = pair_of(info.name);
  symbol.set_symbolid(static_cast<std::int64_t>(index) + 1);
  symbol.set_symbolname(info.name);
  symbol.set_enabled(true);
  symbol.set_baseassetid(asset_id(base));
  symbol.set_quoteassetid(asset_id(quote));
  symbol.set_symbolcategoryid(1);
  symbol.set_description(info.description);
  symbol.set_sortingnumber(static_cast<double>(index));
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
  const auto known = assets_of(symbol_names(board_));
  ProtoOASymbolsListRes answer;
  answer.set_ctidtraderaccountid(message->ctidtraderaccountid());
  for (std::size_t i = 0; i < board_.size(); ++i) {
    fill_light(*answer.add_symbol(), board_.at(i).info(), i, known);
  }
  reply(PROTO_OA_SYMBOLS_LIST_RES, answer);
}

void Session::symbols_for_conversion(const Request& request) {
  const auto message = parse_for_account<ProtoOASymbolsForConversionReq>(request);
  if (!message) return;
  const auto names = symbol_names(board_);
  const auto known = assets_of(names);
  const auto from = std::ranges::find(known, message->firstassetid(), &Asset::id);
  const auto to = std::ranges::find(known, message->lastassetid(), &Asset::id);
  if (from == known.end() || to == known.end()) {
    return refuse("ENTITY_NOT_FOUND", "no asset with such an id");
  }
  const auto chain = conversion_chain(names, from->name, to->name);
  if (!chain) {
    return refuse("ENTITY_NOT_FOUND", "no symbols lead from " + from->name + " to " + to->name);
  }
  ProtoOASymbolsForConversionRes answer;
  answer.set_ctidtraderaccountid(message->ctidtraderaccountid());
  for (const auto i : *chain) fill_light(*answer.add_symbol(), board_.at(i).info(), i, known);
  reply(PROTO_OA_SYMBOLS_FOR_CONVERSION_RES, answer);
}

// All symbols have the same: 1:100 up to a million USD, then 1:50.
void Session::dynamic_leverage(const Request& request) {
  const auto message = parse_for_account<ProtoOAGetDynamicLeverageByIDReq>(request);
  if (!message) return;
  if (message->leverageid() != leverage_id) {
    return refuse("ENTITY_NOT_FOUND", "no leverage with such an id");
  }
  ProtoOAGetDynamicLeverageByIDRes answer;
  answer.set_ctidtraderaccountid(message->ctidtraderaccountid());
  answer.mutable_leverage()->set_leverageid(leverage_id);
  for (const auto& [cents, leverage] :
       {std::pair(100'000'000, 100), std::pair(1'000'000'000, 50)}) {
    auto& tier = *answer.mutable_leverage()->add_tiers();
    tier.set_volume(cents);
    tier.set_leverage(leverage);
  }
  reply(PROTO_OA_GET_DYNAMIC_LEVERAGE_RES, answer);
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
    const auto terms = trading::terms_of(info);
    symbol.set_minvolume(terms.volume_min);
    symbol.set_stepvolume(terms.volume_step);
    symbol.set_maxvolume(terms.volume_max);
    symbol.set_leverageid(leverage_id);
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

}  // namespace depthwire::simulator
