#include "common/ctrader/client.hpp"

#include "common/ctrader/frame.hpp"
#include "common/ctrader/test_server.hpp"
#include "proto/ctrader/common.pb.h"
#include "proto/ctrader/messages.pb.h"

#include <boost/asio/io_context.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <optional>

namespace depthwire::ctrader {
namespace {

using namespace std::chrono_literals;
using testing::Certificates;
using ::testing::ElementsAre;
using testing::Peer;
using testing::TestServer;

constexpr std::int64_t account_id = 1'000'001;

ProtoMessage answer_to(const ProtoMessage& request, std::uint32_t type,
                       const google::protobuf::MessageLite& payload) {
  ProtoMessage message;
  message.set_payloadtype(type);
  message.set_payload(payload.SerializePartialAsString());
  message.set_clientmsgid(request.clientmsgid());
  return message;
}

ProtoMessage error_to(const ProtoMessage& request, const std::string& code) {
  ProtoOAErrorRes error;
  error.set_errorcode(code);
  return answer_to(request, 2142, error);
}

bool write(Peer& peer, const ProtoMessage& message) {
  std::string bytes;
  append_frame(bytes, message.SerializeAsString());
  return peer.write(bytes);
}

/// Answers log-ins; `other` answers all other requests, or ends the connection with nothing.
using Other = std::function<std::optional<ProtoMessage>(const ProtoMessage&)>;
void serve(Peer& peer, const Other& other, std::atomic<int>* heartbeats = nullptr) {
  ProtoOAGetAccountListByAccessTokenRes accounts;
  accounts.add_ctidtraderaccount()->set_ctidtraderaccountid(account_id);
  while (const auto frame = peer.read_frame()) {
    ProtoMessage request;
    request.ParseFromString(*frame);
    std::optional<ProtoMessage> answer;
    switch (request.payloadtype()) {
      case 51:
        if (heartbeats != nullptr) ++*heartbeats;
        continue;
      case 2100: answer = answer_to(request, 2101, ProtoOAApplicationAuthRes()); break;
      case 2149: answer = answer_to(request, 2150, accounts); break;
      case 2102: answer = answer_to(request, 2103, ProtoOAAccountAuthRes()); break;
      default: answer = other(request);
    }
    if (!answer || !write(peer, *answer)) return;
  }
}

class ClientTest : public ::testing::Test, public ClientHandler {
 protected:
  void on_state(SessionState state, const std::string& reason) override {
    states_.push_back(state);
    reasons_.push_back(reason);
  }
  void on_give_up(const std::string& reason) override { given_up_ = reason; }
  void on_event(const Envelope& envelope) override { events_.push_back(envelope.payload_type); }
  void on_undecodable(DecodeError /*error*/) override { ++undecodable_; }

  ClientOptions options(const TestServer& server) {
    return {.name = "test",
            .connection = {.host = "localhost",
                           .port = server.port(),
                           .ca_file = certificates_.ca_file()},
            .account = {"id", "secret", "token", account_id, false},
            .random = [] { return 0.0; }};
  }
  template <class Condition>
  bool run_until(Condition condition) {
    const auto deadline = std::chrono::steady_clock::now() + 20s;
    while (!condition() && std::chrono::steady_clock::now() < deadline) {
      io_.restart();
      io_.run_one_for(100ms);
    }
    return condition();
  }
  bool log_in(Client& client) {
    client.start();
    return run_until([&] { return client.state() == SessionState::ready; });
  }
  /// Notes answers in order of arrival, errors by code.
  AnswerHandler note() {
    return [this](const Answer& answer) {
      answers_.push_back(answer ? std::to_string(answer->payload_type) : answer.error().code);
    };
  }

  boost::asio::io_context io_;
  Certificates certificates_;
  std::vector<SessionState> states_;
  std::vector<std::string> reasons_;
  std::vector<std::uint32_t> events_;
  std::vector<std::string> answers_;
  std::string given_up_;
  int undecodable_ = 0;
};

TEST_F(ClientTest, LogsInAndMatchesAnswersToRequests) {
  TestServer server(certificates_, [](Peer& peer) {
    serve(peer, [](const ProtoMessage& request) {
      return answer_to(request, request.payloadtype() + 1, ProtoOAAssetListRes());
    });
  });
  Client client(io_, options(server), *this);
  ASSERT_TRUE(log_in(client));

  client.send(asset_list(account_id), note());
  client.send(symbol_list(account_id), note());

  ASSERT_TRUE(run_until([&] { return answers_.size() == 2; }));
  EXPECT_THAT(answers_, ElementsAre("2113", "2115"));
  EXPECT_THAT(states_, ElementsAre(SessionState::connecting, SessionState::app_auth,
                                   SessionState::account_auth, SessionState::ready));
}

TEST_F(ClientTest, AnIdThatIsNotOursIsAnEvent) {
  TestServer server(certificates_, [](Peer& peer) {
    serve(peer, [&](const ProtoMessage& request) {
      ProtoMessage foreign;
      foreign.set_payloadtype(2126);
      foreign.set_clientmsgid("of another session");
      write(peer, foreign);
      return answer_to(request, 2113, ProtoOAAssetListRes());
    });
  });
  Client client(io_, options(server), *this);
  ASSERT_TRUE(log_in(client));

  client.send(asset_list(account_id), note());

  ASSERT_TRUE(run_until([&] { return answers_.size() == 1; }));
  EXPECT_THAT(events_, ElementsAre(2126));
}

class ClientRetries : public ClientTest, public ::testing::WithParamInterface<const char*> {};

TEST_P(ClientRetries, WhatIsThrottledOrFailsForAMomentIsSentAgain) {
  std::atomic<int> asked = 0;
  TestServer server(certificates_, [&](Peer& peer) {
    serve(peer, [&](const ProtoMessage& request) {
      return ++asked == 1 ? error_to(request, GetParam())
                          : answer_to(request, 2113, ProtoOAAssetListRes());
    });
  });
  Client client(io_, options(server), *this);
  ASSERT_TRUE(log_in(client));

  client.send(asset_list(account_id), note());

  ASSERT_TRUE(run_until([&] { return answers_.size() == 1; }));
  EXPECT_THAT(answers_, ElementsAre("2113"));
  EXPECT_EQ(asked, 2);
}
INSTANTIATE_TEST_SUITE_P(, ClientRetries,
                         ::testing::Values("REQUEST_FREQUENCY_EXCEEDED", "CANT_ROUTE_REQUEST"));

TEST_F(ClientTest, NobodyHearsOfARequestOnceTheClientHasStopped) {
  {
    Client client(io_, {}, *this);
    client.send(asset_list(account_id), note());
  }

  io_.poll();

  EXPECT_THAT(answers_, ElementsAre());
}

TEST_F(ClientTest, WhatIsSoAlreadyIsAnAnswer) {
  TestServer server(certificates_, [](Peer& peer) {
    serve(peer,
          [](const ProtoMessage& request) { return error_to(request, "ALREADY_SUBSCRIBED"); });
  });
  Client client(io_, options(server), *this);
  ASSERT_TRUE(log_in(client));

  client.send(subscribe_live_bars(account_id, 1, 1), note());

  ASSERT_TRUE(run_until([&] { return answers_.size() == 1; }));
  EXPECT_THAT(answers_, ElementsAre("2142"));
}

TEST_F(ClientTest, ARefusalIsToldWithTheBrokersCode) {
  TestServer server(certificates_, [](Peer& peer) {
    serve(peer, [](const ProtoMessage& request) { return error_to(request, "SYMBOL_NOT_FOUND"); });
  });
  Client client(io_, options(server), *this);
  ASSERT_TRUE(log_in(client));

  client.send(subscribe_live_bars(account_id, 1, 1), note());

  ASSERT_TRUE(run_until([&] { return answers_.size() == 1; }));
  EXPECT_THAT(answers_, ElementsAre("SYMBOL_NOT_FOUND"));
  EXPECT_EQ(client.state(), SessionState::ready);
}

TEST_F(ClientTest, ALostConnectionAnswersWhatWasInFlightAndComesBack) {
  TestServer server(certificates_, [](Peer& peer) {
    serve(peer, [](const ProtoMessage&) { return std::nullopt; });
  });
  Client client(io_, options(server), *this);
  ASSERT_TRUE(log_in(client));

  client.send(asset_list(account_id), note());

  ASSERT_TRUE(run_until([&] { return answers_.size() == 1; }));
  EXPECT_THAT(answers_, ElementsAre("CONNECTION_LOST"));
  EXPECT_EQ(client.state(), SessionState::disconnected);
  EXPECT_TRUE(run_until([&] { return client.state() == SessionState::ready; }));
}

TEST_F(ClientTest, ARequestWithoutConnectionIsAnsweredAsLost) {
  TestServer server(certificates_, [](Peer&) {});
  Client client(io_, options(server), *this);

  client.send(asset_list(account_id), note());
  EXPECT_TRUE(answers_.empty());

  ASSERT_TRUE(run_until([&] { return !answers_.empty(); }));
  EXPECT_THAT(answers_, ElementsAre("CONNECTION_LOST"));
}

TEST_F(ClientTest, ASilentServerIsNotWaitedForForever) {
  TestServer server(certificates_, [](Peer& peer) {
    serve(peer, [&](const ProtoMessage& request) {
      return request.payloadtype() == 2112 ? answer_to(ProtoMessage(), 2131, ProtoOASpotEvent())
                                           : error_to(request, "X");
    });
  });
  auto impatient = options(server);
  impatient.answer_timeout = 50ms;
  Client client(io_, impatient, *this);
  ASSERT_TRUE(log_in(client));

  client.send(asset_list(account_id), note());

  ASSERT_TRUE(run_until([&] { return !answers_.empty(); }));
  EXPECT_THAT(answers_, ElementsAre("NO_ANSWER"));
}

TEST_F(ClientTest, AWrongCaGivesUp) {
  TestServer server(certificates_, [](Peer&) {});
  const Certificates others;
  auto wrong = options(server);
  wrong.connection.ca_file = others.ca_file();
  Client client(io_, wrong, *this);

  client.start();

  ASSERT_TRUE(run_until([&] { return !given_up_.empty(); }));
  EXPECT_THAT(given_up_, ::testing::HasSubstr(others.ca_file().string()));
}

TEST_F(ClientTest, AFrameThatIsNoMessageIsToldAndPassedOver) {
  TestServer server(certificates_, [](Peer& peer) {
    serve(peer, [&](const ProtoMessage& request) {
      std::string bytes;
      append_frame(bytes, "\xff\xff");
      peer.write(bytes);
      return answer_to(request, 2113, ProtoOAAssetListRes());
    });
  });
  Client client(io_, options(server), *this);
  ASSERT_TRUE(log_in(client));

  client.send(asset_list(account_id), note());

  ASSERT_TRUE(run_until([&] { return answers_.size() == 1; }));
  EXPECT_EQ(undecodable_, 1);
}

TEST_F(ClientTest, CountsWhatGoesOverTheConnection) {
  TestServer server(certificates_, [](Peer& peer) {
    serve(peer, [&](const ProtoMessage& request) {
      ProtoMessage of_tomorrow;
      of_tomorrow.set_payloadtype(9999);
      write(peer, of_tomorrow);
      ProtoOAAssetListRes assets;
      assets.GetReflection()->MutableUnknownFields(&assets)->AddVarint(100, 1);
      return answer_to(request, 2113, assets);
    });
  });
  Client client(io_, options(server), *this);
  ASSERT_TRUE(log_in(client));

  client.send(asset_list(account_id), note());

  ASSERT_TRUE(run_until([&] { return answers_.size() == 1; }));
  EXPECT_EQ(client.traffic().unknown_fields, 1U);
  EXPECT_EQ(client.traffic().messages_out, 4U) << "the log-in takes three";
  EXPECT_EQ(client.traffic().messages_in, 5U);
  EXPECT_EQ(client.traffic().unknown_in, 1U);
  std::string out;
  append_request(out, application_auth("id", "secret"), "test-session-1");
  append_request(out, account_list("token"), "test-session-2");
  append_request(out, account_auth(account_id, "token"), "test-session-3");
  append_request(out, asset_list(account_id), "test-1");
  EXPECT_EQ(client.traffic().bytes_out, out.size());
  EXPECT_GT(client.traffic().bytes_in, 5 * frame_length_bytes);
}

TEST_F(ClientTest, KeepsAQuietConnectionAliveWithHeartbeats) {
  std::atomic<int> heartbeats = 0;
  TestServer server(certificates_, [&](Peer& peer) {
    serve(
        peer, [](const ProtoMessage& request) { return error_to(request, "X"); }, &heartbeats);
  });
  auto quick = options(server);
  quick.times.heartbeat = 20ms;
  Client client(io_, quick, *this);
  ASSERT_TRUE(log_in(client));

  EXPECT_TRUE(run_until([&] { return heartbeats >= 3; }));
}

}  // namespace
}  // namespace depthwire::ctrader
