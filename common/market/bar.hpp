#pragma once

#include "common/market/types.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace depthwire::market {

/// Lengths of bars. The numbers are those of depthwire.bus.Period.
enum class Period : std::uint8_t {
  s1 = 1,
  m1,
  m2,
  m3,
  m4,
  m5,
  m10,
  m15,
  m30,
  h1,
  h4,
  h12,
  d1,
  w1,
  mn1,
};

/// Open, high, low and close of one side.
struct Prices {
  Price open;
  Price high;
  Price low;
  Price close;
  bool operator==(const Prices&) const = default;
  template <class Archive>
  void serialize(Archive& archive) {
    archive(open, high, low, close);
  }
};

/// A bar of quotes, bid and ask apart.
struct Bar {
  Period period = Period::m1;
  std::int64_t open_time_ns = 0;
  std::optional<Prices> bid;
  std::optional<Prices> ask;
  std::uint64_t tick_count = 0;  ///< quote changes; one event that moves both sides counts two
  bool operator==(const Bar&) const = default;
  template <class Archive>
  void serialize(Archive& archive) {
    archive(period, open_time_ns, bid, ask, tick_count);
  }
};

}  // namespace depthwire::market
