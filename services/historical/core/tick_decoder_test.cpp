#include "services/historical/core/tick_decoder.hpp"

#include "common/ctrader/decode.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

namespace depthwire::historical {
namespace {

using market::Price;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

ctrader::ProtoOAGetTickDataRes answer(
    const std::vector<std::pair<std::int64_t, std::int64_t>>& elements) {
  ctrader::ProtoOAGetTickDataRes message;
  for (const auto& [time, tick] : elements) {
    auto* added = message.add_tickdata();
    added->set_timestamp(time);
    added->set_tick(tick);
  }
  return message;
}

// The golden frame of the protocol sheet: 114812 at ...309, 296 ms before it 1 less, 1459 ms before
// that 2 more.
TEST(TickDecoder, EachElementIsADifferenceToTheOneBefore) {
  const auto ticks = decode_ticks(answer({{1'789'757'100'309, 114'812}, {-296, -1}, {-1'459, 2}}));

  ASSERT_TRUE(ticks);
  EXPECT_THAT(*ticks, ElementsAre(PastTick{1'789'757'098'554, Price{114'813}},
                                  PastTick{1'789'757'100'013, Price{114'811}},
                                  PastTick{1'789'757'100'309, Price{114'812}}));
}

TEST(TickDecoder, SeveralTicksMayShareAMillisecond) {
  const auto ticks = decode_ticks(answer({{100, 5}, {0, 1}}));

  ASSERT_TRUE(ticks);
  EXPECT_THAT(*ticks, ElementsAre(PastTick{100, Price{6}}, PastTick{100, Price{5}}));
}

TEST(TickDecoder, NoTicksAreNoError) {
  const auto ticks = decode_ticks(answer({}));

  ASSERT_TRUE(ticks);
  EXPECT_THAT(*ticks, IsEmpty());
}

TEST(TickDecoder, RefusesWhatCannotBe) {
  EXPECT_EQ(decode_ticks(answer({{100, 5}, {1, 0}})).error(), TickError::time_runs_forward);
  EXPECT_EQ(decode_ticks(answer({{100, 5}, {-1, -5}})).error(), TickError::price_out_of_range);
  EXPECT_EQ(decode_ticks(answer({{100, 5}, {INT64_MIN, 0}, {INT64_MIN, 0}})).error(),
            TickError::time_out_of_range);
  EXPECT_EQ(decode_ticks(answer({{ctrader::latest_ms + 1, 5}})).error(),
            TickError::time_out_of_range);
}

TEST(TickDecoder, WhatIsEncodedAsTheBrokerDoesComesBack) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE(seed);
  std::mt19937 random(seed);
  for (int round = 0; round < 200; ++round) {
    std::vector<PastTick> ticks;
    std::int64_t time = 1'700'000'000'000;
    for (auto n = random() % 50; n > 0; --n) {
      time += static_cast<std::int64_t>(random() % 500);
      ticks.push_back({time, Price{100'000 + static_cast<std::int64_t>(random() % 1'000)}});
    }
    std::vector<std::pair<std::int64_t, std::int64_t>> wire;
    PastTick before;
    for (auto tick = ticks.rbegin(); tick != ticks.rend(); ++tick) {
      wire.emplace_back(tick->time_ms - before.time_ms, tick->price.points - before.price.points);
      before = *tick;
    }

    EXPECT_EQ(decode_ticks(answer(wire)), ticks);
  }
}

}  // namespace
}  // namespace depthwire::historical
