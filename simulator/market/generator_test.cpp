#include "simulator/market/generator.hpp"

#include "common/market/book.hpp"
#include "simulator/market/market.hpp"

#include <gtest/gtest.h>

#include <map>

namespace depthwire::simulator {
namespace {

using market::Book;
using market::Side;

GeneratorSettings settings(std::uint64_t seed, std::size_t symbols = 1) {
  return {.symbols = profiles(symbols), .seed = seed};
}

struct Taken {
  std::int64_t time_ns;
  market::DepthUpdate depth;
  market::Spot spot;
  bool operator==(const Taken&) const = default;
};

std::vector<Taken> take(Generator& generator, int count) {
  std::vector<Taken> taken;
  Event event;
  for (int i = 0; i < count; ++i) {
    EXPECT_TRUE(generator.next(event));
    taken.push_back({event.time_ns, event.depth, event.spot});
  }
  return taken;
}

TEST(Generator, TheSameSeedGivesTheSameEvents) {
  Generator one(profile_of("EURUSD"), settings(7));
  Generator same(profile_of("EURUSD"), settings(7));
  Generator other(profile_of("EURUSD"), settings(8));

  const auto events = take(one, 5000);

  EXPECT_EQ(events, take(same, 5000));
  EXPECT_NE(events, take(other, 5000));
}

TEST(Generator, ASymbolDoesNotDependOnTheOthers) {
  const auto alone = settings(7, 1);
  const auto among = settings(7, 4);
  Generator one(alone.symbols[0], alone);
  Generator same(among.symbols[0], among);

  EXPECT_EQ(take(one, 1000), take(same, 1000));
}

// Known answer: pins the bytes of a seed, so that a change of them is noticed.
TEST(Generator, TheFirstEventOfSeedOneIsKnown) {
  Generator generator(profile_of("EURUSD"), settings(1));
  Event event;

  ASSERT_TRUE(generator.next(event));

  EXPECT_EQ(event.time_ns, 1'767'596'400'000'000'000);
  EXPECT_EQ(event.depth.added.size(), 20U);
  EXPECT_EQ(event.spot.bid, market::Price{108'510});
  EXPECT_EQ(event.spot.ask, market::Price{108'514});
}

class GeneratedBook : public testing::TestWithParam<const char*> {};

TEST_P(GeneratedBook, IsNeverCrossedAndSpotsAreItsTouch) {
  const auto profile = profile_of(GetParam());
  Generator generator(profile, settings(42));
  Book book;
  market::Spot last;
  market::QuoteId highest = 0;
  std::int64_t time_ns = 0;
  std::size_t changed = 0;
  constexpr int events = 200'000;

  Event event;
  for (int i = 0; i < events; ++i) {
    ASSERT_TRUE(generator.next(event));
    ASSERT_TRUE(event.has_depth());
    ASSERT_GE(event.time_ns, time_ns);
    time_ns = event.time_ns;
    for (const auto& quote : event.depth.added) {
      ASSERT_GT(quote.id, highest);
      highest = quote.id;
      ASSERT_EQ(quote.price.points % profile.tick_points(), 0);
    }
    changed += event.depth.added.size() + event.depth.removed.size();
    const auto applied = book.apply(event.depth);
    ASSERT_TRUE(applied);
    ASSERT_EQ(applied->unknown_removals, 0U);
    const auto bid = book.touch(Side::bid);
    const auto ask = book.touch(Side::ask);
    ASSERT_TRUE(bid && ask);
    ASSERT_LT(bid->price, ask->price) << "event " << i;
    if (event.spot.bid) last.bid = event.spot.bid;
    if (event.spot.ask) last.ask = event.spot.ask;
    ASSERT_EQ(last.bid, bid->price);
    ASSERT_EQ(last.ask, ask->price);
    ASSERT_LE(book.levels_to_touch(Side::bid).size(), 10U);
  }
  const double mean_changed = static_cast<double>(changed) / events;
  EXPECT_GT(mean_changed, 1.2);
  EXPECT_LT(mean_changed, 4.0);
}

INSTANTIATE_TEST_SUITE_P(Symbols, GeneratedBook,
                         testing::Values("EURUSD", "USDJPY", "XAUUSD", "BTCUSD", "US500"));

// Mean spread in points and events per hour of the day, over some days.
struct Hour {
  double spread = 0;
  int events = 0;
};
std::map<std::int64_t, Hour> hours_of(std::uint64_t seed, int days) {
  constexpr std::int64_t hour_ns = 3'600'000'000'000;
  auto wanted = settings(seed);
  wanted.events_per_second = 2;
  Generator generator(wanted.symbols[0], wanted);
  std::map<std::int64_t, Hour> hours;
  market::Spot last;
  Event event;
  while (generator.next(event) && event.time_ns - wanted.begin_ns < days * 24 * hour_ns) {
    if (event.spot.bid) last.bid = event.spot.bid;
    if (event.spot.ask) last.ask = event.spot.ask;
    Hour& hour = hours[(event.time_ns / hour_ns) % 24];
    hour.spread += static_cast<double>(last.ask->points - last.bid->points);
    ++hour.events;
  }
  for (auto& [number, hour] : hours) hour.spread /= hour.events;
  return hours;
}

TEST(Generator, TheHourDecidesActivityAndSpread) {
  auto hours = hours_of(3, 5);

  EXPECT_GT(hours[14].events, 3 * hours[22].events);
  EXPECT_GT(hours[21].spread, 2 * hours[14].spread);
  EXPECT_GT(hours[8].events, 2 * hours[3].events);
}

// A day's change over many seeds: its mean is small against its own spread.
TEST(Generator, ThePriceDriftsNowhere) {
  constexpr int seeds = 60;
  double sum = 0;
  double squares = 0;
  for (int seed = 1; seed <= seeds; ++seed) {
    auto wanted = settings(static_cast<std::uint64_t>(seed));
    wanted.events_per_second = 1;
    Generator generator(wanted.symbols[0], wanted);
    Event event;
    std::int64_t bid = 0;
    for (int i = 0; i < 40'000; ++i) {
      ASSERT_TRUE(generator.next(event));
      if (event.spot.bid) bid = event.spot.bid->points;
    }
    const auto change = static_cast<double>(bid - 108'510);
    sum += change;
    squares += change * change;
  }
  const double mean = sum / seeds;
  const double deviation = std::sqrt((squares / seeds) - (mean * mean));

  EXPECT_GT(deviation, 20);
  EXPECT_LT(std::abs(mean), 3 * deviation / std::sqrt(double{seeds}));
}

TEST(Generator, AMarketMergesItsSymbolsByTime) {
  Market market(generate(settings(1, 4)), {.events = 10'000});
  std::map<std::size_t, int> events;
  std::int64_t time_ns = 0;
  Event event;

  while (market.next(event)) {
    EXPECT_GE(event.time_ns, time_ns);
    time_ns = event.time_ns;
    ++events[event.symbol];
  }

  EXPECT_EQ(events.size(), 4U);
  EXPECT_EQ(events[0] + events[1] + events[2] + events[3], 10'000);
}

}  // namespace
}  // namespace depthwire::simulator
