#include "cli/topic_kind.hpp"

#include "common/service/exit_error.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace depthwire::cli {
namespace {

using ::testing::HasSubstr;

std::string refusal(const std::string& text) {
  try {
    return "taken as " + topic_kind(text);
  } catch (const service::ExitError& error) {
    EXPECT_EQ(error.code(), service::exit_code::usage);
    return error.what();
  }
}

TEST(TopicKind, AKindIsNamedByItselfOrByTheBrokersMessage) {
  for (const auto kind : topic_kinds) EXPECT_EQ(topic_kind(std::string(kind)), kind);
  for (const auto* name : {"ProtoOASpotEvent", "PROTO_OA_SPOT_EVENT", "2131"}) {
    EXPECT_EQ(topic_kind(name), "spot") << name;
  }
  EXPECT_EQ(topic_kind("ProtoOADepthEvent"), "depth");
  EXPECT_EQ(topic_kind("PROTO_OA_EXECUTION_EVENT"), "account");
  EXPECT_EQ(topic_kind(""), "") << "any";
}

TEST(TopicKind, WhatNamesNoneIsRefusedWithWhatThereIs) {
  EXPECT_THAT(refusal("spott"), HasSubstr("there is no spott; known: spot, depth"));
  EXPECT_THAT(refusal("ProtoOAVersionRes"), HasSubstr("no records are made of ProtoOAVersionRes"));
  EXPECT_THAT(refusal("4711"), HasSubstr("there is no 4711"));
}

}  // namespace
}  // namespace depthwire::cli
