#include "simulator/market/past.hpp"

#include "common/market/trading_day.hpp"

#include <algorithm>

namespace depthwire::simulator {
namespace {

using market::Price;

constexpr std::int64_t minute_ns = 60'000'000'000;
constexpr std::int64_t minute_ms = 60'000;
// Waves of 1, 4, 16, ... minutes, each twice as high as the one before, as a random walk has them.
constexpr unsigned waves = 9;
// What a number is drawn for: the waves take the first numbers.
constexpr std::uint64_t for_count = 100;
constexpr std::uint64_t for_tick = 200;

std::int64_t floor_div(std::int64_t value, std::int64_t unit) {
  return value / unit - (value % unit < 0 ? 1 : 0);
}

std::uint64_t mix(std::uint64_t value) {  // splitmix64
  value += 0x9E3779B97F4A7C15ULL;
  value = (value ^ (value >> 30U)) * 0xBF58476D1CE4E5B9ULL;
  value = (value ^ (value >> 27U)) * 0x94D049BB133111EBULL;
  return value ^ (value >> 31U);
}

std::uint64_t seed_of_name(std::uint64_t seed, const std::string& name) {
  std::uint64_t hash = mix(seed);
  for (const char c : name) hash = mix(hash ^ static_cast<unsigned char>(c));
  return hash;
}

std::int64_t tick_points(int digits) {
  std::int64_t points = 1;
  for (; digits < 5; ++digits) points *= 10;
  return points;
}

}  // namespace

Past::Past(const SymbolInfo& info, const PastSettings& settings)
    : seed_{seed_of_name(settings.seed, info.name)},
      first_{floor_div(settings.end_ns - settings.length_ns, minute_ns)},
      end_{floor_div(settings.end_ns, minute_ns)},
      tick_points_{tick_points(info.digits)} {
  if (!info.opening.bid || !info.opening.ask) {
    first_ = end_;
    return;
  }
  opening_ = (info.opening.bid->points + info.opening.ask->points) / 2;
  half_spread_ = std::max<std::int64_t>(0, info.opening.ask->points - info.opening.bid->points) / 2;
  swing_ = std::max<std::int64_t>(opening_ / 20'000, 1);
  wave_at_end_ = wave(end_);
}

std::uint64_t Past::random(std::uint64_t what, std::int64_t index) const {
  return mix(seed_ ^ mix(what * 0x9E3779B97F4A7C15ULL ^ static_cast<std::uint64_t>(index)));
}

/// How far the mid is from its middle at the beginning of `minute`, in points; at most 511 swings.
std::int64_t Past::wave(std::int64_t minute) const {
  std::int64_t sum = 0;
  for (unsigned i = 0; i < waves; ++i) {
    const std::int64_t period = std::int64_t{1} << (2 * i);
    const std::int64_t height = swing_ << i;
    const auto knot = floor_div(minute, period);
    const auto at = [&](std::int64_t index) {
      return static_cast<std::int64_t>(random(i, index) %
                                       static_cast<std::uint64_t>(2 * height + 1)) -
             height;
    };
    const auto into = minute - knot * period;
    sum += at(knot) + (into == 0 ? 0 : (at(knot + 1) - at(knot)) * into / period);
  }
  return sum;
}

bool Past::is_open(std::int64_t minute) const {
  // Closed are the two days that begin on Friday and on Saturday at 17:00.
  const auto hour = market::new_york_hour_of_week(minute * minute_ns);
  return hour >= 17 && hour < 5 * 24 + 17;
}

void Past::ticks(std::int64_t minute, std::vector<PastTick>& ticks) const {
  ticks.clear();
  if (minute < first_ || minute >= end_ || !is_open(minute)) return;
  const auto begin = opening_ - wave_at_end_ + wave(minute);
  const auto end = opening_ - wave_at_end_ + wave(minute + 1);
  const auto count = 4 + static_cast<std::int64_t>(random(for_count, minute) % 8);
  const auto slot = minute_ms / count;
  for (std::int64_t i = 0; i < count; ++i) {
    const auto dice = random(for_tick + static_cast<std::uint64_t>(i), minute);
    const auto into = i * slot + static_cast<std::int64_t>(dice % static_cast<std::uint64_t>(slot));
    const auto jitter = static_cast<std::int64_t>((dice >> 20U) % 3) - 1;
    const auto mid = begin + (end - begin) * into / minute_ms + jitter * tick_points_;
    const auto bid = std::max(floor_div(mid - half_spread_, tick_points_), std::int64_t{1});
    const auto ask = std::max(-floor_div(-(mid + half_spread_), tick_points_), bid);
    auto& tick = ticks.emplace_back(PastTick{minute * minute_ms + into, {}});
    const auto sides = i == 0 ? 0 : (dice >> 40U) % 3;  // both, or one of them
    if (sides != 1) tick.spot.bid = Price{bid * tick_points_};
    if (sides != 2) tick.spot.ask = Price{ask * tick_points_};
  }
}

std::optional<Bar> Past::bar(std::int64_t minute) const {
  thread_local std::vector<PastTick> found;
  ticks(minute, found);
  if (found.empty()) return std::nullopt;
  BarBuilder builder(Period::m1, 1);
  for (const auto& tick : found) builder.add(tick.time_ms * 1'000'000, tick.spot);
  return builder.bars().back();
}

}  // namespace depthwire::simulator
