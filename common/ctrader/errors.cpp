#include "common/ctrader/errors.hpp"

#include "common/ctrader/requests.hpp"
#include "proto/ctrader/common.pb.h"
#include "proto/ctrader/messages.pb.h"

#include <algorithm>
#include <array>
#include <limits>

namespace depthwire::ctrader {
namespace {

template <std::size_t size>
bool contains(const std::array<std::string_view, size>& codes, std::string_view code) {
  return std::find(codes.begin(), codes.end(), code) != codes.end();
}

constexpr std::array<std::string_view, 5> permanent_codes{
    "CH_CLIENT_AUTH_FAILURE", "CH_OA_CLIENT_NOT_FOUND", "CH_CTID_TRADER_ACCOUNT_NOT_FOUND",
    "RET_NO_SUCH_LOGIN", "RET_ACCOUNT_DISABLED"};
constexpr std::array<std::string_view, 4> reauthenticate_codes{
    "OA_AUTH_TOKEN_EXPIRED", "ACCOUNT_NOT_AUTHORIZED", "CH_CLIENT_NOT_AUTHENTICATED",
    "CH_ACCESS_TOKEN_INVALID"};
constexpr std::array<std::string_view, 3> done_codes{"ALREADY_LOGGED_IN", "ALREADY_SUBSCRIBED",
                                                     "CH_CLIENT_ALREADY_AUTHENTICATED"};
constexpr std::array<std::string_view, 2> throttle_codes{"REQUEST_FREQUENCY_EXCEEDED",
                                                         "BLOCKED_PAYLOAD_TYPE"};
constexpr std::array<std::string_view, 4> transient_codes{"CANT_ROUTE_REQUEST", "TIMEOUT_ERROR",
                                                          "CH_SERVER_NOT_REACHABLE",
                                                          "SERVER_IS_UNDER_MAINTENANCE"};

/// A documented time is in seconds in one message and in milliseconds in another: only its
/// magnitude tells.
std::int64_t as_milliseconds(std::uint64_t time) {
  constexpr std::uint64_t latest = std::numeric_limits<std::int64_t>::max();
  return static_cast<std::int64_t>(time > 100'000'000'000 ? std::min(time, latest) : time * 1000);
}

template <class Message>
BrokerError read(const Envelope& envelope) {
  Message message;
  BrokerError error;
  if (!parse_payload(envelope, message) || message.errorcode().empty()) {
    error.code = "UNKNOWN_ERROR";
    error.description = "an error message that cannot be read";
    return error;
  }
  error.code = message.errorcode();
  error.description = message.description();
  if constexpr (requires { message.has_retryafter(); }) {
    if (message.has_retryafter()) error.retry_after_seconds = message.retryafter();
  }
  if constexpr (requires { message.has_maintenanceendtimestamp(); }) {
    // Signed in one message, unsigned in the other.
    if (const auto end = message.maintenanceendtimestamp(); end > 0) {
      error.maintenance_end_ms = as_milliseconds(static_cast<std::uint64_t>(end));
    }
  }
  return error;
}

}  // namespace

ErrorClass classify(std::string_view code) {
  if (contains(permanent_codes, code)) return ErrorClass::permanent;
  if (contains(reauthenticate_codes, code)) return ErrorClass::reauthenticate;
  if (contains(done_codes, code)) return ErrorClass::already_done;
  if (contains(throttle_codes, code)) return ErrorClass::throttled;
  if (contains(transient_codes, code)) return ErrorClass::transient;
  return ErrorClass::business;
}

ErrorClass classify(const BrokerError& error) {
  // Servers were seen to say so in place of ACCOUNT_NOT_AUTHORIZED.
  const auto says = [&error](std::string_view words) {
    return error.description.find(words) != std::string::npos;
  };
  if (error.code == "INVALID_REQUEST" && says("ccount") && says("not authori")) {
    return ErrorClass::reauthenticate;
  }
  return classify(error.code);
}

bool refuses_token(const BrokerError& error) {
  return error.code == "OA_AUTH_TOKEN_EXPIRED" || error.code == "CH_ACCESS_TOKEN_INVALID";
}

std::chrono::milliseconds pause_asked_for(const BrokerError& error, std::int64_t now_ms) {
  constexpr std::uint64_t longest_seconds = 300;
  constexpr std::int64_t longest_maintenance_ms = 15LL * 60 * 1000;
  const std::chrono::milliseconds told =
      std::chrono::seconds{std::min(error.retry_after_seconds.value_or(0), longest_seconds)};
  const std::chrono::milliseconds left{std::clamp<std::int64_t>(
      error.maintenance_end_ms.value_or(now_ms) - now_ms, 0, longest_maintenance_ms)};
  return std::max(told, left);
}

std::string to_string(const BrokerError& error) {
  return error.description.empty() ? error.code : error.code + ": " + error.description;
}

bool is_error(std::uint32_t payload_type) {
  return payload_type == ERROR_RES || payload_type == PROTO_OA_ERROR_RES ||
         payload_type == PROTO_OA_ORDER_ERROR_EVENT;
}

BrokerError decode_error(const Envelope& envelope) {
  switch (envelope.payload_type) {
    case ERROR_RES: return read<ProtoErrorRes>(envelope);
    case PROTO_OA_ORDER_ERROR_EVENT: return read<ProtoOAOrderErrorEvent>(envelope);
    default: return read<ProtoOAErrorRes>(envelope);
  }
}

}  // namespace depthwire::ctrader
