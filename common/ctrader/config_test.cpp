#include "common/ctrader/config.hpp"

#include "common/config/load.hpp"
#include "common/ctrader/wiring.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace depthwire::ctrader {
namespace {

using config::Environment;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

struct Process {
  Config ctrader;

  template <class Visitor>
  void describe(Visitor& field) {
    field.section("ctrader", ctrader, "the account");
  }
};

/// Loads with these variables; gives the text of the error, empty when all is well.
std::string load(Process& process, std::map<std::string, std::string> variables) {
  try {
    const auto schema = config::describe("streaming", "a process", process);
    std::ignore = config::load(schema, {.variables = std::move(variables)});
  } catch (const std::exception& error) {
    return error.what();
  }
  return "";
}

std::map<std::string, std::string> demo_account() {
  return {{"DEPTHWIRE_ENVIRONMENT", "demo"},
          {"CTRADER_CLIENT_ID", "an id"},
          {"CTRADER_CLIENT_SECRET", "a secret"},
          {"CTRADER_ACCESS_TOKEN", "a token"},
          {"CTRADER_ACCOUNT_ID", "42"}};
}

std::map<std::string, std::string> live_account() {
  return {{"DEPTHWIRE_ENVIRONMENT", "live"},
          {"CTRADER_LIVE_APPLICATION_ID", "a live id"},
          {"CTRADER_LIVE_APPLICATION_SECRET", "a live secret"},
          {"CTRADER_LIVE_ACCESS_TOKEN", "a live token"},
          {"CTRADER_LIVE_ACCOUNT_ID", "43"}};
}

TEST(CtraderConfig, TheSimulatorNeedsNoSettings) {
  Process process;
  ASSERT_EQ(load(process, {}), "");

  const auto options = client_options(process.ctrader, Environment::sim, "streaming");

  EXPECT_EQ(options.connection.host, "localhost");
  EXPECT_EQ(options.connection.port, 5035);
  EXPECT_EQ(options.connection.ca_file, "var/simulator/ca.pem");
  EXPECT_EQ(options.account.account_id, 1'000'001);
  EXPECT_FALSE(options.account.live);
}

TEST(CtraderConfig, TheAccountComesFromTheVariablesThatUsersKnow) {
  Process process;
  ASSERT_EQ(load(process, demo_account()), "");

  const auto options = client_options(process.ctrader, Environment::demo, "streaming");

  EXPECT_EQ(options.connection.host, "demo.ctraderapi.com");
  EXPECT_EQ(options.connection.ca_file, "");
  EXPECT_EQ(options.account.client_id, "an id");
  EXPECT_EQ(options.account.client_secret, "a secret");
  EXPECT_EQ(options.account.access_token, "a token");
  EXPECT_EQ(options.account.account_id, 42);
}

TEST(CtraderConfig, FurtherAccountsAreThoseOfStreamingAlone) {
  Process process;
  auto variables = demo_account();
  variables["CTRADER_DEMO_FURTHER_ACCOUNT_IDS"] = "43, 44";
  ASSERT_EQ(load(process, variables), "");

  EXPECT_THAT(client_options(process.ctrader, Environment::demo, "streaming").further_accounts,
              ElementsAre(43, 44));
  EXPECT_THAT(client_options(process.ctrader, Environment::demo, "historical").further_accounts,
              IsEmpty());
}

TEST(CtraderConfig, AFurtherAccountIsNeitherTheFirstNorThereTwice) {
  const auto problem = [](const std::string& ids, bool simulated) {
    Process process;
    auto variables = simulated ? std::map<std::string, std::string>() : demo_account();
    variables["DEPTHWIRE_CTRADER_FURTHER_ACCOUNT_IDS"] = ids;
    return load(process, variables);
  };

  EXPECT_THAT(problem("42", false), HasSubstr("has 42, the account whose market data"));
  EXPECT_THAT(problem("1000001", true), HasSubstr("has 1000001, the account whose market data"));
  EXPECT_THAT(problem("7, 8, 7", false), HasSubstr("has 7 twice"));
  EXPECT_THAT(problem("x", false), HasSubstr("ctrader.further_account_ids"));
}

TEST(CtraderConfig, TheHeartbeatIsMuchSoonerThanTheBrokerHangsUp) {
  Process process;
  ASSERT_EQ(load(process, {{"DEPTHWIRE_CTRADER_HEARTBEAT", "5s"}}), "");

  EXPECT_EQ(client_options(process.ctrader, Environment::sim, "streaming").times.heartbeat,
            std::chrono::seconds(5));
  EXPECT_THAT(load(process, {{"DEPTHWIRE_CTRADER_HEARTBEAT", "26s"}}),
              HasSubstr("ctrader.heartbeat"));
}

TEST(CtraderConfig, JsonHasAPortOfItsOwn) {
  Process process;
  ASSERT_EQ(load(process, demo_account()), "");
  EXPECT_EQ(client_options(process.ctrader, Environment::demo, "streaming").connection.transport,
            Transport::tcp);

  auto variables = demo_account();
  variables["DEPTHWIRE_CTRADER_TRANSPORT"] = "json";
  ASSERT_EQ(load(process, variables), "");
  const auto options = client_options(process.ctrader, Environment::demo, "streaming");
  EXPECT_EQ(options.connection.transport, Transport::json);
  EXPECT_EQ(options.connection.port, 5036);
}

TEST(CtraderConfig, HistoricalMayHaveATransportOfItsOwn) {
  Process process;
  ASSERT_EQ(load(process, {{"DEPTHWIRE_CTRADER_TRANSPORT", "json"}}), "");
  const auto transport_of = [&](const std::string& name) {
    return client_options(process.ctrader, Environment::sim, name).connection.transport;
  };
  EXPECT_EQ(transport_of("historical"), Transport::json);

  ASSERT_EQ(load(process, {{"DEPTHWIRE_CTRADER_TRANSPORT", "json"},
                           {"DEPTHWIRE_CTRADER_HISTORICAL_TRANSPORT", "websocket"}}),
            "");
  EXPECT_EQ(transport_of("historical"), Transport::websocket);
  EXPECT_EQ(transport_of("streaming"), Transport::json);
}

TEST(CtraderConfig, ATransportThatIsNoneIsRefusedWithThoseThatAre) {
  Process process;

  EXPECT_THAT(load(process, {{"DEPTHWIRE_CTRADER_TRANSPORT", "udp"}}),
              HasSubstr("one of tcp, websocket, json"));
}

TEST(CtraderConfig, APinIsWrittenAsCurlHasIt) {
  Process process;
  const std::string pin = "sha256///W3rHK6UvdCtIEy8g0Hb0fL4JtsBKExn8EAHIbvtWEw=";
  ASSERT_EQ(load(process, {{"DEPTHWIRE_CTRADER_PIN", pin}}), "");
  EXPECT_EQ(client_options(process.ctrader, Environment::sim, "streaming").connection.pin, pin);

  for (const auto& wrong : {pin.substr(8), "sha256//" + pin, pin.substr(0, pin.size() - 1) + "A",
                            std::string("sha256//") + std::string(43, '*') + "="}) {
    EXPECT_THAT(load(process, {{"DEPTHWIRE_CTRADER_PIN", wrong}}), HasSubstr("ctrader.pin"))
        << wrong;
  }
}

TEST(CtraderConfig, LiveIsAnEndpointAndAnAccountOfItsOwn) {
  Process process;
  ASSERT_EQ(load(process, live_account()), "");

  const auto options = client_options(process.ctrader, Environment::live, "streaming");

  EXPECT_EQ(options.connection.host, "live.ctraderapi.com");
  EXPECT_TRUE(options.account.live);
  EXPECT_EQ(options.account.account_id, 43);
}

TEST(CtraderConfig, VariablesThatSayNothingOfLiveNeverConfigureIt) {
  auto variables = demo_account();
  variables["DEPTHWIRE_ENVIRONMENT"] = "live";
  Process process;

  const auto problems = load(process, variables);

  EXPECT_THAT(problems, HasSubstr("set CTRADER_LIVE_APPLICATION_ID"));
  EXPECT_THAT(problems, HasSubstr("set CTRADER_LIVE_APPLICATION_SECRET"));
  EXPECT_TRUE(process.ctrader.access_token.empty());
  EXPECT_EQ(process.ctrader.account_id, 0);
}

TEST(CtraderConfig, WithoutAnAccessTokenTheGrantIsHeardFromTokens) {
  auto variables = demo_account();
  variables.erase("CTRADER_ACCESS_TOKEN");
  variables.erase("CTRADER_ACCOUNT_ID");
  Process process;
  ASSERT_EQ(load(process, variables), "");

  EXPECT_EQ(client_options(process.ctrader, Environment::demo, "streaming").token_socket,
            "var/tokens/demo.sock");
  EXPECT_EQ(token_socket(process.ctrader, Environment::sim), "");
  process.ctrader.tokens = "elsewhere";
  EXPECT_EQ(token_socket(process.ctrader, Environment::sim), "elsewhere");
  process.ctrader.access_token = config::Secret("given");
  EXPECT_EQ(token_socket(process.ctrader, Environment::demo), "");
}

TEST(CtraderConfig, AnAccessTokenNeedsItsAccount) {
  auto variables = demo_account();
  variables.erase("CTRADER_ACCOUNT_ID");
  Process process;

  EXPECT_THAT(load(process, variables), HasSubstr("set CTRADER_DEMO_ACCOUNT_ID"));
}

TEST(CtraderConfig, VariablesOfAnAccountDoNotReachTheSimulator) {
  auto variables = demo_account();
  variables["DEPTHWIRE_ENVIRONMENT"] = "sim";
  variables["CTRADER_LIVE_ACCESS_TOKEN"] = "a live token";
  Process process;
  ASSERT_EQ(load(process, variables), "");

  EXPECT_EQ(client_options(process.ctrader, Environment::sim, "streaming").account.access_token,
            "simulator-token");
}

TEST(CtraderConfig, WhatNamesTheEnvironmentWins) {
  auto variables = demo_account();
  variables["CTRADER_DEMO_ACCESS_TOKEN"] = "demo's own";
  variables["CTRADER_LIVE_ACCESS_TOKEN"] = "a live token";
  Process process;
  ASSERT_EQ(load(process, variables), "");

  EXPECT_EQ(process.ctrader.access_token.reveal(), "demo's own");
}

TEST(CtraderConfig, AnAccountThatIsNoNumberIsRefused) {
  auto variables = demo_account();
  variables["CTRADER_ACCOUNT_ID"] = "D-42";
  Process process;

  EXPECT_THAT(load(process, variables),
              HasSubstr("CTRADER_ACCOUNT_ID: ctrader.account_id: expected an integer"));
}

TEST(CtraderConfig, HostAndPortAreTheServersAddress) {
  Process process;
  ASSERT_EQ(load(process, {{"HOST", "broker"}, {"PORT", "6000"}}), "");

  const auto options = client_options(process.ctrader, Environment::sim, "streaming");

  EXPECT_EQ(options.connection.host, "broker");
  EXPECT_EQ(options.connection.port, 6000);
}

TEST(CtraderConfig, LoginsOfUsersAreNamedAsUnused) {
  Process process;
  const auto schema = config::describe("streaming", "a process", process);

  const auto loaded = config::load(
      schema, {.variables = {{"CTRADER_USERNAME", "me"}, {"CTRADER_DEMO_URL_WS", "there"}}});

  EXPECT_THAT(loaded.warnings,
              testing::ElementsAre(testing::StartsWith("CTRADER_DEMO_URL_WS, CTRADER_USERNAME: ")));
}

TEST(CtraderConfig, AnotherEndpointForDemoOrLiveIsRefused) {
  auto variables = live_account();
  variables["DEPTHWIRE_CTRADER_HOST"] = "demo.ctraderapi.com";
  Process process;

  EXPECT_THAT(load(process, variables), HasSubstr("live always connects to live.ctraderapi.com"));
}

TEST(CtraderConfig, AMissingSecretNamesItsVariable) {
  auto variables = demo_account();
  variables.erase("CTRADER_CLIENT_SECRET");
  Process process;

  EXPECT_THAT(load(process, variables), HasSubstr("CTRADER_DEMO_APPLICATION_SECRET"));
}

TEST(CtraderConfig, DisabledNeedsNoAccount) {
  Process process;

  EXPECT_EQ(
      load(process, {{"DEPTHWIRE_ENVIRONMENT", "demo"}, {"DEPTHWIRE_CTRADER_ENABLED", "false"}}),
      "");
}

}  // namespace
}  // namespace depthwire::ctrader
