#include "common/ctrader/config.hpp"

#include "common/config/load.hpp"
#include "common/ctrader/wiring.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace depthwire::ctrader {
namespace {

using config::Environment;
using ::testing::HasSubstr;

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

std::map<std::string, std::string> account(const std::string& environment) {
  return {{"DEPTHWIRE_ENVIRONMENT", environment},
          {"CTRADER_CLIENT_ID", "an id"},
          {"CTRADER_CLIENT_SECRET", "a secret"},
          {"CTRADER_ACCESS_TOKEN", "a token"},
          {"CTRADER_ACCOUNT_ID", "42"}};
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
  ASSERT_EQ(load(process, account("demo")), "");

  const auto options = client_options(process.ctrader, Environment::demo, "streaming");

  EXPECT_EQ(options.connection.host, "demo.ctraderapi.com");
  EXPECT_EQ(options.connection.ca_file, "");
  EXPECT_EQ(options.account.client_id, "an id");
  EXPECT_EQ(options.account.client_secret, "a secret");
  EXPECT_EQ(options.account.access_token, "a token");
  EXPECT_EQ(options.account.account_id, 42);
}

TEST(CtraderConfig, TheHeartbeatIsMuchSoonerThanTheBrokerHangsUp) {
  Process process;
  ASSERT_EQ(load(process, {{"DEPTHWIRE_CTRADER_HEARTBEAT", "5s"}}), "");

  EXPECT_EQ(client_options(process.ctrader, Environment::sim, "streaming").times.heartbeat,
            std::chrono::seconds(5));
  EXPECT_THAT(load(process, {{"DEPTHWIRE_CTRADER_HEARTBEAT", "26s"}}),
              HasSubstr("ctrader.heartbeat"));
}

TEST(CtraderConfig, LiveIsAnEndpointAndAnAccountOfItsOwn) {
  Process process;
  ASSERT_EQ(load(process, account("live")), "");

  const auto options = client_options(process.ctrader, Environment::live, "streaming");

  EXPECT_EQ(options.connection.host, "live.ctraderapi.com");
  EXPECT_TRUE(options.account.live);
}

TEST(CtraderConfig, AnotherEndpointForDemoOrLiveIsRefused) {
  auto variables = account("live");
  variables["DEPTHWIRE_CTRADER_HOST"] = "demo.ctraderapi.com";
  Process process;

  EXPECT_THAT(load(process, variables), HasSubstr("live always connects to live.ctraderapi.com"));
}

TEST(CtraderConfig, AMissingSecretNamesItsVariable) {
  auto variables = account("demo");
  variables.erase("CTRADER_CLIENT_SECRET");
  Process process;

  EXPECT_THAT(load(process, variables), HasSubstr("CTRADER_CLIENT_SECRET"));
}

TEST(CtraderConfig, DisabledNeedsNoAccount) {
  Process process;

  EXPECT_EQ(
      load(process, {{"DEPTHWIRE_ENVIRONMENT", "demo"}, {"DEPTHWIRE_CTRADER_ENABLED", "false"}}),
      "");
}

}  // namespace
}  // namespace depthwire::ctrader
