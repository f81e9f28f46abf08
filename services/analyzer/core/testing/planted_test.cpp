// Patterns planted at known times on a calm market: the stage has to find them, and their mirror
// with the opposite direction.
#include "services/analyzer/core/engine/analyzer_stage.hpp"
#include "services/analyzer/core/testing/generated_log.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace depthwire::analyzer {
namespace {

using market::DepthUpdate;
using market::Price;
using market::Quote;
using market::QuoteId;
using market::Side;
using market::Size;
using testing::Log;

constexpr Ns start = 1'700'000'000 * ns_per_second;
constexpr std::int64_t middle = 110'000;

/// Writes a market by hand. With `flip` it is reflected about the middle.
class Script {
 public:
  explicit Script(bool flip) : flip_(flip) {
    DepthUpdate build{.kind = market::DepthKind::reset};
    for (std::int64_t level = 0; level < 6; ++level) {
      build.added.push_back(quote(Side::bid, middle - 5 - 10 * level, 1'000 + 37 * level));
      build.added.push_back(quote(Side::ask, middle + 5 + 10 * level, 1'000 + 37 * level));
    }
    touch_[0] = build.added[0];
    touch_[1] = build.added[1];
    add(0, build);
  }

  void spot(Ns ms, std::int64_t mid, std::int64_t half = 5) {
    const std::int64_t at = flip_ ? 2 * middle - mid : mid;
    log_.push_back({start + ms * ns_per_ms, "X",
                    market::Spot{.bid = Price{at - half}, .ask = Price{at + half}}});
  }
  /// The whole touch of `side` goes.
  void take(Ns ms, Side side) { add(ms, {.removed = {touch_[static_cast<std::size_t>(side)].id}}); }
  /// A touch of `size` comes back at the same price.
  void refill(Ns ms, Side side, std::int64_t size) {
    Quote& touch = touch_[static_cast<std::size_t>(side)];
    touch = quote(side, side == Side::bid ? middle - 5 : middle + 5, size);
    add(ms, {.added = {touch}});
  }
  QuoteId rest(Ns ms, Side side, std::int64_t away, std::int64_t size) {
    const Quote made = quote(side, side == Side::bid ? middle - away : middle + away, size);
    add(ms, {.added = {made}});
    return made.id;
  }
  void remove(Ns ms, QuoteId id) { add(ms, {.removed = {id}}); }

  std::vector<Signal> signals(std::string_view name, Ns from_ms) {
    std::stable_sort(log_.begin(), log_.end(),
                     [](const auto& a, const auto& b) { return a.t < b.t; });
    AnalyzerStage stage;
    std::vector<Signal> found;
    for (const Output& output : testing::run(stage, log_)) {
      const auto* signal = std::get_if<Signal>(&output.value);
      if (signal == nullptr || signal->signal != name) continue;
      if (signal->t >= start + from_ms * ns_per_ms) found.push_back(*signal);
    }
    return found;
  }

 private:
  Quote quote(Side side, std::int64_t price, std::int64_t size) {
    return {++next_id_, side, Price{price}, Size{size}};
  }
  void add(Ns ms, DepthUpdate update) {
    if (flip_) {
      for (Quote& quote : update.added) {
        quote.side = market::opposite(quote.side);
        quote.price.points = 2 * middle - quote.price.points;
      }
    }
    log_.push_back({start + ms * ns_per_ms, "X", std::move(update)});
  }

  bool flip_;
  QuoteId next_id_ = 0;
  Quote touch_[2];
  Log log_;
};

class PlantedMarket : public ::testing::TestWithParam<bool> {
 protected:
  [[nodiscard]] int direction(int plain) const { return GetParam() ? -plain : plain; }
};

TEST_P(PlantedMarket, AWideSpreadIsAnAnomalyWithoutDirection) {
  Script script(GetParam());
  for (Ns s = 0; s < 120; ++s) script.spot(s * 1'000 + 10, middle, 5 + s % 3);
  script.spot(120'010, middle, 50);
  for (Ns s = 121; s < 130; ++s) script.spot(s * 1'000 + 10, middle, 5 + s % 3);

  const auto found = script.signals("SPREAD_ANOMALY", 120'000);

  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].t, start + 120'010 * ns_per_ms);
  EXPECT_EQ(found[0].state, "wide");
  EXPECT_EQ(found[0].direction, 0);
  EXPECT_EQ(found[0].strength, 1.0);
  EXPECT_EQ(found[0].value, 100.0);
  EXPECT_EQ(found[1].state, "close");
}

TEST_P(PlantedMarket, AHeavySideThatLastsIsAnImbalance) {
  Script script(GetParam());
  for (Ns s = 0; s < 120; ++s) {
    script.spot(s * 1'000 + 10, middle);
    script.take(s * 1'000 + 100, Side::bid);
    script.refill(s * 1'000 + 110, Side::bid, 900 + 100 * (s % 3));
  }
  const QuoteId wall = script.rest(120'500, Side::bid, 15, 30'000);
  script.rest(120'700, Side::ask, 65, 500);
  script.rest(121'100, Side::ask, 65, 500);
  script.remove(123'000, wall);
  script.spot(124'010, middle);
  script.spot(126'010, middle);

  const auto found = script.signals("LIQUIDITY_IMBALANCE", 120'000);

  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].t, start + 121'000 * ns_per_ms);  // the first look 500 ms later: a timer
  EXPECT_EQ(found[0].state, "open");
  EXPECT_EQ(found[0].direction, direction(1));
  EXPECT_EQ(found[0].quality, Quality::ok);
  EXPECT_EQ(found[1].state, "close");
  EXPECT_EQ(found[1].t, start + 123'000 * ns_per_ms);
}

TEST_P(PlantedMarket, ThreeOutsizedQuotesOnASideAreALargePlayer) {
  Script script(GetParam());
  for (Ns s = 0; s < 60; ++s) {
    for (Ns k = 0; k < 2; ++k) {
      const Side side = k == 0 ? Side::bid : Side::ask;
      script.take(s * 1'000 + 100 + 400 * k, side);
      script.refill(s * 1'000 + 110 + 400 * k, side, 900 + (s * 7 + k * 3) % 200);
    }
  }
  for (Ns i = 0; i < 3; ++i) script.rest(61'000 + 1'000 * i, Side::bid, 16 + i, 20'000);
  script.rest(64'000, Side::ask, 65, 500);

  const auto found = script.signals("LARGE_PLAYER", 60'500);

  ASSERT_GE(found.size(), 1U);
  EXPECT_EQ(found[0].direction, direction(1));
  EXPECT_EQ(found[0].state, "open");
  EXPECT_NEAR(found[0].strength, 0.6, 1e-9);
  EXPECT_EQ(found[0].value, 200.0);
}

TEST_P(PlantedMarket, TakingThatIsFilledUpAgainIsAbsorbed) {
  Script script(GetParam());
  const Ns quiet = 900;  // seconds, of which the baseline needs 600
  for (Ns s = 0; s < quiet; ++s) {
    // The mid moves and comes back; a little is taken from either side every ten seconds.
    script.spot(s * 1'000 + 10, middle + (s % 20 < 10 ? 6 : -6));
    if (s % 10 != 3) continue;
    const Side side = s % 20 < 10 ? Side::ask : Side::bid;
    script.take(s * 1'000 + 100, side);
    script.refill(s * 1'000 + 600, side, 950 + s % 90);
  }
  // Buyers take the ask every half second, it comes back each time, the price stays.
  for (Ns s = quiet; s < quiet + 30; ++s) {
    script.spot(s * 1'000 + 10, middle - 6);
    for (Ns half = 0; half < 2; ++half) {
      script.take(s * 1'000 + 100 + 500 * half, Side::ask);
      script.refill(s * 1'000 + 400 + 500 * half, Side::ask, 1'000 + 200 * (s % 3));
    }
  }

  const auto found = script.signals("ABSORPTION", 0);

  ASSERT_GE(found.size(), 1U);
  EXPECT_GE(found[0].t, start + quiet * ns_per_second);
  EXPECT_LE(found[0].t, start + (quiet + 15) * ns_per_second);
  EXPECT_EQ(found[0].direction, direction(-1));
  EXPECT_EQ(found[0].basis, Basis::inferred);
  EXPECT_GT(found[0].strength, 0.5);
}

TEST_P(PlantedMarket, ATrendThatGoesOnWithoutFuelIsExhausted) {
  Script script(GetParam());
  std::int64_t mid = middle - 10;
  Ns ms = 0;
  const auto bar = [&](int changes, std::int64_t drift) {
    // One bar of 10 s: `changes` of the mid that sum to `drift`.
    for (int i = 0; i < changes; ++i) {
      mid += i == 0 ? drift : i % 2 == 0 ? 1 : -1;
      script.spot(ms + 10 + Ns{i} * 9'000 / changes, mid);
    }
    script.take(ms + 9'200, Side::bid);  // order flow does not agree
    script.refill(ms + 9'500, Side::bid, 3'000 - ms / 10'000);
    ms += 10'000;
  };
  for (int i = 0; i < 65; ++i) bar(41, i % 2 == 0 ? 2 : -2);
  for (int i = 0; i < 15; ++i) bar(41, 1);
  const Ns slow_from = ms;
  for (int i = 0; i < 6; ++i) bar(21, 1);

  const auto found = script.signals("EXHAUSTION", slow_from);

  ASSERT_GE(found.size(), 1U);
  EXPECT_EQ(found[0].direction, direction(-1));
  EXPECT_EQ(found[0].state, "open");
  EXPECT_GE(*found[0].value, 0.30);
}

INSTANTIATE_TEST_SUITE_P(AndMirrored, PlantedMarket, ::testing::Bool(),
                         [](const auto& test) { return test.param ? "Mirrored" : "Plain"; });

}  // namespace
}  // namespace depthwire::analyzer
