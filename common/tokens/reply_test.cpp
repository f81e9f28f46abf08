#include "common/tokens/reply.hpp"

#include <gtest/gtest.h>

namespace depthwire::tokens {
namespace {

TEST(Reply, ReadsTokensInBothSpellings) {
  for (
      const auto* body :
      {R"({"accessToken":"a","tokenType":"bearer","expiresIn":2628000,"refreshToken":"r",
            "errorCode":null,"description":null})",
       R"({"access_token":"a","token_type":"bearer","expires_in":"2628000","refresh_token":"r"})"}) {
    const auto reply = read_reply(200, body);

    const auto* tokens = std::get_if<NewTokens>(&reply);
    ASSERT_NE(tokens, nullptr) << body;
    EXPECT_EQ(tokens->access_token, "a");
    EXPECT_EQ(tokens->refresh_token, "r");
    EXPECT_EQ(tokens->expires_in_s, 2'628'000);
  }
}

TEST(Reply, AnErrorCodeIsARefusalWhateverTheStatus) {
  for (const long status : {200, 400, 401}) {
    const auto reply =
        read_reply(status, R"({"errorCode":"CH_ACCESS_TOKEN_INVALID","description":"used up"})");

    ASSERT_TRUE(std::holds_alternative<Refused>(reply)) << status;
    EXPECT_EQ(std::get<Refused>(reply).reason, "CH_ACCESS_TOKEN_INVALID: used up");
  }
  EXPECT_EQ(std::get<Refused>(read_reply(400, R"({"error":"invalid_grant"})")).reason,
            "invalid_grant");
}

TEST(Reply, WhatCannotBeReadIsNoAnswer) {
  for (const auto* body : {"", "<html>", "[]", "{}", R"({"accessToken":"a"})",
                           R"({"accessToken":"a","refreshToken":"r","expiresIn":0})",
                           R"({"accessToken":1,"refreshToken":2,"expiresIn":3})"}) {
    EXPECT_TRUE(std::holds_alternative<NoAnswer>(read_reply(200, body))) << body;
  }
  EXPECT_TRUE(std::holds_alternative<NoAnswer>(read_reply(503, R"({"errorCode":"DOWN"})")))
      << "a server in trouble decides nothing";
}

TEST(Reply, NeverShowsATokenInItsReason) {
  const auto reply = read_reply(200, R"({"accessToken":"secret-a","expiresIn":5})");

  EXPECT_EQ(std::get<NoAnswer>(reply).reason.find("secret"), std::string::npos);
}

}  // namespace
}  // namespace depthwire::tokens
