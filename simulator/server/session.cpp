#include "simulator/server/session.hpp"

#include "proto/ctrader/messages.pb.h"
#include "simulator/server/session_parse.hpp"

#include <algorithm>
#include <cassert>
#include <utility>
#include <variant>

namespace depthwire::simulator {

using namespace ctrader;

namespace {

constexpr std::size_t header_bytes = 4;

std::size_t frame_size(std::string_view header) {
  std::size_t size = 0;
  for (std::size_t i = 0; i < header_bytes; ++i) {
    size = (size << 8U) | static_cast<unsigned char>(header[i]);
  }
  return size;
}

bool is_historical(std::uint32_t payload_type) {
  switch (payload_type) {
    case PROTO_OA_GET_TRENDBARS_REQ:
    case PROTO_OA_GET_TICKDATA_REQ:
    case PROTO_OA_DEAL_LIST_REQ:
    case PROTO_OA_ORDER_LIST_REQ:
    case PROTO_OA_CASH_FLOW_HISTORY_LIST_REQ:
    case PROTO_OA_DEAL_LIST_BY_POSITION_ID_REQ:
    case PROTO_OA_ORDER_LIST_BY_POSITION_ID_REQ: return true;
    default: return false;
  }
}

}  // namespace

Session::Session(const SessionSettings& settings, const Shared& shared, TimePoint now)
    : settings_(settings),
      board_(shared.board),
      tally_(shared.tally),
      faults_(shared.faults),
      bars_to_spoil_(shared.bars_to_spoil),
      tokens_(shared.tokens),
      accounts_(shared.accounts),
      publish_(shared.publish),
      limit_(settings.limits),
      opened_(now),
      heard_(now),
      last_request_(now),
      said_(now) {
  assert(tally_.size() == board_.size());
}

void Session::receive(std::string_view bytes, TimePoint now) {
  input_.append(bytes);
  std::size_t at = 0;
  while (!closing_ && input_.size() - at >= header_bytes) {
    const std::string_view rest = std::string_view(input_).substr(at);
    const std::size_t size = frame_size(rest);
    message_id_.reset();
    if (size == 0) return refuse_and_close("INVALID_REQUEST", "a frame of length zero");
    if (size > settings_.frame_bytes_max) {
      return refuse_and_close("FRAME_TOO_LONG", "a frame of " + std::to_string(size) + " bytes");
    }
    if (rest.size() < header_bytes + size) break;
    take_frame(rest.substr(header_bytes, size), now);
    at += header_bytes + size;
  }
  input_.erase(0, at);
}

void Session::take_frame(std::string_view frame, TimePoint now) {
  Request request;
  if (!request.ParsePartialFromArray(frame.data(), static_cast<int>(frame.size())) ||
      !request.IsInitialized()) {
    return refuse_and_close("INVALID_REQUEST", "a frame that is not a ProtoMessage");
  }
  heard_ = now;
  if (on_message_) on_message_(request);
  if (request.payloadtype() == HEARTBEAT_EVENT) return;
  last_request_ = now;
  asked_ = nullptr;
  if (request.has_clientmsgid()) message_id_ = request.clientmsgid();
  serve(request, now);
}

void Session::serve(const Request& request, TimePoint now) {
  const auto type = request.payloadtype();
  if (const auto instead = faults_.take(type, now)) return answer_instead(*instead);
  const bool open_to_all = type == PROTO_OA_APPLICATION_AUTH_REQ || type == PROTO_OA_VERSION_REQ ||
                           type == PROTO_OA_REFRESH_TOKEN_REQ;
  if (!application_ok_ && !open_to_all) {
    return refuse("CH_CLIENT_NOT_AUTHENTICATED", "the application is not authenticated");
  }
  if (const auto refusal = limit_.take(type, is_historical(type), now)) {
    if (*refusal == RateLimit::Refusal::blocked) {
      return refuse("BLOCKED_PAYLOAD_TYPE", "payload type is blocked for a while",
                    limit_.retry_after(type, now));
    }
    return refuse("REQUEST_FREQUENCY_EXCEEDED", "the rate limit of this connection was reached");
  }
  dispatch(request);
}

void Session::answer_instead(const RequestFaults::Instead& instead) {
  const auto* refusal = std::get_if<RequestFaults::Refusal>(&instead);
  if (refusal == nullptr) return;
  refuse(refusal->code, refusal->why, refusal->retry_after_seconds, refusal->maintenance_end);
}

void Session::dispatch(const Request& request) {
  switch (request.payloadtype()) {
    case PROTO_OA_APPLICATION_AUTH_REQ: return application_auth(request);
    case PROTO_OA_VERSION_REQ: return version(request);
    case PROTO_OA_GET_ACCOUNTS_BY_ACCESS_TOKEN_REQ: return account_list(request);
    case PROTO_OA_GET_CTID_PROFILE_BY_TOKEN_REQ: return profile(request);
    case PROTO_OA_REFRESH_TOKEN_REQ: return refresh_token(request);
    case PROTO_OA_ACCOUNT_AUTH_REQ: return account_auth(request);
    case PROTO_OA_ACCOUNT_LOGOUT_REQ: return account_logout(request);
    case PROTO_OA_TRADER_REQ: return trader(request);
    case PROTO_OA_RECONCILE_REQ: return reconcile(request);
    case PROTO_OA_EXPECTED_MARGIN_REQ: return expected_margin(request);
    case PROTO_OA_GET_POSITION_UNREALIZED_PNL_REQ: return unrealized_pnl(request);
    case PROTO_OA_MARGIN_CALL_LIST_REQ: return margin_calls(request);
    case PROTO_OA_MARGIN_CALL_UPDATE_REQ: return update_margin_call(request);
    case PROTO_OA_NEW_ORDER_REQ: return trade(request, &trading::Account::new_order);
    case PROTO_OA_AMEND_ORDER_REQ: return trade(request, &trading::Account::amend_order);
    case PROTO_OA_CANCEL_ORDER_REQ: return trade(request, &trading::Account::cancel_order);
    case PROTO_OA_AMEND_POSITION_SLTP_REQ: return trade(request, &trading::Account::amend_levels);
    case PROTO_OA_CLOSE_POSITION_REQ: return trade(request, &trading::Account::close_position);
    case PROTO_OA_ASSET_LIST_REQ: return assets(request);
    case PROTO_OA_ASSET_CLASS_LIST_REQ: return asset_classes(request);
    case PROTO_OA_SYMBOL_CATEGORY_REQ: return categories(request);
    case PROTO_OA_SYMBOLS_LIST_REQ: return symbols_list(request);
    case PROTO_OA_SYMBOL_BY_ID_REQ: return symbols_by_id(request);
    case PROTO_OA_SYMBOLS_FOR_CONVERSION_REQ: return symbols_for_conversion(request);
    case PROTO_OA_GET_DYNAMIC_LEVERAGE_REQ: return dynamic_leverage(request);
    case PROTO_OA_SUBSCRIBE_SPOTS_REQ: return subscribe_spots(request);
    case PROTO_OA_UNSUBSCRIBE_SPOTS_REQ: return unsubscribe_spots(request);
    case PROTO_OA_SUBSCRIBE_DEPTH_QUOTES_REQ: return subscribe_depth(request);
    case PROTO_OA_UNSUBSCRIBE_DEPTH_QUOTES_REQ: return unsubscribe_depth(request);
    case PROTO_OA_SUBSCRIBE_LIVE_TRENDBAR_REQ: return subscribe_bars(request);
    case PROTO_OA_UNSUBSCRIBE_LIVE_TRENDBAR_REQ: return unsubscribe_bars(request);
    case PROTO_OA_GET_TRENDBARS_REQ: return trendbars(request);
    case PROTO_OA_GET_TICKDATA_REQ: return tick_data(request);
    case PROTO_OA_DEAL_LIST_REQ: return deals(request);
    case PROTO_OA_DEAL_LIST_BY_POSITION_ID_REQ: return deals_of_position(request);
    case PROTO_OA_DEAL_OFFSET_LIST_REQ: return deal_offsets(request);
    case PROTO_OA_ORDER_LIST_REQ: return orders(request);
    case PROTO_OA_ORDER_LIST_BY_POSITION_ID_REQ: return orders_of_position(request);
    case PROTO_OA_ORDER_DETAILS_REQ: return order_details(request);
    case PROTO_OA_CASH_FLOW_HISTORY_LIST_REQ: return cash_flow(request);
    default: break;
  }
  ProtoErrorRes error;
  error.set_errorcode("UNSUPPORTED_MESSAGE");
  error.set_description("payload type " + std::to_string(request.payloadtype()) +
                        " is not served here");
  reply(ERROR_RES, error);
}

void Session::on_tick(TimePoint now) {
  if (closing_) return;
  look_at_tokens(now);
  if (said_since_tick_) said_ = now;
  said_since_tick_ = false;
  if (now - heard_ >= settings_.client_silence) return close("the client was silent");
  if (!application_ok_ && now - opened_ >= settings_.client_silence) {
    return close("no application authentication in time");
  }
  if (application_ok_ && now - said_ >= settings_.own_silence) {
    ProtoMessage heartbeat;
    heartbeat.set_payloadtype(HEARTBEAT_EVENT);
    write(heartbeat);
    said_ = now;
  }
}

void Session::say_goodbye(std::string_view reason) {
  if (closing_) return;
  if (application_ok_) {
    ProtoOAClientDisconnectEvent event;
    event.set_reason(std::string(reason));
    send(PROTO_OA_CLIENT_DISCONNECT_EVENT, event);
  }
  close(reason);
}

void Session::close(std::string_view reason) {
  closing_ = true;
  close_reason_ = reason;
}

// Requests that trade need the account, and a token that was granted for it.
template <class Message>
void Session::trade(const Request& request,
                    trading::Answer (trading::Account::*act)(const Message&)) {
  const auto message = parse_for_account<Message>(request);
  if (!message) return;
  if (!tokens_.may_trade(asked_->token, last_request_)) {
    return refuse_order({"TRADING_NOT_ALLOWED", "the access token was granted for looking only"});
  }
  const auto answer = (asked_->account->trading.*act)(*message);
  if (!answer) return refuse_order(answer.error());
  publish_(asked_->account->id, *answer, message_id_);
}

void Session::refuse_order(const trading::Refusal& refusal) {
  ProtoOAOrderErrorEvent error;
  error.set_ctidtraderaccountid(asked_->account->id);
  error.set_errorcode(refusal.code);
  error.set_description(refusal.why);
  if (refusal.order_id) error.set_orderid(*refusal.order_id);
  if (refusal.position_id) error.set_positionid(*refusal.position_id);
  reply(PROTO_OA_ORDER_ERROR_EVENT, error);
}

// An event: no request's id.
void Session::send(std::uint32_t payload_type, const google::protobuf::MessageLite& message) {
  ProtoMessage envelope;
  envelope.set_payloadtype(payload_type);
  message.SerializeToString(envelope.mutable_payload());
  write(envelope);
}

void Session::reply(std::uint32_t payload_type, const google::protobuf::MessageLite& message) {
  ProtoMessage envelope;
  envelope.set_payloadtype(payload_type);
  message.SerializeToString(envelope.mutable_payload());
  if (message_id_) envelope.set_clientmsgid(*message_id_);
  write(envelope);
}

void Session::refuse(std::string_view code, std::string_view why,
                     std::optional<std::uint64_t> retry_after,
                     std::optional<std::int64_t> maintenance_end) {
  ProtoOAErrorRes error;
  if (asked_ != nullptr) error.set_ctidtraderaccountid(asked_->account->id);
  error.set_errorcode(std::string(code));
  error.set_description(std::string(why));
  if (retry_after) error.set_retryafter(*retry_after);
  if (maintenance_end) error.set_maintenanceendtimestamp(*maintenance_end);
  reply(PROTO_OA_ERROR_RES, error);
}

void Session::refuse_and_close(std::string_view code, std::string_view why) {
  ProtoErrorRes error;
  error.set_errorcode(std::string(code));
  error.set_description(std::string(why));
  reply(ERROR_RES, error);
  close(why);
}

void Session::refuse_text(std::string_view why) {
  message_id_.reset();
  refuse("INVALID_REQUEST", why);
  close(why);
}

void Session::write(const ProtoMessage& message) {
  const auto size = static_cast<std::uint32_t>(message.ByteSizeLong());
  for (const unsigned shift : {24U, 16U, 8U, 0U}) {
    output_.push_back(static_cast<char>((size >> shift) & 0xFFU));
  }
  message.AppendToString(&output_);
  said_since_tick_ = true;
}

}  // namespace depthwire::simulator
