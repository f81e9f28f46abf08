#include "services/historical/core/healer.hpp"

#include "common/codec/envelope.hpp"
#include "common/state/state.hpp"
#include "proto/bus/envelope.pb.h"
#include "services/historical/core/page.hpp"
#include "services/historical/core/series.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <tuple>
#include <utility>

namespace depthwire::historical {
namespace {

using market::Period;
using market::Price;
using market::Spot;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr std::int64_t minute_ms = 60'000;
// 2014-05-08 12:30:00 UTC
constexpr std::int64_t begin_ms = 1'399'552'200'000;

Spot spot_of(std::optional<std::int64_t> bid, std::optional<std::int64_t> ask) {
  Spot spot;
  if (bid) spot.bid = Price{*bid};
  if (ask) spot.ask = Price{*ask};
  return spot;
}

/// What streaming journals, as the healer reads it. Received a microsecond after it happened.
class HealerTest : public ::testing::Test {
 protected:
  void spot(std::int64_t time_ms, const Spot& spot) { give(time_ms, time_ms, spot); }
  void technical(std::int64_t tick_ms, Spot spot) {
    spot.session_close = Price{1};
    give(tick_ms, tick_ms + 7, spot);
  }
  /// The broker has left its time out.
  void untimed_spot(std::int64_t time_ms, const Spot& spot) { give(time_ms, time_ms, spot, 0); }
  void control(int type) {
    journal::Record record;
    record.header.payload_type = static_cast<std::uint16_t>(type);
    healer_.take(record);
  }
  void clock(std::int64_t time_ms) {
    bus::Envelope envelope;
    envelope.set_receive_time_ns(time_ms * ns_per_ms);
    envelope.mutable_clock();
    const auto bytes = envelope.SerializeAsString();
    journal::Record record;
    record.header.payload_type = bus::Envelope::kClock;
    record.payload = bytes;
    healer_.take(record);
  }
  /// Mends what is due with `history`.
  TicksOfSides mend(const TicksOfSides& history) {
    const auto gap = healer_.due(begin_ms + 1'000 * minute_ms);
    if (!gap) return {};
    TicksOfSides asked;
    for (std::size_t side = 0; side < sides; ++side) {
      for (const auto& tick : history.at(side)) {
        if (gap->ranges.at(side).contains(tick.time_ms)) asked.at(side).push_back(tick);
      }
    }
    return healer_.mend(*gap, asked);
  }

  Healer healer_;

 private:
  void give(std::int64_t event_ms, std::int64_t receive_ms, const Spot& spot,
            std::int64_t later_ns = 1'000) {
    std::string bytes;
    codec::encode_spot({.provider = "ctrader",
                        .symbol = "EURUSD",
                        .receive_time_ns = receive_ms * ns_per_ms + later_ns,
                        .event_time_ns = event_ms * ns_per_ms},
                       spot, bytes);
    journal::Record record;
    record.header.payload_type = bus::Envelope::kSpot;
    record.payload = bytes;
    healer_.take(record);
  }
};

TEST_F(HealerTest, AStartIsNoOutage) {
  technical(begin_ms, spot_of(10, 12));
  spot(begin_ms + 5, spot_of(11, {}));

  EXPECT_EQ(healer_.gaps(), 0U);
  EXPECT_FALSE(healer_.due(begin_ms + minute_ms));
}

TEST_F(HealerTest, ASecondFirstEventOfASubscriptionIsNoOutage) {
  technical(begin_ms, spot_of(10, 12));
  technical(begin_ms, spot_of(10, 12));
  spot(begin_ms + 5, spot_of(11, {}));
  technical(begin_ms + 5, spot_of(11, 12));

  EXPECT_EQ(healer_.gaps(), 0U);
}

TEST_F(HealerTest, FirstEventsWithoutATimeAreNoOutageBeforeAnythingWasSeen) {
  for (int i = 0; i < 2; ++i) {
    auto untimed = spot_of(10, 12);
    untimed.session_close = Price{1};
    untimed_spot(begin_ms, untimed);
  }

  EXPECT_EQ(healer_.gaps(), 0U);
}

TEST_F(HealerTest, AnOutageIsDueOnceHistoryHasItAndItsBarsBecomeWhole) {
  technical(begin_ms, spot_of(10, 12));
  spot(begin_ms + 1'000, spot_of(11, 13));
  control(bus::Envelope::kSourceDown);
  technical(begin_ms + 9'000, spot_of(20, 22));
  spot(begin_ms + 10'000, spot_of(15, {}));
  spot(begin_ms + minute_ms, spot_of(16, {}));

  EXPECT_EQ(healer_.gaps(), 1U);
  EXPECT_EQ(healer_.held(), 2U);
  EXPECT_FALSE(healer_.due(begin_ms + 9'000 + history_lag_ms));
  const auto gap = healer_.due(begin_ms + 9'001 + history_lag_ms);
  ASSERT_TRUE(gap);
  EXPECT_EQ(gap->ranges[0], (Range{begin_ms + 1'000, begin_ms + 9'001}));

  const auto missed =
      healer_.mend(*gap, {{{{begin_ms + 1'000, Price{11}},
                            {begin_ms + 5'000, Price{30}},
                            {begin_ms + 9'000, Price{20}}},
                           {{begin_ms + 1'000, Price{13}}, {begin_ms + 9'000, Price{22}}}}});

  EXPECT_THAT(missed[0], ElementsAre(PastTick{begin_ms + 5'000, Price{30}},
                                     PastTick{begin_ms + 9'000, Price{20}}));
  EXPECT_THAT(missed[1], ElementsAre(PastTick{begin_ms + 9'000, Price{22}}));
  EXPECT_EQ(healer_.gaps(), 0U);
  auto bars = healer_.take_bars();
  std::erase_if(bars, [](const auto& mended) { return mended.bar.period != Period::m1; });
  ASSERT_THAT(bars, SizeIs(1));
  EXPECT_EQ(bars[0].symbol, "EURUSD");
  EXPECT_EQ(bars[0].bar.bid, (market::Prices{Price{11}, Price{30}, Price{11}, Price{15}}));
  EXPECT_EQ(bars[0].bar.ask, (market::Prices{Price{13}, Price{22}, Price{13}, Price{22}}));
  EXPECT_EQ(bars[0].bar.tick_count, 6U);
}

TEST_F(HealerTest, AnOutageInAQuietMarketTearsNoBar) {
  technical(begin_ms, spot_of(10, 12));
  spot(begin_ms + 1'000, spot_of(11, 13));
  control(bus::Envelope::kEpochStart);
  technical(begin_ms + 1'000, spot_of(11, 13));
  spot(begin_ms + 10'000, spot_of(15, {}));

  EXPECT_THAT(mend({})[0], IsEmpty());
  clock(begin_ms + 2 * minute_ms);

  EXPECT_EQ(healer_.gaps(), 0U);
  EXPECT_THAT(healer_.take_bars(), IsEmpty());
}

TEST_F(HealerTest, TheClockEndsATornBarInAQuietMarket) {
  technical(begin_ms, spot_of(10, 12));
  spot(begin_ms + 1'000, spot_of(11, 13));
  control(bus::Envelope::kSourceDown);
  technical(begin_ms + 5'000, spot_of(20, 13));
  mend({{{{begin_ms + 5'000, Price{20}}}, {}}});
  EXPECT_THAT(healer_.take_bars(), IsEmpty());

  clock(begin_ms + minute_ms + 1'000);

  const auto bars = healer_.take_bars();
  ASSERT_THAT(bars, SizeIs(2));
  EXPECT_EQ(bars[0].bar.period, Period::s1);
  EXPECT_EQ(bars[1].bar.period, Period::m1);
}

TEST_F(HealerTest, AnOutageThatFollowsSoonWidensTheGap) {
  technical(begin_ms, spot_of(10, 12));
  spot(begin_ms + 1'000, spot_of(11, 13));
  control(bus::Envelope::kSourceDown);
  technical(begin_ms + 5'000, spot_of(20, 13));
  const auto first = healer_.due(begin_ms + minute_ms);
  ASSERT_TRUE(first);
  EXPECT_TRUE(healer_.stands(*first));
  control(bus::Envelope::kSourceDown);
  technical(begin_ms + 8'000, spot_of(21, 13));

  EXPECT_FALSE(healer_.stands(*first));
  EXPECT_EQ(healer_.due(begin_ms + minute_ms)->ranges[0],
            (Range{begin_ms + 1'000, begin_ms + 8'001}));
}

TEST_F(HealerTest, AMarketThatBeginsAgainIsAnotherMarket) {
  technical(begin_ms, spot_of(10, 12));
  spot(begin_ms + minute_ms, spot_of(11, 13));
  control(bus::Envelope::kEpochStart);
  technical(begin_ms, spot_of(10, 12));

  EXPECT_EQ(healer_.gaps(), 0U);
}

TEST_F(HealerTest, AGapThatIsGivenUpHoldsNothingBack) {
  technical(begin_ms, spot_of(10, 12));
  spot(begin_ms + 1'000, spot_of(11, 13));
  control(bus::Envelope::kSourceDown);
  technical(begin_ms + 5'000, spot_of(20, 13));
  spot(begin_ms + 6'000, spot_of(21, 13));

  healer_.give_up(*healer_.due(begin_ms + minute_ms));

  EXPECT_EQ(healer_.gaps(), 0U);
  EXPECT_EQ(healer_.held(), 0U);
  EXPECT_THAT(healer_.unseen("EURUSD", 0, {{begin_ms + 3'000, Price{7}}}), SizeIs(1));
}

TEST_F(HealerTest, WhatIsSeenLiveIsNotHistorysToTell) {
  const std::vector<PastTick> ticks{{begin_ms - 1, Price{9}}, {begin_ms + 5, Price{11}}};
  EXPECT_THAT(healer_.unseen("EURUSD", 0, ticks), SizeIs(2));
  technical(begin_ms, spot_of(10, 12));
  spot(begin_ms + 5, spot_of(11, {}));

  EXPECT_THAT(healer_.unseen("EURUSD", 0, ticks), ElementsAre(ticks[0]));
  EXPECT_EQ(healer_.horizon_ms("EURUSD"), begin_ms);
  EXPECT_THAT(healer_.unseen("GBPUSD", 0, ticks), SizeIs(2));
}

using Key = std::pair<Period, std::int64_t>;

/// Bars by period and time, as the view `candles` shows them: of several the last one.
class Candles {
 public:
  void add(const std::vector<market::Bar>& bars) {
    for (const auto& bar : bars) bars_[{bar.period, bar.open_time_ns}] = bar;
  }
  [[nodiscard]] const std::map<Key, market::Bar>& all() const { return bars_; }

 private:
  std::map<Key, market::Bar> bars_;
};

TEST_F(HealerTest, AfterOutagesTicksAndBarsAreThoseOfARunWithoutAny) {
  for (unsigned seed = 1; seed <= 200; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    healer_ = {};
    market::BarBuilder whole(market::ns_per_second);
    market::BarBuilder live(market::ns_per_second);
    Candles expected;
    Candles stored;
    Candles mended_bars;
    TicksOfSides market;
    TicksOfSides known;
    std::vector<market::Bar> ended;
    auto now = begin_ms;
    Spot last = spot_of(1'000, 1'002);
    bool connected = true;
    technical(now, last);
    whole.note(last);
    live.note(last);
    const auto keep = [&](const TicksOfSides& missed) {
      for (std::size_t side = 0; side < sides; ++side) {
        known.at(side).insert(known.at(side).end(), missed.at(side).begin(), missed.at(side).end());
      }
      for (const auto& mended : healer_.take_bars()) mended_bars.add({mended.bar});
    };
    for (int step = 0; step < 400; ++step) {
      const auto what = random() % 15;
      if (what == 0 && connected) {
        connected = false;
        control(bus::Envelope::kSourceDown);
        live.forget_prices();
      } else if (what <= 2 && !connected) {
        connected = true;
        technical(now, last);
        live.forget_prices();
        live.note(last);
      } else if (what == 3) {
        keep(mend(market));
      } else if (what == 4) {
        keep({});
        std::string bytes;
        state::save(healer_, bytes);
        Healer restarted;
        state::load(bytes, restarted);
        healer_ = std::move(restarted);
      } else {
        now += 1 + static_cast<std::int64_t>(random() % (step % 50 == 0 ? 600'000 : 900));
        const auto which = random() % 3;
        Spot spot;
        if (which != 1) spot.bid = last.bid = Price{1'000 + static_cast<int>(random() % 50)};
        if (which != 2) spot.ask = last.ask = Price{2'000 + static_cast<int>(random() % 50)};
        if (spot.bid) market[0].push_back({now, *spot.bid});
        if (spot.ask) market[1].push_back({now, *spot.ask});
        whole.take(spot, now * ns_per_ms, ended);
        expected.add(std::exchange(ended, {}));
        if (!connected) continue;
        if (spot.bid) known[0].push_back({now, *spot.bid});
        if (spot.ask) known[1].push_back({now, *spot.ask});
        live.take(spot, now * ns_per_ms, ended);
        stored.add(std::exchange(ended, {}));
        this->spot(now, spot);
      }
    }
    if (!connected) technical(now, last);
    keep(mend(market));
    now += std::int64_t{3} * 24 * 60 * minute_ms;
    whole.tick(now * ns_per_ms, ended);
    expected.add(std::exchange(ended, {}));
    live.tick(now * ns_per_ms, ended);
    stored.add(std::exchange(ended, {}));
    clock(now);
    keep({});
    for (const auto& [key, bar] : mended_bars.all()) stored.add({bar});

    EXPECT_EQ(healer_.gaps(), 0U);
    EXPECT_EQ(stored.all(), expected.all());
    for (std::size_t side = 0; side < sides; ++side) {
      std::ranges::sort(known.at(side), {}, [](const auto& tick) { return tick.time_ms; });
      EXPECT_EQ(known.at(side), market.at(side)) << "side " << side;
    }
  }
}

}  // namespace
}  // namespace depthwire::historical
