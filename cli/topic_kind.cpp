#include "cli/topic_kind.hpp"

#include "common/ctrader/payload_names.hpp"
#include "common/service/exit_error.hpp"
#include "proto/ctrader/model.pb.h"

#include <algorithm>
#include <cstdint>

namespace depthwire::cli {
namespace {

std::string_view kind_of_records(std::uint32_t payload_type) {
  switch (payload_type) {
    case ctrader::PROTO_OA_SPOT_EVENT: return "spot";
    case ctrader::PROTO_OA_DEPTH_EVENT: return "depth";
    case ctrader::PROTO_OA_GET_TRENDBARS_RES: return "bar";
    case ctrader::PROTO_OA_GET_TICKDATA_RES: return "tick";
    case ctrader::PROTO_OA_SYMBOL_BY_ID_RES: return "symbol";
    case ctrader::PROTO_OA_EXECUTION_EVENT:
    case ctrader::PROTO_OA_TRADER_UPDATE_EVENT:
    case ctrader::PROTO_OA_TRAILING_SL_CHANGED_EVENT:
    case ctrader::PROTO_OA_MARGIN_CHANGED_EVENT:
    case ctrader::PROTO_OA_MARGIN_CALL_UPDATE_EVENT:
    case ctrader::PROTO_OA_MARGIN_CALL_TRIGGER_EVENT:
    case ctrader::PROTO_OA_ORDER_ERROR_EVENT: return "account";
    default: return "";
  }
}

}  // namespace

std::string topic_kind(const std::string& text) {
  if (text.empty() || std::ranges::find(topic_kinds, text) != topic_kinds.end()) return text;
  const auto type = ctrader::payload_type_of(text);
  if (type) {
    if (const auto kind = kind_of_records(*type); !kind.empty()) return std::string(kind);
  }
  std::string known;
  for (const auto each : topic_kinds) known += (known.empty() ? "" : ", ") + std::string(each);
  const bool is_message = type && ctrader::message_of(*type) != nullptr;
  throw service::ExitError(
      service::exit_code::usage,
      (is_message ? "--kind: no records are made of " + text : "--kind: there is no " + text) +
          "; known: " + known);
}

}  // namespace depthwire::cli
