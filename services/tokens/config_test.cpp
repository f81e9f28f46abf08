#include "services/tokens/config.hpp"

#include "common/config/load.hpp"

#include <gmock/gmock.h>

namespace depthwire::tokens {
namespace {

using config::Environment;
using ::testing::HasSubstr;

std::string load(Config& config, std::map<std::string, std::string> variables) {
  try {
    const auto schema = config::describe("tokens", "a process", config);
    std::ignore = config::load(schema, {.variables = std::move(variables)});
  } catch (const std::exception& error) {
    return error.what();
  }
  return "";
}

std::map<std::string, std::string> demo() {
  return {{"DEPTHWIRE_ENVIRONMENT", "demo"},
          {"CTRADER_DEMO_APPLICATION_ID", "id"},
          {"CTRADER_DEMO_APPLICATION_SECRET", "secret"}};
}

TEST(TokensConfig, DemoAndLiveHaveTheBrokersPages) {
  Config config;
  ASSERT_EQ(load(config, demo()), "");

  EXPECT_EQ(consent_page(config, Environment::demo),
            "https://id.ctrader.com/my/settings/openapi/grantingaccess/");
  EXPECT_EQ(endpoint_url(config, Environment::live), "https://openapi.ctrader.com/apps/token");
  EXPECT_EQ(store_file(config, Environment::demo), "var/tokens/demo.db");
}

TEST(TokensConfig, SecretsGoToNoOtherPageThanTheBrokers) {
  auto variables = demo();
  variables["DEPTHWIRE_TOKENS_ENDPOINT"] = "https://elsewhere/";
  Config config;

  EXPECT_THAT(load(config, variables), HasSubstr("tokens.endpoint: must be empty outside sim"));
}

TEST(TokensConfig, TheBrowserComesBackToThisMachineOnly) {
  auto variables = demo();
  variables["DEPTHWIRE_TOKENS_REDIRECT_URI"] = "https://example.org/";
  Config config;

  EXPECT_THAT(load(config, variables), HasSubstr("tokens.redirect_uri: expected http://127.0.0.1"));
}

TEST(TokensConfig, ARefreshTokenOfItsEnvironmentIsTaken) {
  auto variables = demo();
  variables["CTRADER_LIVE_REFRESH_TOKEN"] = "live's";
  variables["CTRADER_REFRESH_TOKEN"] = "demo's";
  Config config;
  ASSERT_EQ(load(config, variables), "");

  EXPECT_EQ(config.refresh_token.reveal(), "demo's");
}

}  // namespace
}  // namespace depthwire::tokens
