#include "simulator/arguments.hpp"

#include "simulator/config.hpp"
#include "simulator/texts.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace depthwire::simulator {
namespace {

using testing::ElementsAre;

std::vector<std::string> expanded(const std::vector<std::string>& arguments) {
  Config config;
  return with_short_options(arguments, config::describe("simulator", "", config));
}

TEST(Arguments, EverySettingIsAnOptionOfItsOwnName) {
  EXPECT_THAT(expanded({"--speed", "max", "--wait-for=4", "--health", "127.0.0.1:0"}),
              ElementsAre("--set", "simulator.speed=max", "--set", "simulator.wait_for=4", "--set",
                          "simulator.health=127.0.0.1:0"));
}

TEST(Arguments, ASwitchNeedsNoValue) {
  EXPECT_THAT(expanded({"--loop", "--extra-fields", "false", "--seed", "7"}),
              ElementsAre("--set", "simulator.loop=true", "--set", "simulator.extra_fields=false",
                          "--set", "simulator.seed=7"));
}

TEST(Arguments, TheOptionsOfEveryProcessAreLeftAlone) {
  EXPECT_THAT(expanded({"--config", "file.yaml", "--set", "log.level=debug", "--bogus", "1"}),
              ElementsAre("--config", "file.yaml", "--set", "log.level=debug", "--bogus", "1"));
}

TEST(Texts, AnAddressIsHostAndPort) {
  EXPECT_EQ(parse_address("0.0.0.0:5035"),
            (std::pair<std::string, std::uint16_t>{"0.0.0.0", 5035}));
  EXPECT_FALSE(parse_address("5035"));
  EXPECT_FALSE(parse_address("host:99999"));
}

TEST(Texts, JsonIsServedAtTheNextPortUnlessToldOtherwise) {
  using Address = std::pair<std::string, std::uint16_t>;
  EXPECT_EQ(json_address("127.0.0.1:5035", ""), (Address{"127.0.0.1", 5036}));
  EXPECT_EQ(json_address("127.0.0.1:0", ""), (Address{"127.0.0.1", 0}));
  EXPECT_EQ(json_address("127.0.0.1:5035", "0.0.0.0:7000"), (Address{"0.0.0.0", 7000}));
  EXPECT_FALSE(json_address("127.0.0.1:65535", ""));
  EXPECT_FALSE(json_address("127.0.0.1:5035", "7000"));
}

TEST(Texts, ASpeedIsAFactorOrMax) {
  EXPECT_EQ(parse_speed("10"), 10);
  EXPECT_EQ(parse_speed("0.5"), 0.5);
  EXPECT_EQ(parse_speed("max"), 0);
  for (const auto* text : {"", "0", "-1", "fast", "nan", "10x"}) {
    EXPECT_FALSE(parse_speed(text)) << text;
  }
}

TEST(Texts, SymbolsAreANumberOrNames) {
  EXPECT_EQ(parse_symbols("20")->count, 20U);
  EXPECT_THAT(parse_symbols("EURUSD, XAUUSD")->names, ElementsAre("EURUSD", "XAUUSD"));
  for (const auto* text : {"", "0", "1001", "A,,B", "A,A", ","}) {
    EXPECT_FALSE(parse_symbols(text)) << text;
  }
}

}  // namespace
}  // namespace depthwire::simulator
