#pragma once

#include "common/bus/requester.hpp"
#include "common/ctrader/test_broker.hpp"
#include "services/historical/actors/session.hpp"
#include "tests/support/full_disk.hpp"
#include "tests/support/temp_dir.hpp"

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include <chrono>
#include <future>
#include <memory>
#include <string>
#include <utility>

namespace depthwire::historical {

/// A session of historical that a test drives, against a broker that the test plays.
class SessionFixture : public ::testing::Test {
 protected:
  /// The session's journal is `dir_`/journal, on `disk_`.
  [[nodiscard]] SessionOptions options() {
    SessionOptions options;
    options.publisher = {.environment = "sim",
                         .source = "sim.historical",
                         .journal = dir_.path() / "journal",
                         .publish = "tcp://127.0.0.1:*",
                         .requests = "tcp://127.0.0.1:*",
                         .storage = &disk_};
    options.client = {
        .name = "historical",
        .connection = {.host = "localhost",
                       .port = broker_.port(),
                       .ca_file = broker_.certificates().ca_file()},
        .account = {"id", "secret", "token", ctrader::testing::TestBroker::account_id, false},
        .random = [] { return 0.0; }};
    return options;
  }
  void begin_with(SessionOptions options) {
    session_ = std::make_unique<Session>(
        io_, context_, std::move(options),
        SessionHooks{[](ctrader::SessionState, const std::string&) {}, [](const std::string&) {}});
    session_->start();
  }
  /// Runs the session until `condition`, at most 20 s.
  template <class Condition>
  bool run_until(Condition condition) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{20};
    while (!condition() && std::chrono::steady_clock::now() < deadline) {
      io_.restart();
      io_.run_one_for(std::chrono::milliseconds{20});
      session_->tick();
      meanwhile();
    }
    return condition();
  }
  /// Gives a command to the session, which has to run meanwhile.
  using Reply = tl::expected<bus::Reply, std::string>;
  std::future<Reply> ask_later(const std::string& name, const google::protobuf::MessageLite& body) {
    return std::async(
        std::launch::async, [this, name, bytes = body.SerializeAsString()]() -> Reply {
          bus::Requester requester(context_, session_->publisher().requests_address());
          bus::Request request;
          request.mutable_command()->set_name(name);
          request.mutable_command()->set_body(bytes);
          return requester.ask(request, std::chrono::seconds{15});
        });
  }
  bus::CommandReply ask(const std::string& name, const google::protobuf::MessageLite& body) {
    auto reply = ask_later(name, body);
    return wait_for(reply);
  }
  bus::CommandReply wait_for(std::future<Reply>& reply) {
    EXPECT_TRUE(run_until(
        [&] { return reply.wait_for(std::chrono::seconds{0}) == std::future_status::ready; }));
    const auto answer = reply.get();
    EXPECT_TRUE(answer.has_value());
    return answer ? answer->command() : bus::CommandReply();
  }
  /// What else has to go on.
  virtual void meanwhile() {}

  tests::FullDisk disk_;
  ctrader::testing::TestBroker broker_;
  tests::TempDir dir_;
  zmq::context_t context_;
  boost::asio::io_context io_;
  std::unique_ptr<Session> session_;
};

}  // namespace depthwire::historical
