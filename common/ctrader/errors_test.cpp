#include "common/ctrader/errors.hpp"

#include "proto/ctrader/common.pb.h"
#include "proto/ctrader/messages.pb.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

namespace depthwire::ctrader {
namespace {

using namespace std::chrono_literals;

TEST(Errors, EachCodeHasItsClass) {
  EXPECT_EQ(classify("CH_CLIENT_AUTH_FAILURE"), ErrorClass::permanent);
  EXPECT_EQ(classify("RET_ACCOUNT_DISABLED"), ErrorClass::permanent);
  EXPECT_EQ(classify("CH_ACCESS_TOKEN_INVALID"), ErrorClass::reauthenticate);
  EXPECT_EQ(classify("ACCOUNT_NOT_AUTHORIZED"), ErrorClass::reauthenticate);
  EXPECT_EQ(classify("ALREADY_SUBSCRIBED"), ErrorClass::already_done);
  EXPECT_EQ(classify("REQUEST_FREQUENCY_EXCEEDED"), ErrorClass::throttled);
  EXPECT_EQ(classify("CANT_ROUTE_REQUEST"), ErrorClass::transient);
  EXPECT_EQ(classify("MARKET_CLOSED"), ErrorClass::business);
}

TEST(Errors, ACodeOutsideTheDocumentedOnesIsKeptVerbatim) {
  ProtoOAErrorRes message;
  message.set_errorcode("SOMETHING_NEW");
  const auto payload = message.SerializeAsString();

  const auto error = decode_error(Envelope{2142, payload, ""});

  EXPECT_EQ(to_string(error), "SOMETHING_NEW");
  EXPECT_EQ(classify(error.code), ErrorClass::business);
}

TEST(Errors, TheEndOfAMaintenanceIsInSecondsOrMilliseconds) {
  ProtoErrorRes in_seconds;
  in_seconds.set_errorcode("SERVER_IS_UNDER_MAINTENANCE");
  in_seconds.set_maintenanceendtimestamp(1'789'757'100);
  ProtoOAErrorRes in_milliseconds;
  in_milliseconds.set_errorcode("SERVER_IS_UNDER_MAINTENANCE");
  in_milliseconds.set_maintenanceendtimestamp(1'789'757'100'000);
  const auto first = in_seconds.SerializeAsString();
  const auto second = in_milliseconds.SerializeAsString();

  EXPECT_EQ(decode_error(Envelope{50, first, ""}).maintenance_end_ms, 1'789'757'100'000);
  EXPECT_EQ(decode_error(Envelope{2142, second, ""}).maintenance_end_ms, 1'789'757'100'000);
}

TEST(Errors, AnEndOfAMaintenanceThatNoClockShowsIsStillATime) {
  ProtoErrorRes message;
  message.set_errorcode("SERVER_IS_UNDER_MAINTENANCE");
  message.set_maintenanceendtimestamp(std::numeric_limits<std::uint64_t>::max());
  const auto payload = message.SerializeAsString();

  EXPECT_EQ(decode_error(Envelope{50, payload, ""}).maintenance_end_ms,
            std::numeric_limits<std::int64_t>::max());
}

TEST(Errors, AnAccountThatIsNotAuthorizedMayBeToldInWordsOnly) {
  const auto class_of = [](const std::string& code, const std::string& text) {
    return classify(BrokerError{.code = code, .description = text});
  };

  EXPECT_EQ(class_of("INVALID_REQUEST", "Trading account is not authorized"),
            ErrorClass::reauthenticate);
  EXPECT_EQ(class_of("INVALID_REQUEST", "no symbol id is given"), ErrorClass::business);
  EXPECT_EQ(class_of("ACCOUNT_NOT_AUTHORIZED", ""), ErrorClass::reauthenticate);
}

TEST(Errors, ThePauseIsWhatTheServerAsksForWithinReason) {
  constexpr std::int64_t now_ms = 1'789'757'100'000;
  const auto retry_after = [](std::uint64_t seconds) {
    return pause_asked_for({.retry_after_seconds = seconds}, now_ms);
  };
  const auto maintenance_until = [](std::int64_t end_ms) {
    return pause_asked_for({.maintenance_end_ms = end_ms}, now_ms);
  };

  EXPECT_EQ(pause_asked_for({}, now_ms), 0s);
  EXPECT_EQ(retry_after(3), 3s);
  EXPECT_EQ(retry_after(std::numeric_limits<std::uint64_t>::max()), 5min);
  EXPECT_EQ(maintenance_until(now_ms + 90'000), 90s);
  EXPECT_EQ(maintenance_until(now_ms - 90'000), 0s);
  EXPECT_EQ(maintenance_until(std::numeric_limits<std::int64_t>::max()), 15min);
}

TEST(Errors, AnOrderErrorIsReadToo) {
  ProtoOAOrderErrorEvent message;
  message.set_ctidtraderaccountid(1);
  message.set_errorcode("ORDER_NOT_FOUND");
  message.set_description("no order 7");
  const auto payload = message.SerializeAsString();

  EXPECT_EQ(to_string(decode_error(Envelope{2132, payload, ""})), "ORDER_NOT_FOUND: no order 7");
}

TEST(Errors, WhatCannotBeReadIsStillAnError) {
  EXPECT_EQ(decode_error(Envelope{2142, "\x08", ""}).code, "UNKNOWN_ERROR");
}

}  // namespace
}  // namespace depthwire::ctrader
