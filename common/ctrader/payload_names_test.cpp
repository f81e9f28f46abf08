#include "common/ctrader/payload_names.hpp"

#include <gtest/gtest.h>

namespace depthwire::ctrader {
namespace {

TEST(PayloadNames, APayloadTypeIsKnownByItsMessageItsConstantAndItsNumber) {
  EXPECT_EQ(payload_type_of("ProtoOASpotEvent"), 2131U);
  EXPECT_EQ(payload_type_of("PROTO_OA_SPOT_EVENT"), 2131U);
  EXPECT_EQ(payload_type_of("2131"), 2131U);
}

TEST(PayloadNames, MessagesAndConstantsOfDifferentNamesMeetInTheNumber) {
  EXPECT_EQ(payload_type_of("ProtoOAGetTickDataReq"), 2145U);
  EXPECT_EQ(payload_type_of("PROTO_OA_GET_TICKDATA_REQ"), 2145U);
  EXPECT_EQ(payload_type_of("ProtoOAGetDynamicLeverageByIDReq"), 2177U);
  EXPECT_EQ(payload_type_of("ProtoHeartbeatEvent"), 51U);
  EXPECT_EQ(payload_type_of("ERROR_RES"), 50U);
}

TEST(PayloadNames, WhatIsNoneIsNotFound) {
  for (const auto* name : {"", "Spot", "protooaspotevent", "-1", "2131x"}) {
    EXPECT_FALSE(payload_type_of(name)) << name;
  }
  EXPECT_EQ(payload_type_of("9999"), 9999U);
  EXPECT_EQ(message_of(9999), nullptr);
}

TEST(PayloadNames, ANumberHasTheNameOfItsMessage) {
  EXPECT_EQ(payload_name(2100), "ProtoOAApplicationAuthReq");
  EXPECT_EQ(payload_name(9999), "unknown");
}

}  // namespace
}  // namespace depthwire::ctrader
