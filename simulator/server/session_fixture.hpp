#pragma once

#include "proto/ctrader/messages.pb.h"
#include "simulator/server/session.hpp"
#include "simulator/server/test_client.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace depthwire::simulator {

/// A session with two symbols (EURUSD, GBPUSD) and a third without a book (XAUUSD), and a clock
/// that the test moves.
class SessionTest : public testing::Test {
 protected:
  using Frames = std::vector<ctrader::ProtoMessage>;

  static constexpr std::int64_t account = 1'000'001;
  static constexpr std::int64_t start_ns = 1'767'596'400'000'000'000;

  SessionTest() : SessionTest(SessionSettings{}) {}
  explicit SessionTest(const SessionSettings& settings)
      : board(symbols(), start_ns),
        tally(board.size()),
        tokens({settings.credentials.access_token, settings.credentials.refresh_token,
                settings.credentials.may_trade}),
        accounts(make_accounts(settings.credentials.account_ids, board)),
        trading_account(accounts.front().trading),
        session(settings, shared(), now) {}

  static std::vector<SymbolInfo> symbols() {
    std::vector<SymbolInfo> all;
    for (const auto* name : {"EURUSD", "GBPUSD", "XAUUSD"}) {
      all.push_back({.name = name,
                     .opening = {.bid = market::Price{100'000}, .ask = market::Price{100'010}}});
    }
    all.back().has_depth = false;
    return all;
  }

  Frames sent() { return take_frames(session.output()); }

  Frames request(std::uint32_t payload_type, const google::protobuf::MessageLite& message,
                 std::string_view id = "id") {
    session.receive(frame_of(payload_type, message, id), now);
    return sent();
  }

  template <class Message>
  static Message body(const ctrader::ProtoMessage& frame) {
    Message message;
    EXPECT_TRUE(message.ParseFromString(frame.payload()));
    return message;
  }

  /// The error code of an answer that is one error and repeats the request's id.
  static std::string code(const Frames& frames) {
    if (frames.size() != 1) return std::to_string(frames.size()) + " frames";
    const auto& frame = frames.front();
    if (frame.payloadtype() == ctrader::ERROR_RES) {
      return body<ctrader::ProtoErrorRes>(frame).errorcode();
    }
    if (frame.payloadtype() != ctrader::PROTO_OA_ERROR_RES) {
      return "payload type " + std::to_string(frame.payloadtype());
    }
    EXPECT_EQ(frame.clientmsgid(), "id");
    return body<ctrader::ProtoOAErrorRes>(frame).errorcode();
  }

  Frames application_auth(const std::string& id = "simulator",
                          const std::string& secret = "simulator-secret") {
    ctrader::ProtoOAApplicationAuthReq message;
    message.set_clientid(id);
    message.set_clientsecret(secret);
    return request(ctrader::PROTO_OA_APPLICATION_AUTH_REQ, message);
  }

  Frames account_auth(std::int64_t id = account, const std::string& token = "simulator-token") {
    ctrader::ProtoOAAccountAuthReq message;
    message.set_ctidtraderaccountid(id);
    message.set_accesstoken(token);
    return request(ctrader::PROTO_OA_ACCOUNT_AUTH_REQ, message);
  }

  void log_in() {
    ASSERT_EQ(application_auth().size(), 1U);
    ASSERT_EQ(account_auth().size(), 1U);
  }

  template <class Message>
  Frames about(std::uint32_t payload_type, std::vector<std::int64_t> symbol_ids) {
    Message message;
    message.set_ctidtraderaccountid(account);
    for (const auto id : symbol_ids) message.add_symbolid(id);
    return request(payload_type, message);
  }
  Frames subscribe_spots(std::vector<std::int64_t> ids) {
    return about<ctrader::ProtoOASubscribeSpotsReq>(ctrader::PROTO_OA_SUBSCRIBE_SPOTS_REQ, ids);
  }
  Frames subscribe_depth(std::vector<std::int64_t> ids) {
    return about<ctrader::ProtoOASubscribeDepthQuotesReq>(
        ctrader::PROTO_OA_SUBSCRIBE_DEPTH_QUOTES_REQ, ids);
  }
  template <class Message>
  Frames bars_of(std::uint32_t payload_type, std::int64_t id,
                 ctrader::ProtoOATrendbarPeriod period) {
    Message message;
    message.set_ctidtraderaccountid(account);
    message.set_symbolid(id);
    message.set_period(period);
    return request(payload_type, message);
  }
  Frames subscribe_bars(std::int64_t id, ctrader::ProtoOATrendbarPeriod period) {
    return bars_of<ctrader::ProtoOASubscribeLiveTrendbarReq>(
        ctrader::PROTO_OA_SUBSCRIBE_LIVE_TRENDBAR_REQ, id, period);
  }

  /// What a session shares with others; what happens to the account is told to `session`.
  Shared shared() {
    return {board,
            tally,
            faults,
            bars_to_spoil,
            tokens,
            accounts,
            [this](auto id, const auto& notices, const auto& message_id) {
              session.on_account(id, notices, message_id);
            }};
  }

  void market(Event event) {
    board.apply(event);
    session.on_event(event);
    for (auto& each : accounts) {
      session.on_account(each.id, each.trading.on_event(event), std::nullopt);
    }
  }
  void pass(std::chrono::milliseconds time) { now += time; }

  TimePoint now = TimePoint() + std::chrono::hours(1);
  Board board;
  Tally tally;
  RequestFaults faults;
  std::size_t bars_to_spoil = 0;
  Tokens tokens;
  Accounts accounts;
  trading::Account& trading_account;  // of the first
  Session session;
};

}  // namespace depthwire::simulator
