#include "common/tokens/endpoint.hpp"

#include <gtest/gtest.h>

#include <stop_token>

namespace depthwire::tokens {
namespace {

Endpoint endpoint(const std::string& url) {
  return {.url = url, .application = {"an id", "secret-of-the-application"}};
}

TEST(Endpoint, WhereNobodyAnswersThereIsNoAnswerAndNoSecretIsTold) {
  const auto reply = endpoint("https://127.0.0.1:1/apps/token").refresh("secret-refresh");

  ASSERT_TRUE(std::holds_alternative<NoAnswer>(reply));
  const auto reason = std::get<NoAnswer>(reply).reason;
  EXPECT_NE(reason.find("127.0.0.1:1"), std::string::npos) << reason;
  EXPECT_EQ(reason.find("secret"), std::string::npos) << reason;
}

TEST(Endpoint, SendsNoSecretInClear) {
  const auto reply = endpoint("http://127.0.0.1:1/apps/token").exchange("secret-code", "uri");

  ASSERT_TRUE(std::holds_alternative<NoAnswer>(reply));
  EXPECT_NE(std::get<NoAnswer>(reply).reason.find("protocol"), std::string::npos);
}

TEST(Endpoint, AStopEndsACall) {
  std::stop_source stop;
  stop.request_stop();

  EXPECT_TRUE(std::holds_alternative<NoAnswer>(
      endpoint("https://127.0.0.1:1/").refresh("r", stop.get_token())));
}

}  // namespace
}  // namespace depthwire::tokens
