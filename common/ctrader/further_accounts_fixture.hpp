#pragma once

#include "common/ctrader/further_accounts.hpp"
#include "proto/ctrader/messages.pb.h"

#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace depthwire::ctrader {

using namespace std::chrono_literals;

/// Drives the accounts as a client would, with a clock of its own.
class FurtherAccountsTest : public ::testing::Test {
 protected:
  static constexpr std::int64_t main_account = 1;
  static constexpr std::int64_t second = 2;
  static constexpr std::int64_t third = 3;

  /// Notes the states told of, and the request that is in flight.
  void run(const AccountActions& actions) {
    told_.clear();
    asked_.reset();
    for (const auto& action : actions) {
      if (const auto* request = std::get_if<SendRequest>(&action)) {
        EXPECT_FALSE(asked_) << "two requests at once";
        asked_.emplace();
        EXPECT_TRUE(asked_->ParseFromString(request->request.payload));
        EXPECT_EQ(request->request.payload_type, 2102U);
        id_ = request->client_msg_id;
      } else {
        const auto& changed = std::get<AccountChanged>(action);
        told_.push_back(std::to_string(changed.account_id) + " " +
                        std::string(to_string(changed.state)) + ": " + changed.reason);
        states_[changed.account_id] = changed.state;
      }
    }
  }
  void ready(const std::string& token = "token") {
    run(accounts_.session_ready(now_, token, main_account));
  }
  void deliver(std::uint32_t type, const google::protobuf::MessageLite& message,
               const std::string& id = "") {
    const auto payload = message.SerializePartialAsString();
    run(accounts_.message(now_, Envelope{type, payload, id}, consumed_));
  }
  void accept() { deliver(2103, ProtoOAAccountAuthRes(), id_); }
  void refuse(const ProtoOAErrorRes& error) { deliver(2142, error, id_); }
  void refuse(const std::string& code) {
    ProtoOAErrorRes error;
    error.set_errorcode(code);
    error.set_description("told so");
    refuse(error);
  }
  void drop(std::int64_t id) {
    ProtoOAAccountDisconnectEvent event;
    event.set_ctidtraderaccountid(id);
    deliver(2164, event);
  }
  void list(std::int64_t id, bool live) {
    ProtoOAGetAccountListByAccessTokenRes list;
    auto* entry = list.add_ctidtraderaccount();
    entry->set_ctidtraderaccountid(static_cast<std::uint64_t>(id));
    entry->set_islive(live);
    deliver(2150, list);
  }
  void log_in() {
    ready();
    accept();
    accept();
    ASSERT_EQ(states_[second], SessionState::ready);
    ASSERT_EQ(states_[third], SessionState::ready);
  }
  [[nodiscard]] std::int64_t asked() const { return asked_ ? asked_->ctidtraderaccountid() : 0; }
  /// Lets `time` pass; what is due then is done.
  void pass(Duration time) {
    now_ += time;
    run(accounts_.tick(now_));
  }
  [[nodiscard]] Duration until_next() const { return accounts_.next_tick() - now_; }

  TimePoint now_{1000h};
  std::int64_t unix_ms_ = 1'789'757'100'000;
  FurtherAccounts accounts_{"test",
                            {second, third},
                            false,
                            [] { return 0.0; },  // delays of three quarters, at least 1 s
                            [this] { return unix_ms_; }};
  std::optional<ProtoOAAccountAuthReq> asked_;
  std::string id_;
  std::vector<std::string> told_;  // by the newest event
  std::map<std::int64_t, SessionState> states_;
  bool consumed_ = false;
};

}  // namespace depthwire::ctrader
