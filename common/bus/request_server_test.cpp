// What becomes of requests that go wrong, and of the process when none can be answered any more.
#include "common/bus/request_server.hpp"

#include "common/bus/requester.hpp"
#include "common/service/exit_error.hpp"
#include "tests/support/process.hpp"
#include "tests/support/temp_dir.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

namespace depthwire::bus {
namespace {

struct EmptyJournal final : journal::Catalogue {
  [[nodiscard]] journal::Position head() const override { return {}; }
  [[nodiscard]] std::vector<journal::Newest> newest(std::string_view) const override { return {}; }
};

class RequestServerTest : public ::testing::Test {
 protected:
  void SetUp() override {
    PublisherOptions options{.environment = "sim",
                             .source = "sim.streaming",
                             .journal = dir_.path(),
                             .requests = "tcp://127.0.0.1:*"};
    options.commands = [](const std::string& name, const std::string&,
                          const AnswerCommand& answer) {
      if (name == "broken") throw std::logic_error("it does not add up");
      answer({CommandAnswer::Status::done, name, {}});
    };
    server_ = std::make_unique<RequestServer>(served_, options, journal_, nullptr);
  }
  CommandReply command(const std::string& name) {
    Requester requester(context_, server_->address());
    Request request;
    request.mutable_command()->set_name(name);
    const auto reply = requester.ask(request, std::chrono::seconds(10));
    EXPECT_TRUE(reply) << reply.error();
    return reply ? reply->command() : CommandReply();
  }

  tests::TempDir dir_;
  EmptyJournal journal_;
  zmq::context_t context_;
  zmq::context_t served_;
  std::unique_ptr<RequestServer> server_;
};

TEST_F(RequestServerTest, ARequestThatThrowsIsAnsweredAndTheNextIsServed) {
  const auto broken = command("broken");
  const auto next = command("dance");

  EXPECT_EQ(broken.status(), CommandReply::failed);
  EXPECT_EQ(broken.text(), "it does not add up");
  EXPECT_EQ(next.status(), CommandReply::done);
  EXPECT_EQ(server_->counts().failed, 1U);
}

TEST_F(RequestServerTest, WhatIsNoRequestIsCounted) {
  zmq::socket_t socket(context_, zmq::socket_type::dealer);
  socket.set(zmq::sockopt::linger, 0);
  socket.connect(server_->address());

  socket.send(zmq::str_buffer("\xff\xff\xff"), zmq::send_flags::none);
  socket.send(zmq::str_buffer("two"), zmq::send_flags::sndmore);
  socket.send(zmq::str_buffer("parts"), zmq::send_flags::none);

  EXPECT_TRUE(tests::eventually([&] { return server_->counts().malformed == 2; }));
  EXPECT_EQ(command("dance").status(), CommandReply::done);
}

TEST_F(RequestServerTest, BrokenSocketsEndTheProcessWithAReason) {
  ::zmq_ctx_shutdown(served_.handle());

  std::string reason;
  EXPECT_TRUE(tests::eventually([&] {
    try {
      (void)server_->take_decisions();
      return false;
    } catch (const service::ExitError& error) {
      EXPECT_EQ(error.code(), service::exit_code::software);
      reason = error.what();
      return true;
    }
  }));
  EXPECT_NE(reason.find("requests cannot be answered any more: "), std::string::npos);
}

}  // namespace
}  // namespace depthwire::bus
