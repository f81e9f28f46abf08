#include "common/ctrader/requests.hpp"

#include "common/ctrader/frame.hpp"
#include "proto/ctrader/common.pb.h"
#include "proto/ctrader/messages.pb.h"

namespace depthwire::ctrader {
namespace {

/// The payload type is the default of the message's own first field, which stays off the wire.
template <class Message>
Request request(const Message& message) {
  return {static_cast<std::uint32_t>(message.payloadtype()), message.SerializeAsString()};
}

template <class Message>
Message of_account(std::int64_t account) {
  Message message;
  message.set_ctidtraderaccountid(account);
  return message;
}

template <class Message>
Message of_symbols(std::int64_t account, std::span<const std::int64_t> symbols) {
  auto message = of_account<Message>(account);
  for (const auto symbol : symbols) message.add_symbolid(symbol);
  return message;
}

template <class Message>
Message of_bars(std::int64_t account, std::int64_t symbol, PeriodNumber period) {
  auto message = of_account<Message>(account);
  message.set_symbolid(symbol);
  message.set_period(static_cast<ProtoOATrendbarPeriod>(period));
  return message;
}

}  // namespace

Request application_auth(const std::string& client_id, const std::string& secret) {
  ProtoOAApplicationAuthReq message;
  message.set_clientid(client_id);
  message.set_clientsecret(secret);
  return request(message);
}

Request account_list(const std::string& access_token) {
  ProtoOAGetAccountListByAccessTokenReq message;
  message.set_accesstoken(access_token);
  return request(message);
}

Request account_auth(std::int64_t account, const std::string& access_token) {
  auto message = of_account<ProtoOAAccountAuthReq>(account);
  message.set_accesstoken(access_token);
  return request(message);
}

Request asset_list(std::int64_t account) {
  return request(of_account<ProtoOAAssetListReq>(account));
}

Request symbol_list(std::int64_t account) {
  return request(of_account<ProtoOASymbolsListReq>(account));
}

Request symbols_by_id(std::int64_t account, std::span<const std::int64_t> symbols) {
  return request(of_symbols<ProtoOASymbolByIdReq>(account, symbols));
}

Request subscribe_spots(std::int64_t account, std::span<const std::int64_t> symbols) {
  auto message = of_symbols<ProtoOASubscribeSpotsReq>(account, symbols);
  message.set_subscribetospottimestamp(true);
  return request(message);
}

Request unsubscribe_spots(std::int64_t account, std::span<const std::int64_t> symbols) {
  return request(of_symbols<ProtoOAUnsubscribeSpotsReq>(account, symbols));
}

Request subscribe_depth(std::int64_t account, std::span<const std::int64_t> symbols) {
  return request(of_symbols<ProtoOASubscribeDepthQuotesReq>(account, symbols));
}

Request unsubscribe_depth(std::int64_t account, std::span<const std::int64_t> symbols) {
  return request(of_symbols<ProtoOAUnsubscribeDepthQuotesReq>(account, symbols));
}

Request subscribe_live_bars(std::int64_t account, std::int64_t symbol, PeriodNumber period) {
  return request(of_bars<ProtoOASubscribeLiveTrendbarReq>(account, symbol, period));
}

Request unsubscribe_live_bars(std::int64_t account, std::int64_t symbol, PeriodNumber period) {
  return request(of_bars<ProtoOAUnsubscribeLiveTrendbarReq>(account, symbol, period));
}

Request bars(std::int64_t account, std::int64_t symbol, PeriodNumber period, std::int64_t from_ms,
             std::int64_t to_ms) {
  auto message = of_bars<ProtoOAGetTrendbarsReq>(account, symbol, period);
  message.set_fromtimestamp(from_ms);
  message.set_totimestamp(to_ms);
  return request(message);
}

Request ticks(std::int64_t account, std::int64_t symbol, market::Side side, std::int64_t from_ms,
              std::int64_t to_ms) {
  auto message = of_account<ProtoOAGetTickDataReq>(account);
  message.set_symbolid(symbol);
  message.set_type(side == market::Side::bid ? BID : ASK);
  message.set_fromtimestamp(from_ms);
  message.set_totimestamp(to_ms);
  return request(message);
}

Request heartbeat() { return request(ProtoHeartbeatEvent()); }

void append_request(std::string& out, const Request& request, std::string_view client_msg_id) {
  ProtoMessage message;
  message.set_payloadtype(request.payload_type);
  if (!request.payload.empty()) message.set_payload(request.payload);
  if (!client_msg_id.empty()) message.set_clientmsgid(std::string(client_msg_id));
  append_frame(out, message.SerializeAsString());
}

bool parse_payload(const Envelope& envelope, google::protobuf::MessageLite& message) {
  return message.ParsePartialFromArray(envelope.payload.data(),
                                       static_cast<int>(envelope.payload.size()));
}

}  // namespace depthwire::ctrader
