#include "simulator/ctl.hpp"

#include "simulator/config.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace depthwire::simulator {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

CtlArguments split(const std::vector<std::string>& arguments) {
  Config config;
  return split_ctl(arguments, config::describe("simulator", "", config));
}

TEST(Ctl, TheFaultIsWhatFollowsTheOptions) {
  const auto plain = split({"stall", "5s"});
  const auto with_options = split({"--config", "a.yaml", "--state", "here", "stall", "5s"});

  EXPECT_THAT(plain.options, IsEmpty());
  EXPECT_EQ(plain.fault, "stall 5s");
  EXPECT_THAT(with_options.options,
              ElementsAre("--config", "a.yaml", "--set", "simulator.state=here"));
  EXPECT_EQ(with_options.fault, "stall 5s");
}

TEST(Ctl, HelpIsAnOption) {
  EXPECT_THAT(split({"--help"}).options, ElementsAre("--help"));
  EXPECT_EQ(split({"--help"}).fault, "");
}

TEST(Ctl, WhatIsNoFaultIsAUsageError) {
  EXPECT_EQ(ctl("depthwire-sim", {"stal", "5s"}), 64);
  EXPECT_EQ(ctl("depthwire-sim", {}), 64);
}

TEST(Ctl, NobodyThereIsUnavailable) {
  EXPECT_EQ(ctl("depthwire-sim", {"--state", "/nonexistent", "drop"}), 69);
}

}  // namespace
}  // namespace depthwire::simulator
