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

constexpr std::uint32_t ordinary = 2127;
constexpr std::uint32_t historical = 2137;
constexpr std::uint32_t heartbeat_type = 51;

const TimePoint began{1000h};

QueuedRequest of_type(std::uint32_t type, const std::string& id = "") {
  return {Request{type, ""}, id};
}

/// Sends all that may go in `span`, as fast as allowed; gives the number of each type.
std::map<std::uint32_t, int> drain(RequestQueue& queue, Duration span) {
  std::map<std::uint32_t, int> sent;
  for (auto now = began; now < began + span;) {
    while (const auto request = queue.pop(now)) ++sent[request->request.payload_type];
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
  queue.push(of_type(ordinary, "o1"));

  EXPECT_EQ(queue.pop(began)->client_msg_id, "h1");
  EXPECT_EQ(queue.pop(began)->client_msg_id, "o1");
  EXPECT_FALSE(queue.pop(began));
}

TEST(RequestQueue, OneClassGoesInOrder) {
  RequestQueue queue;
  for (const auto* id : {"1", "2", "3"}) queue.push(of_type(ordinary, id));

  EXPECT_EQ(queue.pop(began)->client_msg_id, "1");
  EXPECT_EQ(queue.pop(began + 1s)->client_msg_id, "2");
  EXPECT_EQ(queue.pop(began + 2s)->client_msg_id, "3");
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
  const auto first = pending.add(1, began);
  const auto second = pending.add(2, began);

  EXPECT_NE(first, second);
  EXPECT_EQ(pending.complete(second), 2);
  EXPECT_EQ(pending.complete(second), std::nullopt);
  EXPECT_EQ(pending.complete("not ours"), std::nullopt);
  EXPECT_EQ(pending.complete(first), 1);
}

TEST(Pending, ExpiresWhatWasNotAnswered) {
  Pending<int> pending("p-");
  std::ignore = pending.add(1, began + 1s);
  std::ignore = pending.add(2, began + 2s);

  EXPECT_THAT(pending.expire(began + 1s), ElementsAre(1));
  EXPECT_THAT(pending.expire(began + 1s), IsEmpty());
  EXPECT_THAT(pending.take_all(), ElementsAre(2));
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
