#include "services/streaming/actors/session.hpp"

#include "common/bus/requester.hpp"
#include "common/ctrader/test_broker.hpp"
#include "common/journal/reader.hpp"
#include "proto/bus/command.pb.h"
#include "proto/ctrader/messages.pb.h"
#include "proto/ctrader/simulator.pb.h"
#include "tests/support/temp_dir.hpp"

#include <boost/asio/io_context.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <cstring>
#include <future>
#include <map>

namespace depthwire::streaming {
namespace {

using namespace std::chrono_literals;
using ctrader::SessionState;
using ctrader::testing::TestBroker;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsSupersetOf;
using ::testing::Not;

ctrader::ProtoOADepthEvent depth_event(std::uint64_t symbol, std::int64_t time_ns) {
  ctrader::ProtoOADepthEvent event;
  event.set_ctidtraderaccountid(TestBroker::account_id);
  event.set_symbolid(symbol);
  auto* quote = event.add_newquotes();
  quote->set_id(11);
  quote->set_size(100);
  quote->set_bid(114'800);
  event.SetExtension(ctrader::depth_simulator_time_ns, time_ns);
  return event;
}

/// Grants depth and sends one event of EURUSD.
void grant_depth(TestBroker::Reply& reply, std::int64_t time_ns) {
  reply.answer(2157, ctrader::ProtoOASubscribeDepthQuotesRes());
  reply.event(2155, depth_event(1, time_ns));
}

class SessionTest : public ::testing::Test {
 protected:
  Session& begin(std::vector<std::string> symbols, bool enabled = true,
                 const std::string& environment = "sim") {
    SessionOptions options;
    options.patience = 50ms;
    options.quality.spot_silence = 50ms;
    options.ask_again_after = 50ms;
    options.publisher = {.environment = environment,
                         .source = environment + ".streaming",
                         .journal = journal(),
                         .publish = "tcp://127.0.0.1:*",
                         .requests = "tcp://127.0.0.1:*"};
    options.client = {.name = "streaming",
                      .connection = {.host = "localhost",
                                     .port = broker_.port(),
                                     .ca_file = broker_.certificates().ca_file()},
                      .account = {"id", "secret", "token", TestBroker::account_id, false},
                      .random = [] { return 0.0; }};
    options.client.further_accounts = further_accounts_;
    options.enabled = enabled;
    options.symbols = std::move(symbols);
    session_ = std::make_unique<Session>(
        io_, context_, std::move(options),
        SessionHooks{[this](SessionState state, const std::string& reason) {
                       states_.push_back(state);
                       reason_ = reason;
                     },
                     [this](const std::string& reason) { given_up_ = reason; },
                     [this](std::int64_t id, SessionState state, const std::string&) {
                       further_[id] = state;
                     }});
    session_->start();
    return *session_;
  }
  [[nodiscard]] std::filesystem::path journal() const { return dir_.path() / "journal"; }

  /// Runs the session until `condition` holds; false after 20 s.
  template <class Condition>
  bool run_until(Condition condition) {
    const auto deadline = std::chrono::steady_clock::now() + 20s;
    while (!condition() && std::chrono::steady_clock::now() < deadline) {
      io_.restart();
      io_.run_one_for(20ms);
      session_->tick();
    }
    return condition();
  }
  bool run_until_record(const std::string& line) {
    return run_until([&] {
      const auto all = records();
      return std::find(all.begin(), all.end(), line) != all.end();
    });
  }

  /// The journal in short, a line for each record: kind, symbol and what is in it.
  std::vector<std::string> records() {
    std::vector<std::string> lines;
    journal::Reader reader(journal());
    for (auto next = reader.next(); std::holds_alternative<journal::Record>(next);
         next = reader.next()) {
      bus::Envelope envelope;
      const auto& payload = std::get<journal::Record>(next).payload;
      EXPECT_TRUE(envelope.ParseFromArray(payload.data(), static_cast<int>(payload.size())));
      lines.push_back(line(envelope));
    }
    return lines;
  }
  static std::string line(const bus::Envelope& envelope) {
    const auto& symbol = envelope.symbol();
    switch (envelope.payload_case()) {
      case bus::Envelope::kDepth:
        return bus::Depth::Kind_Name(envelope.depth().kind()) + " " + symbol + " " +
               std::to_string(envelope.receive_time_ns());
      case bus::Envelope::kConnection:
        return std::string(envelope.connection().connection())
                   .replace(0, std::strlen("streaming"), "connection") +
               " " + bus::Connection::State_Name(envelope.connection().state());
      case bus::Envelope::kAccount:
        return "account " + std::to_string(envelope.account().account_id()) + " " +
               std::to_string(envelope.account().payload_type());
      case bus::Envelope::kSymbolInfo: return "symbol " + symbol;
      case bus::Envelope::kSpot: return "spot " + symbol;
      case bus::Envelope::kDataQuality: return "quality " + symbol;
      case bus::Envelope::kEpochStart: return "epoch start";
      case bus::Envelope::kEpochEnd: return "epoch end";
      case bus::Envelope::kSourceDown:
        return "down " + std::to_string(envelope.source_down().time_ns());
      case bus::Envelope::kSourceUp:
        return "up " + std::to_string(envelope.source_up().down_since_ns()) + " " +
               std::to_string(envelope.source_up().time_ns());
      default: return "other";
    }
  }
  bus::CommandReply ask(const std::string& name, const std::string& body) {
    auto reply = std::async(std::launch::async, [&] {
      bus::Requester requester(context_, session_->publisher().requests_address());
      bus::Request request;
      request.mutable_command()->set_name(name);
      request.mutable_command()->set_body(body);
      return requester.ask(request, 10s);
    });
    EXPECT_TRUE(run_until([&] { return reply.wait_for(0s) == std::future_status::ready; }));
    const auto answer = reply.get();
    EXPECT_TRUE(answer.has_value());
    return answer ? answer->command() : bus::CommandReply();
  }
  bus::CommandReply lease(const std::string& symbol, std::uint32_t seconds) {
    bus::LeaseCommand command;
    command.set_symbol(symbol);
    command.set_seconds(seconds);
    command.set_holder("test");
    return ask("lease", command.SerializeAsString());
  }

  TestBroker broker_;
  tests::TempDir dir_;
  zmq::context_t context_;
  boost::asio::io_context io_;
  std::unique_ptr<Session> session_;
  std::vector<SessionState> states_;
  std::string reason_;
  std::string given_up_;
  std::vector<std::int64_t> further_accounts_;
  std::map<std::int64_t, SessionState> further_;
};

TEST_F(SessionTest, JournalsSymbolsResetsAndThenTheMarket) {
  broker_.on(2156, [](TestBroker::Reply& reply) { grant_depth(reply, 5'000); });
  begin({"EURUSD", "GBPUSD"});

  ASSERT_TRUE(run_until_record("change EURUSD 5000"));

  EXPECT_THAT(records(), ElementsAre("epoch start", "connection connecting", "connection app_auth",
                                     "connection account_auth", "connection ready", "symbol EURUSD",
                                     "symbol GBPUSD", "reset EURUSD 0", "reset GBPUSD 0",
                                     "change EURUSD 5000"));
}

TEST_F(SessionTest, SubscribesSpotsBeforeDepthAndBars) {
  begin({"EURUSD"});

  ASSERT_TRUE(run_until([&] { return broker_.requests().size() == 9; }));

  EXPECT_THAT(broker_.requests(),
              ElementsAre(2100, 2149, 2102, 2112, 2114, 2116, 2127, 2156, 2135));
}

TEST_F(SessionTest, ALostConnectionIsAnOutageWithBoundsAndResets) {
  broker_.on(2156, [this](TestBroker::Reply& reply) {
    grant_depth(reply, 5'000);
    broker_.on(2156, [](TestBroker::Reply& again) { grant_depth(again, 9'000); });
    reply.hang_up();
  });
  begin({"EURUSD"});

  ASSERT_TRUE(run_until_record("change EURUSD 9000"));
  ASSERT_TRUE(run_until([&] {
    const auto all = records();
    return std::any_of(all.begin(), all.end(), [](auto& r) { return r.starts_with("up "); });
  }));

  const auto all = records();
  const auto down = std::find(all.begin(), all.end(), "down 5000");
  ASSERT_NE(down, all.end());
  EXPECT_EQ(*(down + 1), "reset EURUSD 5000");
  EXPECT_EQ(*(down + 2), "connection disconnected");
  EXPECT_THAT(std::vector(down, all.end()), Contains(HasSubstr("up 5000 ")));
}

TEST_F(SessionTest, TheNextLifeEndsTheOutageBetween) {
  broker_.on(2156, [](TestBroker::Reply& reply) { grant_depth(reply, 5'000); });
  begin({"EURUSD"});
  ASSERT_TRUE(run_until_record("change EURUSD 5000"));
  session_.reset();  // without a goodbye
  broker_.on(2156, [](TestBroker::Reply& reply) { grant_depth(reply, 9'000); });
  begin({"EURUSD"});

  EXPECT_TRUE(run_until([&] {
    const auto all = records();
    return std::any_of(all.begin(), all.end(), [](auto& r) { return r.starts_with("up 5000 "); });
  }));
}

TEST_F(SessionTest, AnOrderlyStopEndsTheEpochWithEmptyBooks) {
  broker_.on(2156, [](TestBroker::Reply& reply) { grant_depth(reply, 5'000); });
  begin({"EURUSD"});
  ASSERT_TRUE(run_until_record("change EURUSD 5000"));

  session_->stop("stopping");

  const auto all = records();
  EXPECT_THAT(
      std::vector(all.end() - 4, all.end()),
      ElementsAre("down 5000", "reset EURUSD 5000", "connection disconnected", "epoch end"));
}

TEST_F(SessionTest, OneRefusedSymbolDoesNotSpoilTheOthers) {
  broker_.on(2156, [](TestBroker::Reply& reply) {
    ctrader::ProtoOASubscribeDepthQuotesReq request;
    request.ParseFromString(reply.request().payload());
    if (request.symbolid_size() == 1 && request.symbolid(0) == 1) return grant_depth(reply, 7);
    reply.error("SYMBOL_NOT_FOUND");
  });
  begin({"EURUSD", "GBPUSD"});

  EXPECT_TRUE(run_until_record("change EURUSD 7"));
  EXPECT_TRUE(run_until_record("quality GBPUSD"));
}

TEST_F(SessionTest, ALeaseSubscribesASymbolUntilItEnds) {
  begin({"EURUSD"});
  ASSERT_TRUE(run_until([&] { return session_->symbols() == 1; }));

  EXPECT_EQ(lease("GBPUSD", 60).status(), bus::CommandReply::done);
  EXPECT_TRUE(run_until_record("reset GBPUSD 0"));
  EXPECT_EQ(session_->symbols(), 2U);

  EXPECT_EQ(lease("GBPUSD", 0).status(), bus::CommandReply::done);
  EXPECT_TRUE(run_until([&] { return session_->symbols() == 1; }));
  EXPECT_TRUE(run_until([&] {
    const auto requests = broker_.requests();
    return std::find(requests.begin(), requests.end(), 2129U) != requests.end();
  }));
  EXPECT_THAT(broker_.requests(), IsSupersetOf({2136, 2158, 2129}));
}

TEST_F(SessionTest, ALeaseThatEndsWhileItsSymbolIsLookedUpSubscribesNothing) {
  begin({"EURUSD"});
  ASSERT_TRUE(run_until([&] { return session_->symbols() == 1; }));
  std::promise<void> go;
  broker_.on(2116, [usual = broker_.behaviour(2116),
                    may_answer = go.get_future().share()](TestBroker::Reply& reply) {
    may_answer.wait();
    usual(reply);
  });

  EXPECT_EQ(lease("GBPUSD", 60).status(), bus::CommandReply::done);
  EXPECT_EQ(lease("GBPUSD", 0).status(), bus::CommandReply::done);
  go.set_value();

  EXPECT_TRUE(run_until_record("symbol GBPUSD"));
  EXPECT_EQ(session_->symbols(), 1U);
}

TEST_F(SessionTest, AsksForTheListOfSymbolsAgainWhenItIsRefused) {
  std::atomic<int> asked = 0;
  broker_.on(2114, [&, usual = broker_.behaviour(2114)](TestBroker::Reply& reply) {
    return ++asked == 1 ? reply.error("UNEXPECTED") : usual(reply);
  });
  begin({"EURUSD"});

  EXPECT_TRUE(run_until([&] { return session_->symbols() == 1; }));
}

TEST_F(SessionTest, AWrongLeaseIsRefusedInWords) {
  begin({"EURUSD"});
  ASSERT_TRUE(run_until([&] { return session_->symbols() == 1; }));

  const auto refused = lease("NOSUCH", 60);
  EXPECT_EQ(refused.status(), bus::CommandReply::refused);
  EXPECT_THAT(refused.text(), HasSubstr("NOSUCH"));
  EXPECT_EQ(lease("EURUSD", 1'000'000).status(), bus::CommandReply::refused);
  EXPECT_EQ(ask("dance", "").status(), bus::CommandReply::unknown_command);
}

TEST_F(SessionTest, ASuspectBookIsSubscribedAnewOnARealMarket) {
  // Three unknown ids are removed, and whoever subscribes again gets a whole book.
  broker_.on(2156, [this](TestBroker::Reply& reply) {
    reply.answer(2157, ctrader::ProtoOASubscribeDepthQuotesRes());
    auto event = depth_event(1, 0);
    for (std::uint64_t id = 1; id <= 3; ++id) event.add_deletedquotes(id);
    reply.event(2155, event);
    broker_.on(2156, [](TestBroker::Reply& again) { grant_depth(again, 0); });
  });
  begin({"EURUSD"}, true, "demo");

  const auto kinds = [this] {
    std::string all;
    for (const auto& record : records()) all += record.substr(0, record.find(' ')) + " ";
    return all;
  };
  EXPECT_TRUE(run_until([&] {
    return kinds().find("reset change quality quality reset change") != std::string::npos;
  })) << kinds();
  EXPECT_THAT(broker_.requests(), IsSupersetOf({2158, 2156}));
}

TEST_F(SessionTest, ASymbolThatIsSilentInItsOpenMarketIsToldToBeStale) {
  broker_.on(2116, [](TestBroker::Reply& reply) {
    ctrader::ProtoOASymbolByIdRes symbols;
    auto* symbol = symbols.add_symbol();
    symbol->set_symbolid(1);
    symbol->set_digits(5);
    symbol->set_pipposition(4);
    symbol->set_scheduletimezone("UTC");
    auto* always = symbol->add_schedule();
    always->set_startsecond(0);
    always->set_endsecond(7 * 24 * 3'600);
    reply.answer(2117, symbols);
  });
  begin({"EURUSD"}, true, "demo");

  EXPECT_TRUE(run_until_record("quality EURUSD"));  // no spot ever comes
}

TEST_F(SessionTest, AWrongSecretShowsTheBrokersCode) {
  broker_.on(2100, [](TestBroker::Reply& reply) { reply.error("CH_CLIENT_AUTH_FAILURE"); });
  begin({"EURUSD"});

  ASSERT_TRUE(run_until_record("connection error"));
  EXPECT_EQ(reason_, "CH_CLIENT_AUTH_FAILURE");
}

TEST_F(SessionTest, FurtherAccountsAreAuthenticatedOnTheSameConnectionAfterItsOwn) {
  further_accounts_ = {8, 9};
  begin({"EURUSD"});

  ASSERT_TRUE(run_until([&] { return further_[9] == SessionState::ready; }));

  const auto all = records();
  const auto ready = std::find(all.begin(), all.end(), "connection ready");
  ASSERT_NE(ready, all.end());
  EXPECT_THAT(std::vector(all.begin(), ready), Not(Contains(HasSubstr("connection/"))));
  EXPECT_THAT(std::vector(ready, all.end()),
              IsSupersetOf({"connection/8 account_auth", "connection/8 ready",
                            "connection/9 account_auth", "connection/9 ready"}));
  session_->stop("stopping");
  EXPECT_THAT(records(), IsSupersetOf({"connection/8 disconnected", "connection/9 disconnected"}));
}

TEST_F(SessionTest, AFurtherAccountThatIsLostDisturbsNothing) {
  further_accounts_ = {8};
  broker_.on(2156, [](TestBroker::Reply& reply) {
    grant_depth(reply, 5'000);
    ctrader::ProtoOAAccountDisconnectEvent lost;
    lost.set_ctidtraderaccountid(8);
    reply.event(2164, lost);
    grant_depth(reply, 6'000);
  });
  begin({"EURUSD"});
  const auto log_ins = [&] {
    const auto requests = broker_.requests();
    return std::count(requests.begin(), requests.end(), 2102U);
  };

  ASSERT_TRUE(run_until([&] { return log_ins() == 3 && further_[8] == SessionState::ready; }));

  const auto all = records();
  EXPECT_EQ(std::count(all.begin(), all.end(), "connection/8 ready"), 2);
  EXPECT_EQ(std::count(all.begin(), all.end(), "connection ready"), 1);
  EXPECT_EQ(std::count(all.begin(), all.end(), "reset EURUSD 0"), 1);
  EXPECT_THAT(all, Contains("change EURUSD 6000"));
  EXPECT_THAT(states_, ElementsAre(SessionState::connecting, SessionState::app_auth,
                                   SessionState::account_auth, SessionState::ready));
}

TEST_F(SessionTest, EventsOfAFurtherAccountCarryItsIdAndItsSymbolsAreNotOurs) {
  further_accounts_ = {8};
  broker_.on(2156, [](TestBroker::Reply& reply) {
    ctrader::ProtoOASymbolChangedEvent symbol;
    symbol.set_ctidtraderaccountid(8);
    symbol.add_symbolid(1);
    reply.event(2120, symbol);
    ctrader::ProtoOAMarginChangedEvent margin;
    margin.set_ctidtraderaccountid(8);
    reply.event(2141, margin);
    margin.set_ctidtraderaccountid(TestBroker::account_id);
    reply.event(2141, margin);
    grant_depth(reply, 5'000);
  });
  begin({"EURUSD"});

  ASSERT_TRUE(run_until_record("change EURUSD 5000"));

  EXPECT_THAT(records(), IsSupersetOf({"account 8 2141", "account 1000001 2141"}));
  const auto requests = broker_.requests();
  EXPECT_EQ(std::count(requests.begin(), requests.end(), 2116U), 1);
}

TEST_F(SessionTest, DisabledItSaysSoAndAsksNothing) {
  begin({"EURUSD"}, false);

  EXPECT_THAT(records(), ElementsAre("epoch start", "connection disconnected"));
  EXPECT_THAT(reason_, HasSubstr("disabled"));
  session_->stop("stopping");
  EXPECT_TRUE(broker_.requests().empty());
}

}  // namespace
}  // namespace depthwire::streaming
