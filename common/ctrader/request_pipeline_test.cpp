#include "common/ctrader/request_pipeline.hpp"

#include "common/ctrader/frame.hpp"
#include "proto/ctrader/common.pb.h"
#include "proto/ctrader/messages.pb.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace depthwire::ctrader {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::int64_t account_id = 1'000'001;
constexpr std::int64_t unix_ms = 1'789'757'100'000;

/// A pipeline, a server that the test plays, and a clock that it moves.
class RequestPipelineTest : public ::testing::Test {
 protected:
  AnswerHandler note(const std::string& name) {
    return [this, name](const Answer& answer) {
      answers_.push_back(name + ": " + (answer ? "answered" : answer.error().code));
    };
  }
  /// The messages that go out now.
  std::vector<ProtoMessage> sent() {
    FrameSplitter splitter;
    std::string out;
    const auto count = pipeline_.take(now_, out);
    const auto space = splitter.prepare(out.size());
    std::copy(out.begin(), out.end(), space.begin());
    splitter.commit(out.size());
    std::vector<ProtoMessage> messages;
    for (auto frame = splitter.next(); *frame; frame = splitter.next()) {
      messages.emplace_back().ParseFromArray((*frame)->data(), static_cast<int>((*frame)->size()));
    }
    EXPECT_EQ(messages.size(), count);
    return messages;
  }
  /// The one message that goes out now.
  ProtoMessage sent_one() {
    const auto messages = sent();
    EXPECT_EQ(messages.size(), 1U);
    return messages.empty() ? ProtoMessage() : messages.front();
  }
  /// Whether it was an answer to a caller.
  bool reply(const ProtoMessage& request, std::uint32_t type,
             const google::protobuf::MessageLite& message = ProtoOAAssetListRes()) {
    const auto payload = message.SerializePartialAsString();
    const auto& id = request.clientmsgid();
    const auto reply = pipeline_.answer(now_, Envelope{type, payload, id});
    if (reply && reply->handler) reply->handler(reply->answer);
    return reply.has_value();
  }
  void refuse(const ProtoMessage& request, const std::string& code,
              std::optional<std::uint64_t> retry_after = std::nullopt,
              std::optional<std::int64_t> maintenance_end = std::nullopt) {
    ProtoOAErrorRes error;
    error.set_errorcode(code);
    if (retry_after) error.set_retryafter(*retry_after);
    if (maintenance_end) error.set_maintenanceendtimestamp(*maintenance_end);
    reply(request, 2142, error);
  }
  void expire() {
    for (const auto& handler : pipeline_.expire(now_)) handler(tl::unexpected(BrokerError{"LATE"}));
  }

  TimePoint now_{1000h};
  RequestPipeline pipeline_{
      {.name = "test", .random = [] { return 0.0; }, .unix_ms = [] { return unix_ms; }}};
  std::vector<std::string> answers_;
};

TEST_F(RequestPipelineTest, GivesAnAnswerToItsCaller) {
  pipeline_.send(asset_list(account_id), note("assets"));
  const auto request = sent_one();

  EXPECT_TRUE(reply(request, 2113));

  EXPECT_THAT(answers_, ElementsAre("assets: answered"));
  EXPECT_FALSE(reply(request, 2113)) << "answered already: an event";
}

TEST_F(RequestPipelineTest, TheTimeForAnAnswerBeginsWhenTheRequestIsSent) {
  for (int i = 0; i < 300; ++i) pipeline_.send(bars(account_id, 1, 1, 0, 1), note("bars"));

  for (; pipeline_.waiting(); now_ += 100ms) {
    for (const auto& request : sent()) reply(request, 2138);
    expire();
  }

  EXPECT_EQ(answers_.size(), 300U);
  EXPECT_THAT(answers_, ::testing::Each("bars: answered"));
}

TEST_F(RequestPipelineTest, ASilentServerIsNotWaitedForForever) {
  pipeline_.send(asset_list(account_id), note("assets"));
  const auto request = sent_one();

  now_ += 30s;
  expire();

  EXPECT_THAT(answers_, ElementsAre("assets: LATE"));
  EXPECT_FALSE(reply(request, 2113)) << "too late: an event";
}

TEST_F(RequestPipelineTest, AThrottledTypeRestsAsLongAsTheServerAsks) {
  pipeline_.send(asset_list(account_id), note("assets"));
  refuse(sent_one(), "BLOCKED_PAYLOAD_TYPE", 90);
  pipeline_.send(symbol_list(account_id), note("symbols"));

  now_ += 1s;
  EXPECT_EQ(sent_one().payloadtype(), 2114U) << "other types go on";
  now_ += 88s;
  EXPECT_THAT(sent(), IsEmpty());
  now_ += 1s;
  const auto again = sent_one();
  EXPECT_EQ(again.payloadtype(), 2112U);
  reply(again, 2113);
  EXPECT_THAT(answers_, ElementsAre("assets: answered"));
}

TEST_F(RequestPipelineTest, ARequestDuringAMaintenanceIsSentAgainAtItsEnd) {
  pipeline_.send(asset_list(account_id), note("assets"));

  refuse(sent_one(), "SERVER_IS_UNDER_MAINTENANCE", std::nullopt, unix_ms / 1000 + 120);

  now_ += 119s;
  EXPECT_THAT(sent(), IsEmpty());
  now_ += 1s;
  EXPECT_EQ(sent_one().payloadtype(), 2112U);
}

TEST_F(RequestPipelineTest, WhatFailsForAMomentIsSentFiveTimesWithGrowingPauses) {
  pipeline_.send(asset_list(account_id), note("assets"));
  std::vector<std::chrono::seconds> pauses;

  for (auto before = now_; answers_.empty(); before = now_) {
    while (pipeline_.next_due() > now_) now_ += 100ms;
    pauses.push_back(std::chrono::duration_cast<std::chrono::seconds>(now_ - before));
    refuse(sent_one(), "CANT_ROUTE_REQUEST");
  }

  EXPECT_THAT(pauses, ElementsAre(0s, 1s, 2s, 4s, 8s));
  EXPECT_THAT(answers_, ElementsAre("assets: CANT_ROUTE_REQUEST"));
}

TEST_F(RequestPipelineTest, ASubscriptionIsTriedForEver) {
  pipeline_.send(subscribe_live_bars(account_id, 1, 1), note("bars"));
  std::vector<std::chrono::seconds> pauses;

  for (auto before = now_; pauses.size() < 9; before = now_) {
    while (pipeline_.next_due() > now_) now_ += 100ms;
    pauses.push_back(std::chrono::duration_cast<std::chrono::seconds>(now_ - before));
    refuse(sent_one(), "CANT_ROUTE_REQUEST");
  }

  EXPECT_THAT(pauses, ElementsAre(0s, 1s, 2s, 4s, 8s, 16s, 32s, 60s, 60s));
  EXPECT_THAT(answers_, IsEmpty());
}

TEST_F(RequestPipelineTest, WhatIsVoidIsNotSentAnyMore) {
  pipeline_.send(asset_list(account_id), note("assets"));
  pipeline_.send(symbol_list(account_id), note("symbols"));
  const auto request = sent_one();

  EXPECT_EQ(pipeline_.lose().size(), 2U);

  now_ += 1s;
  EXPECT_THAT(sent(), IsEmpty());
  EXPECT_FALSE(reply(request, 2113)) << "its caller has been told";
}

TEST_F(RequestPipelineTest, ATypeRestsAlsoWhenTheRequestThatWasRefusedIsVoid) {
  pipeline_.send(asset_list(account_id), note("assets"));
  const auto request = sent_one();
  std::ignore = pipeline_.lose();

  refuse(request, "BLOCKED_PAYLOAD_TYPE", 5);

  pipeline_.send(asset_list(account_id), note("assets"));
  now_ += 4s;
  EXPECT_THAT(sent(), IsEmpty());
  now_ += 1s;
  EXPECT_EQ(sent().size(), 1U);
}

TEST_F(RequestPipelineTest, AServerThatNeverAnswersDoesNotUseTheLimitsUp) {
  for (int i = 0; i < 6; ++i) pipeline_.send(bars(account_id, 1, 1, 0, 1), note("bars"));
  for (int i = 0; i < 10; ++i, now_ += 1s) std::ignore = sent();
  ASSERT_TRUE(pipeline_.waiting());

  now_ += 30s;
  expire();
  now_ += 1s;

  EXPECT_EQ(sent().size(), 1U);
}

TEST_F(RequestPipelineTest, ARequestOfTheSessionIsAnsweredToTheSession) {
  pipeline_.send_own(asset_list(account_id), "of the session");
  const auto request = sent_one();

  EXPECT_EQ(request.clientmsgid(), "of the session");
  EXPECT_FALSE(reply(request, 2113));
}

}  // namespace
}  // namespace depthwire::ctrader
