#include "simulator/server/running_server.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

// Orders over real TLS, seen by several connections. They wait for what they expect; the timeout of
// the test ends a wait that nothing comes for.
namespace depthwire::simulator {
namespace {

using namespace ctrader;
using testing::ElementsAre;

constexpr std::int64_t trader_id = 1'000'001;
constexpr std::int64_t least_volume = 100'000;

ServerSettings settings_for_trading() {
  auto settings = at_max();
  settings.session.credentials.may_trade = true;
  return settings;
}

/// The next frame of one of `types`; an empty one when the connection has ended.
ProtoMessage next_of(TestClient& client, std::initializer_list<std::uint32_t> types) {
  while (const auto frame = client.receive()) {
    if (std::ranges::find(types, frame->payloadtype()) != types.end()) return *frame;
  }
  ADD_FAILURE() << "the connection has ended";
  return {};
}

template <class Message>
Message body(const ProtoMessage& frame) {
  Message message;
  EXPECT_TRUE(message.ParseFromString(frame.payload()));
  return message;
}

void log_in(TestClient& client) {
  client.log_in_and_subscribe({}, ids(1));
  (void)next_of(client, {PROTO_OA_SUBSCRIBE_DEPTH_QUOTES_RES});
}

void ask_to_buy(TestClient& client, std::string_view id) {
  ProtoOANewOrderReq order;
  order.set_ctidtraderaccountid(trader_id);
  order.set_symbolid(1);
  order.set_ordertype(MARKET);
  order.set_tradeside(BUY);
  order.set_volume(least_volume);
  order.set_relativestoploss(5000);
  client.send(PROTO_OA_NEW_ORDER_REQ, order, id);
}

std::vector<ProtoMessage> executions(TestClient& client, std::size_t count) {
  std::vector<ProtoMessage> frames;
  frames.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    frames.push_back(next_of(client, {PROTO_OA_EXECUTION_EVENT, PROTO_OA_ORDER_ERROR_EVENT}));
  }
  return frames;
}

std::vector<std::string> payloads(const std::vector<ProtoMessage>& frames) {
  std::vector<std::string> all;
  all.reserve(frames.size());
  for (const auto& frame : frames) all.push_back(frame.payload());
  return all;
}

std::string reconcile(TestClient& client) {
  ProtoOAReconcileReq request;
  request.set_ctidtraderaccountid(trader_id);
  request.set_returnprotectionorders(true);
  client.send(PROTO_OA_RECONCILE_REQ, request);
  return next_of(client, {PROTO_OA_RECONCILE_RES}).payload();
}

TEST(ServerTrading, TwoConnectionsSeeOneOrderAndAgreeOnWhatIsOpen) {
  Running running(settings_for_trading(), 1, 10);
  auto one = running.connect();
  auto two = running.connect();
  log_in(one);
  log_in(two);

  ask_to_buy(one, "mine");
  const auto seen_by_one = executions(one, 3);
  const auto seen_by_two = executions(two, 3);

  EXPECT_EQ(payloads(seen_by_one), payloads(seen_by_two));
  std::vector<ProtoOAExecutionType> story;
  story.reserve(seen_by_two.size());
  for (const auto& frame : seen_by_two) {
    story.push_back(body<ProtoOAExecutionEvent>(frame).executiontype());
  }
  EXPECT_THAT(story, ElementsAre(ORDER_ACCEPTED, ORDER_FILLED, ORDER_ACCEPTED));
  EXPECT_EQ(seen_by_one[0].clientmsgid(), "mine");
  EXPECT_EQ(seen_by_two[0].clientmsgid(), "mine") << "as brokers do it";
  const auto open = reconcile(one);
  EXPECT_EQ(open, reconcile(two));
  ProtoOAReconcileRes state;
  ASSERT_TRUE(state.ParseFromString(open));
  EXPECT_EQ(state.position_size(), 1);
  EXPECT_EQ(state.order_size(), 1) << "the one that protects it";
}

TEST(ServerTrading, WhatOneOpensTheOtherCloses) {
  Running running(settings_for_trading(), 1, 10);
  auto one = running.connect();
  auto two = running.connect();
  log_in(one);
  log_in(two);
  ask_to_buy(one, "open");
  const auto opened = executions(two, 3);
  ProtoOAClosePositionReq close;
  close.set_ctidtraderaccountid(trader_id);
  close.set_positionid(body<ProtoOAExecutionEvent>(opened[1]).position().positionid());
  close.set_volume(least_volume);

  two.send(PROTO_OA_CLOSE_POSITION_REQ, close, "close");
  (void)executions(one, 5);
  const auto trader = body<ProtoOATraderUpdatedEvent>(next_of(one, {PROTO_OA_TRADER_UPDATE_EVENT}));

  EXPECT_EQ(trader.trader().balanceversion(), 1);
  ProtoOAReconcileRes state;
  ASSERT_TRUE(state.ParseFromString(reconcile(one)));
  EXPECT_EQ(state.position_size() + state.order_size(), 0);
}

TEST(ServerTrading, AClientInJsonIsToldOfAnOrderInProtobuf) {
  Running running(settings_for_trading(), 1, 10);
  TestClient json(running.server->json_port(), running.certificates.ca);
  const auto say = [&json](const std::string& text) {
    std::string frame{'\x81', '\xFE', static_cast<char>(text.size() >> 8U),
                      static_cast<char>(text.size() & 0xFFU)};
    json.send(frame + std::string(4, '\0') + text);  // masked by zero
  };
  std::string heard;
  const auto hear = [&json, &heard](const std::string& text) {
    while (heard.find(text) == std::string::npos) {
      const auto bytes = json.read();
      if (!bytes) return false;
      heard += *bytes;
    }
    return true;
  };
  json.send(
      "GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n");
  say(R"({"payloadType":2100,"payload":{"clientId":"simulator","clientSecret":"simulator-secret"}})");
  say(R"({"payloadType":2102,"payload":{"ctidTraderAccountId":1000001,)"
      R"("accessToken":"simulator-token"}})");
  ASSERT_TRUE(hear(R"("payloadType":2103)"));
  auto other = running.connect();
  log_in(other);

  ask_to_buy(other, "theirs");

  EXPECT_TRUE(hear(R"({"clientMsgId":"theirs","payloadType":2126)"));
  EXPECT_TRUE(hear(R"("executionType":3)"));
}

TEST(ServerTrading, WithoutTheScopeOrTheAccountNothingIsDoneAndNothingIsHeard) {
  Running running(at_max(), 1, 10);
  auto looking = running.connect();
  log_in(looking);
  auto stranger = running.connect();

  ask_to_buy(stranger, "early");
  ask_to_buy(looking, "late");

  EXPECT_EQ(body<ProtoOAErrorRes>(next_of(stranger, {PROTO_OA_ERROR_RES})).errorcode(),
            "CH_CLIENT_NOT_AUTHENTICATED");
  EXPECT_EQ(body<ProtoOAOrderErrorEvent>(executions(looking, 1)[0]).errorcode(),
            "TRADING_NOT_ALLOWED");
  ProtoOAReconcileRes state;
  ASSERT_TRUE(state.ParseFromString(reconcile(looking)));
  EXPECT_EQ(state.position_size() + state.order_size(), 0);
}

TEST(ServerTrading, TheMarketFillsALimitThatWaits) {
  Running running(settings_for_trading(), 1, 10'000'000);
  auto client = running.connect();
  log_in(client);
  // At full speed the price soon comes by within a few pips.
  (void)next_of(client, {PROTO_OA_SPOT_EVENT});
  ProtoOASpotEvent spot;
  while (!spot.has_ask()) spot = body<ProtoOASpotEvent>(next_of(client, {PROTO_OA_SPOT_EVENT}));
  ProtoOANewOrderReq order;
  order.set_ctidtraderaccountid(trader_id);
  order.set_symbolid(1);
  order.set_ordertype(LIMIT);
  order.set_tradeside(BUY);
  order.set_volume(least_volume);
  order.set_limitprice(static_cast<double>(spot.ask() - 20) / 1e5);

  client.send(PROTO_OA_NEW_ORDER_REQ, order, "limit");
  const auto told = executions(client, 2);

  EXPECT_EQ(body<ProtoOAExecutionEvent>(told[0]).executiontype(), ORDER_ACCEPTED);
  const auto filled = body<ProtoOAExecutionEvent>(told[1]);
  EXPECT_EQ(filled.executiontype(), ORDER_FILLED);
  EXPECT_LE(filled.deal().executionprice(), order.limitprice());
}

}  // namespace
}  // namespace depthwire::simulator
