#include "services/gateway/core/subscription.hpp"

#include "services/gateway/core/origin.hpp"
#include "services/gateway/core/rate.hpp"

#include <gtest/gtest.h>

namespace depthwire::gateway {
namespace {

Frame frame(Stream stream, std::string symbol) {
  return {.stream = stream, .symbol = std::move(symbol)};
}

std::string problem(std::string_view text) {
  const auto parsed = parse_request(text);
  return parsed ? "" : parsed.error();
}

TEST(Subscription, EverythingIsWantedAtFirst) {
  const Subscription all;

  EXPECT_TRUE(all.wants(frame(Stream::book, "EURUSD")));
  EXPECT_TRUE(all.wants(frame(Stream::series, "USDJPY")));
}

TEST(Subscription, NamesStreamsAndSymbols) {
  const auto some =
      parse_request(R"({"type":"subscribe","symbols":["EURUSD"],"streams":["book","connection"]})");

  ASSERT_TRUE(some.has_value());
  EXPECT_TRUE(some->wants(frame(Stream::book, "EURUSD")));
  EXPECT_FALSE(some->wants(frame(Stream::book, "USDJPY")));
  EXPECT_FALSE(some->wants(frame(Stream::spot, "EURUSD")));
  EXPECT_TRUE(some->wants(frame(Stream::connection, "")));
  EXPECT_TRUE(some->wants(frame(Stream::status, "")));
  EXPECT_EQ(subscribed_json(*some),
            R"({"type":"subscribed","symbols":["EURUSD"],"streams":["book","connection"]})");
}

TEST(Subscription, AProblemIsNamed) {
  EXPECT_EQ(problem("{"), "the message is not JSON");
  EXPECT_EQ(problem("[]"), "the message is not a JSON object");
  EXPECT_EQ(problem("{}"), "the message has no type");
  EXPECT_EQ(problem(R"({"type":"order"})"), "unknown type: order");
  EXPECT_EQ(problem(R"({"type":[[]]})"), "type must be a string");
  EXPECT_EQ(problem(R"({"type":"subscribe","stream":[]})"), "unknown key: stream");
  EXPECT_EQ(problem(R"({"type":"subscribe","streams":["depth"]})"), "unknown stream: depth");
  EXPECT_EQ(problem(R"({"type":"subscribe","symbols":"EURUSD"})"),
            "symbols must be an array of strings");
}

TEST(Subscription, ADeeplyNestedMessageIsAnErrorLikeAnyOther) {
  EXPECT_EQ(problem(std::string(60'000, '[')), "the message is not JSON");
}

TEST(Origin, OurOwnPageAndListedOnesAreAllowed) {
  const std::vector<std::string> listed = {"https://panel.example.org"};

  EXPECT_TRUE(is_allowed_origin("", "127.0.0.1:8080", listed));
  EXPECT_TRUE(is_allowed_origin("http://127.0.0.1:8080", "127.0.0.1:8080", listed));
  EXPECT_TRUE(is_allowed_origin("https://panel.example.org", "127.0.0.1:8080", listed));
  EXPECT_FALSE(is_allowed_origin("http://127.0.0.1:8081", "127.0.0.1:8080", listed));
  EXPECT_FALSE(is_allowed_origin("https://panel.example.org.evil.org", "127.0.0.1:8080", listed));
  EXPECT_FALSE(is_allowed_origin("null", "127.0.0.1:8080", listed));
}

TEST(Origin, ANameThatIsNotOursIsRefused) {
  const std::vector<std::string> listed = {"https://panel.example.org"};

  EXPECT_TRUE(is_allowed_host("localhost:8080", listed));
  EXPECT_TRUE(is_allowed_host("127.0.0.1", listed));
  EXPECT_TRUE(is_allowed_host("[::1]:8080", listed));
  EXPECT_TRUE(is_allowed_host("panel.example.org", listed));
  EXPECT_FALSE(is_allowed_host("evil.example.org:8080", listed));
  EXPECT_FALSE(is_allowed_host("127.0.0.1.evil.org:8080", listed));
  EXPECT_FALSE(is_allowed_host("", listed));
}

TEST(Origin, AnOriginHasNoPath) {
  EXPECT_TRUE(is_well_formed_origin("https://panel.example.org:8443"));
  EXPECT_FALSE(is_well_formed_origin("https://panel.example.org/"));
  EXPECT_FALSE(is_well_formed_origin("panel.example.org"));
  EXPECT_FALSE(is_well_formed_origin("https://*"));
}

TEST(Rate, ABurstIsAllowedAndThenTheAverage) {
  Rate rate(20);
  const Rate::Clock::time_point start{std::chrono::hours(1)};

  int allowed = 0;
  for (int i = 0; i < 100; ++i) allowed += rate.allow(start) ? 1 : 0;

  EXPECT_EQ(allowed, 20);
  EXPECT_TRUE(rate.allow(start + std::chrono::milliseconds(51)));
  EXPECT_FALSE(rate.allow(start + std::chrono::milliseconds(52)));
}

}  // namespace
}  // namespace depthwire::gateway
