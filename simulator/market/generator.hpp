#pragma once

#include "simulator/market/event.hpp"
#include "simulator/market/profile.hpp"
#include "simulator/market/random.hpp"
#include "simulator/market/touch.hpp"

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace depthwire::simulator {

/// What a generated market is made from.
struct GeneratorSettings {
  std::vector<Profile> symbols;
  std::uint64_t seed = 1;
  std::int64_t begin_ns = 1'767'596'400'000'000'000;  ///< Monday 2026-01-05 07:00 UTC, London opens
  std::int64_t events_per_second = 10;                ///< per symbol, in an ordinary hour
};

/// A market that never was, without end: a price that wanders by regimes (calm, trend, storm)
/// around where it began, and a book of tiers that follows it late, level by level, as makers do.
/// Levels come and go, sweeps clear the touch and are refilled, spread and activity follow the
/// hour. Never crossed. Integers only: the same settings give the same events on every machine,
/// whatever the other symbols are.
class Generator final : public SymbolSource {
 public:
  Generator(const Profile& profile, const GeneratorSettings& settings);

  [[nodiscard]] const SymbolInfo& info() const override { return info_; }
  [[nodiscard]] std::int64_t begin_ns() const override { return begin_ns_; }
  [[nodiscard]] bool next(Event& event) override;
  void restart() override;  ///< a generated market never ends: nothing to do

 private:
  static constexpr std::size_t tiers = 10;
  enum class Regime : std::uint8_t { calm, ordinary, rising, falling, storm };
  struct Slot {
    market::QuoteId id = 0;  // 0: nobody quotes here now
    std::int64_t ticks = 0;
  };
  using Ladder = std::array<Slot, tiers>;

  void open_book(Event& event);
  void change_regime();
  void wander();
  void sweep(Event& event, market::Side side);
  void vanish(Event& event, market::Side side);
  void refill(Event& event, market::Side side);
  void requote(Event& event);

  [[nodiscard]] std::int64_t half_spread() const;
  [[nodiscard]] std::int64_t target(market::Side side) const;
  [[nodiscard]] std::int64_t touch_of(market::Side side) const;
  [[nodiscard]] std::size_t count(market::Side side) const;
  [[nodiscard]] Slot& best_slot(market::Side side);
  [[nodiscard]] std::int64_t outwards(market::Side side, std::int64_t from, std::size_t tier);
  void put(Event& event, market::Side side, std::size_t tier, std::int64_t ticks);
  void take(Event& event, Slot& slot);

  Ladder& ladder(market::Side side) { return side == market::Side::bid ? bids_ : asks_; }
  [[nodiscard]] const Ladder& ladder(market::Side side) const {
    return side == market::Side::bid ? bids_ : asks_;
  }
  market::Side any_side() { return random_.below(2) == 0 ? market::Side::bid : market::Side::ask; }

  Profile profile_;
  SymbolInfo info_;
  Random random_;
  std::int64_t begin_ns_;
  std::int64_t mean_wait_ns_;
  std::int64_t tick_points_;

  std::int64_t time_ns_;
  std::int64_t mid_;          // in 1/256 tick
  std::int64_t widened_ = 0;  // what a sweep added to the half spread, in 1/256 tick, fading
  Regime regime_ = Regime::ordinary;
  std::int64_t regime_end_ns_;
  market::QuoteId next_id_ = 1'000'000'001;
  Ladder bids_{};
  Ladder asks_{};
  Touch touch_;
  bool open_ = false;
};

/// One generator per symbol of `settings`, in their order.
[[nodiscard]] std::vector<std::unique_ptr<SymbolSource>> generate(
    const GeneratorSettings& settings);

}  // namespace depthwire::simulator
