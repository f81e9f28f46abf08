#pragma once

#include "common/ctrader/session.hpp"
#include "proto/ctrader/common.pb.h"
#include "proto/ctrader/messages.pb.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>

namespace depthwire::ctrader {

using namespace std::chrono_literals;

/// Drives a session as a connection would, with a clock of its own.
class SessionTest : public ::testing::Test {
 protected:
  static constexpr std::int64_t account_id = 1'000'001;

  Session make(bool live = false) {
    return Session(
        "test", Account{"id", "secret", "token", account_id, live}, [] { return 0.0; },
        [this] { return unix_ms_; });
  }

  /// Keeps what was done; the newest of each kind is what tests ask for.
  void run(Actions actions) { last_ = std::move(actions); }

  template <class A>
  [[nodiscard]] std::optional<A> last() const {
    std::optional<A> found;
    for (const auto& action : last_) {
      if (const auto* match = std::get_if<A>(&action)) found = *match;
    }
    return found;
  }
  [[nodiscard]] std::string reason() const {
    const auto changed = last<StateChanged>();
    return changed ? changed->reason : "no change of state";
  }

  void deliver(std::uint32_t type, const google::protobuf::MessageLite& message,
               const std::string& id = "") {
    const auto payload = message.SerializePartialAsString();
    session_.received(now_);
    run(session_.message(now_, Envelope{type, payload, id}, consumed_));
  }
  /// Answers the newest request.
  void answer(std::uint32_t type, const google::protobuf::MessageLite& message) {
    const auto request = last<SendRequest>();
    ASSERT_TRUE(request);
    deliver(type, message, request->client_msg_id);
  }
  void refuse(const std::string& code) {
    ProtoOAErrorRes error;
    error.set_errorcode(code);
    error.set_description("told so");
    refuse(error);
  }
  void refuse(const ProtoOAErrorRes& error) { answer(2142, error); }
  static ProtoOAGetAccountListByAccessTokenRes accounts(bool live = false) {
    ProtoOAGetAccountListByAccessTokenRes list;
    auto* entry = list.add_ctidtraderaccount();
    entry->set_ctidtraderaccountid(account_id);
    entry->set_islive(live);
    return list;
  }
  void connect() {
    run(session_.start(now_));
    run(session_.opened(now_));
  }
  void log_in() {
    connect();
    answer(2101, ProtoOAApplicationAuthRes());
    answer(2150, accounts());
    answer(2103, ProtoOAAccountAuthRes());
    ASSERT_EQ(session_.state(), SessionState::ready);
  }
  /// Lets time pass, tick by tick, until `until` or the first action.
  void wait(Duration longest) {
    const auto end = now_ + longest;
    run({});
    while (last_.empty() && session_.next_tick() <= end) {
      now_ = std::max(now_, session_.next_tick());
      run(session_.tick(now_));
    }
    if (last_.empty()) now_ = end;
  }

  /// The same on an open connection, whose server says something every second.
  void pass_with_heartbeats(Duration time) {
    for (const auto end = now_ + time; now_ < end;) {
      now_ += 1s;
      session_.received(now_);
      run(session_.tick(now_));
    }
  }

  TimePoint now_{1000h};
  std::int64_t unix_ms_ = 1'789'757'100'000;
  Session session_ = make();
  Actions last_;
  bool consumed_ = false;
};

}  // namespace depthwire::ctrader
