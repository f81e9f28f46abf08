#include "simulator/faults/request_faults.hpp"

#include <gtest/gtest.h>

namespace depthwire::simulator {
namespace {

using namespace std::chrono_literals;

constexpr RequestFaults::TimePoint commanded{std::chrono::hours(1)};
constexpr std::chrono::system_clock::time_point wall{1'789'757'100'309ms};
constexpr std::uint32_t symbols_list = 2114;
constexpr std::uint32_t trader = 2121;

RequestFaults::Refusal refusal(const std::optional<RequestFaults::Instead>& instead) {
  const auto* refusal = instead ? std::get_if<RequestFaults::Refusal>(&*instead) : nullptr;
  return refusal == nullptr ? RequestFaults::Refusal{.code = "none"} : *refusal;
}

TEST(RequestFaults, WithoutAFaultEveryRequestIsServed) {
  RequestFaults faults;

  EXPECT_FALSE(faults.take(symbols_list, commanded));
}

TEST(RequestFaults, SoManyRequestsOfTheTypeGetTheError) {
  RequestFaults faults;
  faults.apply(ErrorReply{"MARKET_CLOSED", symbols_list, 2});

  EXPECT_FALSE(faults.take(trader, commanded));
  EXPECT_EQ(refusal(faults.take(symbols_list, commanded)).code, "MARKET_CLOSED");
  EXPECT_EQ(refusal(faults.take(symbols_list, commanded)).code, "MARKET_CLOSED");
  EXPECT_FALSE(faults.take(symbols_list, commanded));
}

TEST(RequestFaults, WhatWasCommandedFirstComesFirst) {
  RequestFaults faults;
  faults.apply(Ignore{symbols_list, 1});
  faults.apply(ErrorReply{"NO_QUOTES", symbols_list, 1});

  const auto first = faults.take(symbols_list, commanded);

  ASSERT_TRUE(first);
  EXPECT_TRUE(std::holds_alternative<RequestFaults::NoAnswer>(*first));
  EXPECT_EQ(refusal(faults.take(symbols_list, commanded)).code, "NO_QUOTES");
}

TEST(RequestFaults, ALimitedTypeSaysWhenItIsOpenAgain) {
  RequestFaults faults;
  faults.apply(LimitRate{symbols_list, 2500ms}, commanded);

  const auto blocked = refusal(faults.take(symbols_list, commanded));

  EXPECT_EQ(blocked.code, "BLOCKED_PAYLOAD_TYPE");
  EXPECT_EQ(blocked.retry_after_seconds, 3U);
  EXPECT_FALSE(faults.take(trader, commanded));
  EXPECT_FALSE(faults.take(symbols_list, commanded + 2500ms));
}

TEST(RequestFaults, MaintenanceRefusesEverythingAndTellsItsEnd) {
  RequestFaults faults;
  faults.apply(Maintenance{10s}, commanded, wall);

  const auto in_ms = refusal(faults.take(trader, commanded + 9s));
  faults.apply(Maintenance{10s, true}, commanded, wall);
  const auto in_seconds = refusal(faults.take(trader, commanded + 9s));

  EXPECT_EQ(in_ms.code, "SERVER_IS_UNDER_MAINTENANCE");
  EXPECT_EQ(in_ms.maintenance_end, 1'789'757'110'309);
  EXPECT_EQ(in_seconds.maintenance_end, 1'789'757'111);
  EXPECT_FALSE(faults.take(trader, commanded + 10s));
}

TEST(RequestFaults, ClearEndsThemAll) {
  RequestFaults faults;
  faults.apply(Maintenance{10s}, commanded, wall);
  faults.apply(LimitRate{trader, 10s}, commanded);
  faults.apply(ErrorReply{"NO_QUOTES", trader, 5});

  faults.clear();

  EXPECT_FALSE(faults.take(trader, commanded));
}

}  // namespace
}  // namespace depthwire::simulator
