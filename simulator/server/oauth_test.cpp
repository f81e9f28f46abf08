#include "simulator/server/oauth.hpp"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

namespace depthwire::simulator {
namespace {

using ::testing::HasSubstr;
using namespace std::chrono_literals;

class OAuthTest : public testing::Test {
 protected:
  static OAuth::Query consent_query() {
    return {{"client_id", "simulator"}, {"redirect_uri", uri}, {"state", "s&t"}};
  }
  std::string code() {
    const auto answer = oauth_.answer("/grantingaccess/allow", consent_query(), now_);
    EXPECT_EQ(answer.status, 302U);
    const auto from = answer.location.find("code=") + 5;
    return answer.location.substr(from, answer.location.find('&') - from);
  }
  nlohmann::json tokens(OAuth::Query query) {
    query.emplace("client_id", "simulator");
    query.emplace("client_secret", "simulator-secret");
    return nlohmann::json::parse(oauth_.answer("/apps/token", query, now_).body);
  }
  nlohmann::json exchange(const std::string& code) {
    return tokens({{"grant_type", "authorization_code"}, {"code", code}, {"redirect_uri", uri}});
  }
  nlohmann::json refresh(const std::string& token) {
    return tokens({{"grant_type", "refresh_token"}, {"refresh_token", token}});
  }

  static constexpr const char* uri = "http://127.0.0.1:5000/";
  TimePoint now_{1h};
  Tokens tokens_{{"access", "refresh"}};
  OAuth oauth_{Credentials(), uri, tokens_};
};

TEST_F(OAuthTest, ThePageOfConsentLeadsToTheRedirectWithCodeAndState) {
  const auto page = oauth_.answer("/grantingaccess/", consent_query(), now_);
  EXPECT_EQ(page.status, 200U);
  EXPECT_THAT(page.body, HasSubstr("Allow access"));

  const auto answer = oauth_.answer("/grantingaccess/allow", consent_query(), now_);

  EXPECT_EQ(answer.location, "http://127.0.0.1:5000/?code=simulator-code-1&state=s%26t");
}

TEST_F(OAuthTest, AnUnknownApplicationOrRedirectIsSentNowhere) {
  for (const auto* wrong : {"client_id", "redirect_uri"}) {
    auto query = consent_query();
    query[wrong] += "/";
    const auto answer = oauth_.answer("/grantingaccess/allow", query, now_);
    EXPECT_EQ(answer.status, 400U);
    EXPECT_EQ(answer.location, "");
  }
}

TEST_F(OAuthTest, ACodeIsGoodOnceAndForAMinute) {
  const auto first = code();
  const auto granted = exchange(first);
  EXPECT_EQ(granted["accessToken"], "access-2");
  EXPECT_EQ(granted["refreshToken"], "refresh-2");
  EXPECT_EQ(granted["expiresIn"], 2'628'000);
  EXPECT_TRUE(granted["errorCode"].is_null());
  EXPECT_TRUE(tokens_.is_good("access-2", now_));

  EXPECT_EQ(exchange(first)["errorCode"], "ACCESS_DENIED") << "twice";
  const auto late = code();
  now_ += 1min;
  EXPECT_EQ(exchange(late)["errorCode"], "ACCESS_DENIED") << "too late";
}

TEST_F(OAuthTest, ARefreshReplacesOnePairAndLeavesTheOthers) {
  const auto granted = exchange(code());

  const auto refreshed = refresh(granted["refreshToken"]);

  EXPECT_TRUE(tokens_.is_good(refreshed["accessToken"].get<std::string>(), now_));
  EXPECT_FALSE(tokens_.is_good("access-2", now_));
  EXPECT_TRUE(tokens_.is_good("access", now_)) << "another grant";
  EXPECT_EQ(refresh("refresh-2")["errorCode"], "CH_ACCESS_TOKEN_INVALID") << "used up";
}

TEST_F(OAuthTest, OnlyTheScopeForTradingTrades) {
  const auto granted = [this](const std::string& scope) {
    auto query = consent_query();
    query["scope"] = scope;
    const auto location = oauth_.answer("/grantingaccess/allow", query, now_).location;
    const auto from = location.find("code=") + 5;
    return exchange(location.substr(from, location.find('&') - from));
  };
  const auto may_trade = [this](const nlohmann::json& pair) {
    return tokens_.may_trade(pair["accessToken"].get<std::string>(), now_);
  };

  const auto trading = granted("trading");

  EXPECT_TRUE(may_trade(trading));
  EXPECT_TRUE(may_trade(refresh(trading["refreshToken"]))) << "a refresh keeps it";
  EXPECT_FALSE(may_trade(granted("accounts")));
  EXPECT_FALSE(may_trade(exchange(code()))) << "none was asked for";
  auto wrong = consent_query();
  wrong["scope"] = "everything";
  EXPECT_EQ(oauth_.answer("/grantingaccess/", wrong, now_).status, 400U);
}

TEST_F(OAuthTest, AWrongSecretGetsNothing) {
  EXPECT_EQ(tokens({{"client_secret", "wrong"},
                    {"grant_type", "refresh_token"},
                    {"refresh_token", "refresh"}})["errorCode"],
            "CH_CLIENT_AUTH_FAILURE");
  EXPECT_TRUE(tokens_.is_good("access", now_));
  EXPECT_EQ(tokens({{"grant_type", "password"}})["errorCode"], "INVALID_REQUEST");
}

}  // namespace
}  // namespace depthwire::simulator
