#include "simulator/faults/parse.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace depthwire::simulator {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::HasSubstr;

template <class Kind>
Kind parsed(std::string_view line) {
  const auto fault = parse_fault(line);
  if (!fault) {
    ADD_FAILURE() << fault.error();
    return {};
  }
  const auto* kind = std::get_if<Kind>(&*fault);
  if (kind == nullptr) {
    ADD_FAILURE() << line << " is another fault";
    return {};
  }
  return *kind;
}

std::string error(std::string_view line) {
  const auto fault = parse_fault(line);
  return fault ? "no error" : fault.error();
}

TEST(ParseFault, ArgumentsComeInTheOrderOfTheHelp) {
  const auto slow = parsed<Slow>("slow 1000 5s");
  const auto reply = parsed<ErrorReply>("error MARKET_CLOSED ProtoOASymbolsListReq 3");

  EXPECT_EQ(parsed<Stall>("  stall\t250ms ").time, 250ms);
  EXPECT_EQ(slow.bytes_per_second, 1000U);
  EXPECT_EQ(slow.time, 5s);
  EXPECT_EQ(reply.code, "MARKET_CLOSED");
  EXPECT_EQ(reply.payload_type, 2114U);
  EXPECT_EQ(reply.count, 3U);
}

TEST(ParseFault, APayloadTypeIsNamedByItsMessageItsConstantOrItsNumber) {
  for (const auto* name : {"ProtoOASpotEvent", "PROTO_OA_SPOT_EVENT", "2131"}) {
    EXPECT_EQ(parsed<Ignore>("ignore " + std::string(name)).payload_type, 2131U) << name;
  }
}

TEST(ParseFault, WhatMayBeLeftOutHasADefault) {
  EXPECT_EQ(parsed<Restart>("restart").time, 1s);
  EXPECT_EQ(parsed<ErrorReply>("error X 2114").count, 1U);
  EXPECT_EQ(parsed<TokenInvalidation>("token-invalidation").time, 0ms);
  EXPECT_EQ(parsed<TokenInvalidation>("token-invalidation 5s").account_id, std::nullopt);
  EXPECT_EQ(parsed<TokenInvalidation>("token-invalidation 5s 1000002").account_id, 1'000'002);
  EXPECT_EQ(parsed<AccountDisconnect>("account-disconnect").account_id, std::nullopt);
  EXPECT_EQ(parsed<AccountDisconnect>("account-disconnect 1000002").account_id, 1'000'002);
  EXPECT_EQ(parsed<SpoilBars>("spoil-bars").count, 1U);
  EXPECT_EQ(parsed<SpoilBars>("spoil-bars 3").count, 3U);
  EXPECT_FALSE(parsed<Maintenance>("maintenance 1m").end_in_seconds);
  EXPECT_TRUE(parsed<Maintenance>("maintenance 1m seconds").end_in_seconds);
}

TEST(ParseFault, AMistakeIsToldWithWhatToWrite) {
  EXPECT_EQ(
      error("stall"),
      "stall: expected a time up to 1d such as 250ms, 5s or 1m, got nothing; write: stall TIME");
  EXPECT_EQ(error("drop now"), "drop: expected nothing more, got \"now\"; write: drop");
  EXPECT_THAT(error("stall 0s"), HasSubstr("got \"0s\""));
  EXPECT_THAT(error("slow -1 5s"), HasSubstr("expected a whole number above 0, got \"-1\""));
  EXPECT_THAT(error("account-disconnect main"), HasSubstr("write: account-disconnect [ACCOUNT]"));
  EXPECT_THAT(error("ignore Spot"), HasSubstr("expected a payload type such as ProtoOASpotEvent"));
  EXPECT_THAT(error("error closed 2114"), HasSubstr("expected an error code"));
  EXPECT_THAT(error("maintenance 1m minutes"), HasSubstr("expected \"seconds\" or nothing"));
}

TEST(ParseFault, AnUnknownFaultIsAnsweredWithTheNearestOrWithAll) {
  EXPECT_EQ(error("stal 5s"), "no fault is called \"stal\"; did you mean stall?");
  EXPECT_THAT(error("xyzzyplugh"), AllOf(HasSubstr("known are drop, stall"), HasSubstr("clear")));
  EXPECT_EQ(error(""), "no fault is named; `depthwire-sim ctl --help`");
}

TEST(ParseFault, TheHelpHasALineForEachFault) {
  const auto help = faults_help();

  EXPECT_THAT(help, HasSubstr("  stall TIME                      send nothing"));
  EXPECT_EQ(static_cast<std::size_t>(std::count(help.begin(), help.end(), '\n')),
            std::variant_size_v<Fault>);
}

TEST(ParseScript, LinesAreTimesAndFaultsInOrderOfTheirTimes) {
  const auto script = parse_script(
      "# what is to happen\n"
      "10 drop\n"
      "\n"
      "0.25  stall 5s  # before it\n"
      "10 clear");

  ASSERT_TRUE(script) << script.error();
  ASSERT_EQ(script->size(), 3U);
  EXPECT_EQ(script->at(0).at, 250ms);
  EXPECT_TRUE(std::holds_alternative<Stall>(script->at(0).fault));
  EXPECT_EQ(script->at(1).text, "drop");
  EXPECT_TRUE(std::holds_alternative<Clear>(script->at(2).fault));
}

TEST(ParseScript, AMistakeIsToldWithItsLine) {
  EXPECT_EQ(parse_script("1 drop\n2 stall").error(),
            "line 2: stall: expected a time up to 1d such as 250ms, 5s or 1m, got nothing; "
            "write: stall TIME");
  EXPECT_EQ(parse_script("\ndrop").error(),
            "line 2: expected seconds since the start, then a fault, got \"drop\"");
  EXPECT_FALSE(parse_script("-1 drop"));
  EXPECT_FALSE(parse_script("1"));
}

}  // namespace
}  // namespace depthwire::simulator
