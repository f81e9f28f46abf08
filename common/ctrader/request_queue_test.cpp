#include "common/ctrader/request_queue.hpp"

#include "common/ctrader/backoff.hpp"
#include "common/ctrader/pending.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace depthwire::ctrader {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

constexpr std::uint32_t ordinary = 2127;
constexpr std::uint32_t historical = 2137;
constexpr std::uint32_t heartbeat_type = 51;

const TimePoint began{1000h};

QueuedRequest of_type(std::uint32_t type, const std::string& id = "") {
  return {Request{type, ""}, id};
}

/// Sends all that may go in `span`, as fast as allowed, to a server that answers at once; gives the
/// number of each type.
std::map<std::uint32_t, int> drain(RequestQueue& queue, Duration span) {
  std::map<std::uint32_t, int> sent;
  for (auto now = began; now < began + span;) {
    while (const auto request = queue.pop(now)) {
      ++sent[request->request.payload_type];
      queue.answered(request->client_msg_id, now);
    }
    const auto due = queue.next_due();
    if (!due) break;
    EXPECT_GT(*due, now);
    now = *due;
  }
  return sent;
}

TEST(RequestQueue, SendsNoMoreThanBothLimitsAllow) {
  RequestQueue queue;
  for (int i = 0; i < 1000; ++i) {
    queue.push(of_type(ordinary));
    queue.push(of_type(historical));
  }

  const auto sent = drain(queue, 10s);

  EXPECT_EQ(sent.at(ordinary), 475);
  EXPECT_EQ(sent.at(historical), 48);  // one at once, then 4.75 a second
}

TEST(RequestQueue, AHistoricalRequestHoldsNoOrdinaryOneBack) {
  RequestQueue queue;
  queue.push(of_type(historical, "h1"));
  queue.push(of_type(historical, "h2"));
  queue.push(of_type(2116, "o1"));

  EXPECT_EQ(queue.pop(began)->client_msg_id, "h1");
  EXPECT_EQ(queue.pop(began)->client_msg_id, "o1");
  EXPECT_FALSE(queue.pop(began));
}

TEST(RequestQueue, CountsTheRequestsThatHadToWait) {
  RequestQueue queue;
  queue.push(of_type(historical, "h1"));
  queue.push(of_type(historical, "h2"));
  EXPECT_EQ(queue.pop(began)->client_msg_id, "h1");
  EXPECT_EQ(queue.held_back(), 0U);

  EXPECT_FALSE(queue.pop(began));
  EXPECT_FALSE(queue.pop(began));
  EXPECT_EQ(queue.held_back(), 1U) << "once each";
  queue.push(of_type(historical, "h3"));
  EXPECT_EQ(queue.pop(began + 1s)->client_msg_id, "h2");
  EXPECT_FALSE(queue.pop(began + 1s));
  EXPECT_EQ(queue.held_back(), 2U);
}

TEST(RequestQueue, OneClassGoesInOrder) {
  RequestQueue queue;
  for (const auto* id : {"1", "2", "3"}) queue.push(of_type(ordinary, id));

  EXPECT_EQ(queue.pop(began)->client_msg_id, "1");
  EXPECT_EQ(queue.pop(began + 1s)->client_msg_id, "2");
  EXPECT_EQ(queue.pop(began + 2s)->client_msg_id, "3");
}

TEST(RequestQueue, TheLogInGoesBeforeSubscriptionsAndTheseBeforeBulk) {
  RequestQueue queue;
  for (const std::uint32_t type : {2116U, 2156U, 2127U, 2102U, 2114U}) queue.push(of_type(type));

  std::vector<std::uint32_t> order;
  for (auto now = began; !queue.empty(); now += 1s) {
    order.push_back(queue.pop(now)->request.payload_type);
  }

  EXPECT_THAT(order, ElementsAre(2102, 2156, 2127, 2116, 2114));
}

TEST(RequestQueue, AnAnswerTellsThatWhatWasSentBeforeHasArrivedToo) {
  RequestQueue queue;
  for (const auto* id : {"1", "2", "3", "4", "5", "6"}) queue.push(of_type(historical, id));
  for (auto now = began; now < began + 5s; now += 1s) ASSERT_TRUE(queue.pop(now));
  ASSERT_FALSE(queue.pop(began + 5s)) << "all five may still arrive together";

  queue.answered("4", began + 6s);

  EXPECT_FALSE(queue.pop(began + 6s));
  EXPECT_EQ(queue.next_due(), began + 7s);
  EXPECT_TRUE(queue.pop(began + 7s));
}

TEST(RequestQueue, ANewConnectionWaitsForNoAnswersOfTheOldOne) {
  RequestQueue queue;
  for (const auto* id : {"1", "2", "3", "4", "5", "6"}) queue.push(of_type(historical, id));
  for (auto now = began; now < began + 5s; now += 1s) ASSERT_TRUE(queue.pop(now));

  queue.disconnected(began + 6s);

  EXPECT_EQ(queue.next_due(), began + 7s);
}

TEST(RequestQueue, TheLimitsGoOnOverAReconnect) {
  RequestQueue queue;
  queue.push(of_type(ordinary, "before"));
  ASSERT_TRUE(queue.pop(began));

  queue.clear();
  queue.disconnected(began);
  queue.push(of_type(ordinary, "after"));

  EXPECT_FALSE(queue.pop(began));
  EXPECT_TRUE(queue.pop(began + 22ms));
}

TEST(RequestQueue, AHeartbeatPassesTheLimits) {
  RequestQueue queue;
  queue.push(of_type(ordinary));
  ASSERT_TRUE(queue.pop(began));
  queue.push(of_type(ordinary));
  queue.push(of_type(heartbeat_type));

  EXPECT_EQ(queue.pop(began)->request.payload_type, heartbeat_type);
}

TEST(RequestQueue, APausedTypeLetsOthersPass) {
  RequestQueue queue;
  queue.pause(ordinary, began + 3s);
  queue.push(of_type(ordinary));
  queue.push(of_type(2156));

  EXPECT_EQ(queue.pop(began)->request.payload_type, 2156U);
  EXPECT_FALSE(queue.pop(began + 2s));
  EXPECT_EQ(queue.next_due(), began + 3s);
  EXPECT_TRUE(queue.pop(began + 3s));
}

TEST(Pending, GivesBackWhatWasAskedForOnce) {
  Pending<int> pending("p-");
  const auto first = pending.add(1);
  const auto second = pending.add(2);

  EXPECT_NE(first, second);
  EXPECT_EQ(pending.complete(second), 2);
  EXPECT_EQ(pending.complete(second), std::nullopt);
  EXPECT_EQ(pending.complete("not ours"), std::nullopt);
  EXPECT_EQ(pending.complete(first), 1);
}

TEST(Pending, ExpiresWhatWasSentAndNotAnswered) {
  Pending<int> pending("p-");
  const auto first = pending.add(1);
  const auto second = pending.add(2);
  const auto unsent = pending.add(3);
  pending.sent(first, began + 1s);
  pending.sent(second, began + 2s);

  EXPECT_EQ(pending.next_deadline(), began + 1s);
  EXPECT_THAT(pending.expire(began + 1s), ElementsAre(Pair(first, 1)));
  EXPECT_THAT(pending.expire(began + 1s), IsEmpty());
  EXPECT_THAT(pending.expire(began + 100h), ElementsAre(Pair(second, 2)));
  EXPECT_THAT(pending.take_all(), ElementsAre(Pair(unsent, 3)));
}

TEST(Backoff, StaysBetweenASecondAndAMinute) {
  for (const double random : {0.0, 0.5, 0.999}) {
    Backoff backoff([random] { return random; });
    for (int i = 0; i < 20; ++i) {
      const auto delay = backoff.next();
      EXPECT_GE(delay, 1s);
      EXPECT_LE(delay, 60s);
    }
    backoff.reset();
    EXPECT_LT(backoff.next(), 1300ms);
  }
}

}  // namespace
}  // namespace depthwire::ctrader
