#include "simulator/faults/wire_faults.hpp"

#include "proto/ctrader/common.pb.h"

#include <gtest/gtest.h>

namespace depthwire::simulator {
namespace {

using namespace std::chrono_literals;

constexpr WireFaults::TimePoint start{std::chrono::hours(1)};

TEST(WireFaults, WithoutAFaultAllGoesOutAtOnce) {
  WireFaults wire;

  EXPECT_EQ(wire.next(1000, start).bytes, 1000U);
}

TEST(WireFaults, AStalledConnectionSendsNothingUntilItsEnd) {
  WireFaults wire;
  wire.apply(Stall{5s}, start);

  EXPECT_EQ(wire.next(10, start).again, start + 5s);
  EXPECT_EQ(wire.next(10, start + 4999ms).again, start + 5s);
  EXPECT_EQ(wire.next(10, start + 5s).bytes, 10U);
}

TEST(WireFaults, ASplitConnectionSendsByteByByte) {
  WireFaults wire;
  wire.apply(Split{1s}, start);

  EXPECT_EQ(wire.next(10, start).bytes, 1U);
  EXPECT_EQ(wire.next(9, start + 999ms).bytes, 1U);
  EXPECT_EQ(wire.next(8, start + 1s).bytes, 8U);
}

TEST(WireFaults, AJoiningConnectionSendsAllThatHasComeTwiceASecond) {
  WireFaults wire;
  wire.apply(Join{1200ms}, start);

  EXPECT_EQ(wire.next(10, start).again, start + 500ms);
  EXPECT_EQ(wire.next(30, start + 500ms).bytes, 30U);
  EXPECT_EQ(wire.next(5, start + 501ms).again, start + 1s);
  EXPECT_EQ(wire.next(20, start + 1s).bytes, 20U);
  EXPECT_EQ(wire.next(5, start + 1001ms).again, start + 1200ms) << "not beyond the fault's end";
  EXPECT_EQ(wire.next(5, start + 1200ms).bytes, 5U);
}

TEST(WireFaults, ASlowConnectionKeepsItsRate) {
  WireFaults wire;
  wire.apply(Slow{200, 10s}, start);

  const auto first = wire.next(100, start);
  const auto second = wire.next(90, start);
  const auto third = wire.next(90, start + 50ms);

  EXPECT_EQ(first.bytes, 10U);  // 1/20 of 200
  EXPECT_EQ(second.again, start + 50ms);
  EXPECT_EQ(third.bytes, 10U);
}

TEST(WireFaults, TheSlowestRateIsAByteASecond) {
  WireFaults wire;
  wire.apply(Slow{1, 10s}, start);

  EXPECT_EQ(wire.next(100, start).bytes, 1U);
  EXPECT_EQ(wire.next(99, start).again, start + 1s);
}

TEST(WireFaults, SeveralFaultsAreAllObeyed) {
  WireFaults wire;
  wire.apply(Split{10s}, start);
  wire.apply(Stall{1s}, start);

  EXPECT_EQ(wire.next(10, start).again, start + 1s);
  EXPECT_EQ(wire.next(10, start + 1s).bytes, 1U);
  wire.clear();
  EXPECT_EQ(wire.next(10, start + 1s).bytes, 10U);
}

TEST(WireFaults, AnInjectedFrameIsWhatItsNameSays) {
  const auto garbage = wire_bytes(Garbage{});
  ctrader::ProtoMessage message;

  ASSERT_EQ(garbage.size(), 4U + 64U);
  EXPECT_EQ(garbage.substr(0, 4), std::string("\0\0\0\x40", 4));
  EXPECT_FALSE(message.ParsePartialFromString(garbage.substr(4)));
  EXPECT_EQ(wire_bytes(EmptyFrame{}), std::string("\0\0\0\0", 4));
  EXPECT_EQ(wire_bytes(Oversize{}), std::string("\x04\0\0\0", 4));
}

}  // namespace
}  // namespace depthwire::simulator
