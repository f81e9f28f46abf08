#include "common/replay/replay.hpp"

#include <gtest/gtest.h>

namespace depthwire::replay {
namespace {

std::int64_t ns(std::string_view text) {
  const auto bound = parse_bound(text);
  return bound && std::holds_alternative<Instant>(*bound) ? std::get<Instant>(*bound).ns : -1;
}

TEST(Bound, APositionIsEpochAndOffset) {
  EXPECT_EQ(parse_position("1732190000123:45"), (journal::Position{1'732'190'000'123, 45}));
  EXPECT_EQ(std::get<journal::Position>(*parse_bound("7:1")), (journal::Position{7, 1}));
}

TEST(Bound, ATimeIsUtcAndAsExactAsItIsWritten) {
  EXPECT_EQ(ns("1970-01-02"), 86'400'000'000'000);
  EXPECT_EQ(ns("2023-11-14T22:13"), 1'699'999'980'000'000'000);
  EXPECT_EQ(ns("2023-11-14T22:13:20Z"), 1'700'000'000'000'000'000);
  EXPECT_EQ(ns("2023-11-14 22:13:20.000000001"), 1'700'000'000'000'000'001);
  EXPECT_EQ(ns("2023-11-14T22:13:20.5Z"), 1'700'000'000'500'000'000);
}

TEST(Bound, WhatIsNeitherIsRefused) {
  for (const auto* text :
       {"", "7", "7:", ":7", "7:8:9", "-7:8", "yesterday", "2023-13-01", "2023-02-29", "2023-1-1",
        "2023-11-14T", "2023-11-14T24:00", "2023-11-14T22:60", "2023-11-14T22:13:60",
        "2023-11-14T22:13:20.", "2023-11-14T22:13:20.0000000001", "2023-11-14T22:13+01:00",
        "99999999999999999999:1"}) {
    EXPECT_FALSE(parse_bound(text)) << text;
  }
}

}  // namespace
}  // namespace depthwire::replay
