#include "common/ctrader/test_broker.hpp"

#include "common/ctrader/frame.hpp"
#include "proto/ctrader/messages.pb.h"

namespace depthwire::ctrader::testing {
namespace {

template <class Message>
TestBroker::Behaviour always(std::uint32_t type, Message message = {}) {
  return [type, message](TestBroker::Reply& reply) { reply.answer(type, message); };
}

void add_symbol(ProtoOASymbolsListRes& symbols, std::int64_t id, const std::string& name) {
  auto* symbol = symbols.add_symbol();
  symbol->set_symbolid(id);
  symbol->set_symbolname(name);
  symbol->set_enabled(true);
}

void describe_symbols(TestBroker::Reply& reply) {
  ProtoOASymbolByIdReq request;
  request.ParseFromString(reply.request().payload());
  ProtoOASymbolByIdRes result;
  for (const auto id : request.symbolid()) {
    auto* symbol = result.add_symbol();
    symbol->set_symbolid(id);
    symbol->set_digits(5);
    symbol->set_pipposition(4);
  }
  reply.answer(PROTO_OA_SYMBOL_BY_ID_RES, result);
}

}  // namespace

void TestBroker::Reply::write(std::uint32_t type, const google::protobuf::MessageLite& payload,
                              const std::string& id) {
  ProtoMessage message;
  message.set_payloadtype(type);
  message.set_payload(payload.SerializePartialAsString());
  if (!id.empty()) message.set_clientmsgid(id);
  std::string bytes;
  append_frame(bytes, message.SerializeAsString());
  if (!peer_.write(bytes)) open_ = false;
}

void TestBroker::Reply::answer(std::uint32_t type, const google::protobuf::MessageLite& payload) {
  write(type, payload, request_.clientmsgid());
}

void TestBroker::Reply::error(const std::string& code) {
  ProtoOAErrorRes error;
  error.set_errorcode(code);
  answer(PROTO_OA_ERROR_RES, error);
}

void TestBroker::Reply::event(std::uint32_t type, const google::protobuf::MessageLite& payload) {
  write(type, payload, "");
}

TestBroker::TestBroker() : server_{certificates_, [this](Peer& peer) { serve(peer); }} {
  ProtoOAGetAccountListByAccessTokenRes accounts;
  accounts.add_ctidtraderaccount()->set_ctidtraderaccountid(account_id);
  ProtoOASymbolsListRes symbols;
  add_symbol(symbols, 1, "EURUSD");
  add_symbol(symbols, 2, "GBPUSD");
  on(PROTO_OA_APPLICATION_AUTH_REQ, always<ProtoOAApplicationAuthRes>(2101));
  on(PROTO_OA_GET_ACCOUNTS_BY_ACCESS_TOKEN_REQ, always(2150, accounts));
  on(PROTO_OA_ACCOUNT_AUTH_REQ, always<ProtoOAAccountAuthRes>(2103));
  on(PROTO_OA_ASSET_LIST_REQ, always<ProtoOAAssetListRes>(2113));
  on(PROTO_OA_SYMBOLS_LIST_REQ, always(2115, symbols));
  on(PROTO_OA_SYMBOL_BY_ID_REQ, describe_symbols);
  on(PROTO_OA_SUBSCRIBE_SPOTS_REQ, always<ProtoOASubscribeSpotsRes>(2128));
  on(PROTO_OA_UNSUBSCRIBE_SPOTS_REQ, always<ProtoOAUnsubscribeSpotsRes>(2130));
  on(PROTO_OA_SUBSCRIBE_LIVE_TRENDBAR_REQ, always<ProtoOASubscribeLiveTrendbarRes>(2165));
  on(PROTO_OA_UNSUBSCRIBE_LIVE_TRENDBAR_REQ, always<ProtoOAUnsubscribeLiveTrendbarRes>(2166));
  on(PROTO_OA_SUBSCRIBE_DEPTH_QUOTES_REQ, always<ProtoOASubscribeDepthQuotesRes>(2157));
  on(PROTO_OA_UNSUBSCRIBE_DEPTH_QUOTES_REQ, always<ProtoOAUnsubscribeDepthQuotesRes>(2159));
}

void TestBroker::on(std::uint32_t payload_type, Behaviour behaviour) {
  const std::lock_guard lock(mutex_);
  behaviours_[payload_type] = std::move(behaviour);
}

TestBroker::Behaviour TestBroker::behaviour(std::uint32_t payload_type) const {
  const std::lock_guard lock(mutex_);
  return behaviours_.at(payload_type);
}

std::vector<std::uint32_t> TestBroker::requests() const {
  const std::lock_guard lock(mutex_);
  return requests_;
}

void TestBroker::serve(Peer& peer) {
  while (const auto frame = peer.read_frame()) {
    ProtoMessage request;
    if (!request.ParseFromString(*frame)) return;
    if (request.payloadtype() == HEARTBEAT_EVENT) continue;
    Behaviour behaviour;
    {
      const std::lock_guard lock(mutex_);
      requests_.push_back(request.payloadtype());
      const auto found = behaviours_.find(request.payloadtype());
      if (found != behaviours_.end()) behaviour = found->second;
    }
    Reply reply(peer, request);
    if (behaviour) {
      behaviour(reply);
    } else {
      reply.error("UNSUPPORTED_MESSAGE");
    }
    if (!reply.open()) return;
  }
}

}  // namespace depthwire::ctrader::testing
