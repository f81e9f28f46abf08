#include "simulator/market/generator.hpp"

#include <algorithm>
#include <cassert>
#include <cstdlib>

namespace depthwire::simulator {

using market::Price;
using market::Side;
using market::Size;

namespace {

constexpr std::int64_t fine = 256;  // the latent mid moves in 1/256 tick

struct Mood {
  std::int64_t activity_percent;
  std::int64_t spread_percent;
  std::int64_t bias_permille;  // how much likelier up is than down
  std::int64_t sweep_permille;
};
constexpr std::array<Mood, 5> moods{
    {{.activity_percent = 55, .spread_percent = 90, .bias_permille = 0, .sweep_permille = 1},
     {.activity_percent = 100, .spread_percent = 100, .bias_permille = 0, .sweep_permille = 4},
     {.activity_percent = 130, .spread_percent = 105, .bias_permille = 60, .sweep_permille = 6},
     {.activity_percent = 130, .spread_percent = 105, .bias_permille = -60, .sweep_permille = 6},
     {.activity_percent = 250, .spread_percent = 170, .bias_permille = 0, .sweep_permille = 15}}};

// Distance from the touch in quarters of the ordinary spread, and size in tenths of a lot.
constexpr std::array<std::int64_t, 10> offsets{0, 1, 2, 4, 6, 9, 13, 18, 26, 40};
constexpr std::array<std::int64_t, 10> sizes{10, 15, 30, 50, 100, 150, 300, 500, 1000, 2000};
constexpr std::array<std::int64_t, 5> size_halves{2, 2, 2, 3, 4};  // mostly the tier's own size

// A seed of its own per symbol, so that one symbol's market does not depend on the others.
std::uint64_t seed_of(std::uint64_t seed, std::string_view name) {
  std::uint64_t hash = 14695981039346656037ULL;  // FNV-1a
  for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
  return hash ^ (seed * 0x9E3779B97F4A7C15ULL);
}

std::int64_t floor_ticks(std::int64_t value) { return value >> 8; }
std::int64_t ceil_ticks(std::int64_t value) { return (value + fine - 1) >> 8; }

// The sign that leads away from the touch.
std::int64_t away(Side side) { return side == Side::bid ? -1 : 1; }

}  // namespace

Generator::Generator(const Profile& profile, const GeneratorSettings& settings)
    : profile_(profile),
      random_(seed_of(settings.seed, profile.name)),
      begin_ns_(settings.begin_ns),
      mean_wait_ns_(1'000'000'000 / std::max<std::int64_t>(settings.events_per_second, 1)),
      tick_points_(profile.tick_points()),
      time_ns_(settings.begin_ns),
      mid_(profile.price_ticks * fine),
      regime_end_ns_(settings.begin_ns) {
  info_ = {.name = profile.name,
           .description = profile.name + ", generated",
           .digits = profile.digits,
           .lot_cents = profile.lot_cents};
  info_.opening.bid = Price{target(Side::bid) * tick_points_};
  info_.opening.ask = Price{target(Side::ask) * tick_points_};
}

void Generator::restart() {}

bool Generator::next(Event& event) {
  event.clear();
  if (!open_) {
    open_book(event);
  } else {
    while (!event.has_depth()) {
      const auto percent =
          activity_percent(time_ns_) * moods[static_cast<std::size_t>(regime_)].activity_percent;
      time_ns_ += random_.exponential(mean_wait_ns_ * 10'000 / percent) + 1;
      if (time_ns_ >= regime_end_ns_) change_regime();
      wander();
      const std::int64_t what = random_.below(1000);
      const auto sweeps = moods[static_cast<std::size_t>(regime_)].sweep_permille;
      if (what < sweeps) {
        sweep(event, any_side());
      } else if (what < 120) {
        vanish(event, any_side());
      } else if (what < 320) {
        refill(event, any_side());
      } else {
        requote(event);
      }
    }
  }
  event.time_ns = time_ns_;
  event.spot = touch_.move_to(Price{touch_of(Side::bid) * tick_points_},
                              Price{touch_of(Side::ask) * tick_points_});
  return true;
}

void Generator::open_book(Event& event) {
  open_ = true;
  for (const Side side : {Side::bid, Side::ask}) {
    for (std::size_t tier = 0; tier < tiers; ++tier) {
      put(event, side, tier, outwards(side, target(side), tier));
    }
  }
}

void Generator::change_regime() {
  const auto what = random_.below(100);
  regime_ = what < 35   ? Regime::calm
            : what < 60 ? Regime::ordinary
            : what < 75 ? Regime::rising
            : what < 90 ? Regime::falling
                        : Regime::storm;
  regime_end_ns_ = time_ns_ + 30'000'000'000 + random_.exponential(300'000'000'000);
}

// A third of the events move the mid. It is drawn back to where it began, weakly: a tenth of the
// steps at a distance of 5 % of the price.
void Generator::wander() {
  widened_ -= (widened_ + 15) / 16;
  if (random_.below(3) != 0) return;
  const std::int64_t begin = profile_.price_ticks * fine;
  const std::int64_t pull = std::clamp<std::int64_t>((begin - mid_) * 2000 / begin, -400, 400);
  const auto bias = moods[static_cast<std::size_t>(regime_)].bias_permille + pull;
  const std::int64_t step = fine / 2 + random_.below(fine * 2 * profile_.step_ticks);
  mid_ += random_.below(2000) < 1000 + bias ? step : -step;
}

std::int64_t Generator::half_spread() const {
  const auto percent =
      spread_percent(time_ns_) * moods[static_cast<std::size_t>(regime_)].spread_percent;
  return std::max(fine / 2, (profile_.spread_ticks * fine / 2 * percent / 10'000) + widened_);
}

std::int64_t Generator::target(Side side) const {
  return side == Side::bid ? floor_ticks(mid_ - half_spread()) : ceil_ticks(mid_ + half_spread());
}

std::int64_t Generator::touch_of(Side side) const {
  std::int64_t best = 0;
  for (const Slot& slot : ladder(side)) {
    if (slot.id == 0) continue;
    if (best == 0 || (slot.ticks - best) * away(side) < 0) best = slot.ticks;
  }
  assert(best > 0);
  return best;
}

std::size_t Generator::count(Side side) const {
  return static_cast<std::size_t>(
      std::ranges::count_if(ladder(side), [](const Slot& slot) { return slot.id != 0; }));
}

Generator::Slot& Generator::best_slot(Side side) {
  const auto best = touch_of(side);
  return *std::ranges::find_if(
      ladder(side), [best](const Slot& slot) { return slot.id != 0 && slot.ticks == best; });
}

std::int64_t Generator::outwards(Side side, std::int64_t from, std::size_t tier) {
  const std::int64_t quarter = std::max<std::int64_t>(profile_.spread_ticks / 4, 1);
  const std::int64_t jitter = tier == 0 ? 0 : random_.below(quarter + 1);
  return from + (away(side) * (offsets[tier] * quarter + jitter));
}

void Generator::put(Event& event, Side side, std::size_t tier, std::int64_t ticks) {
  Slot& slot = ladder(side)[tier];
  if (slot.id != 0) take(event, slot);
  slot = {next_id_++, ticks};
  const auto halves = size_halves[static_cast<std::size_t>(random_.below(size_halves.size()))];
  const std::int64_t cents =
      std::max<std::int64_t>(profile_.lot_cents * sizes[tier] * halves / 20, 1);
  event.depth.added.push_back({slot.id, side, Price{ticks * tick_points_}, Size{cents}});
}

void Generator::take(Event& event, Slot& slot) {
  // A level may come and go within one event; then nobody hears of it.
  auto& added = event.depth.added;
  const auto new_one = std::ranges::find(added, slot.id, &market::Quote::id);
  if (new_one != added.end()) {
    added.erase(new_one);
  } else {
    event.depth.removed.push_back(slot.id);
  }
  slot.id = 0;
}

// Somebody takes the best levels of `side`; the price goes with him and the spread is wide a while.
void Generator::sweep(Event& event, Side side) {
  const std::int64_t before = touch_of(side);
  for (std::int64_t levels = 2 + random_.below(3); levels > 0 && count(side) > 3; --levels) {
    take(event, best_slot(side));
  }
  const std::int64_t distance = std::abs(touch_of(side) - before);
  mid_ += away(side) * distance * fine / 2;
  widened_ += distance * fine / 4;
}

void Generator::vanish(Event& event, Side side) {
  Slot& slot = ladder(side)[static_cast<std::size_t>(random_.below(tiers))];
  if (slot.id == 0 || count(side) <= 5) return;
  take(event, slot);
}

void Generator::refill(Event& event, Side side) {
  const auto tier = static_cast<std::size_t>(random_.below(tiers));
  if (ladder(side)[tier].id != 0) return;
  // Behind the touch, so that it cannot cross.
  put(event, side, tier, outwards(side, touch_of(side), tier));
}

// The side that is further from where it should be follows the mid; often a deeper level too.
void Generator::requote(Event& event) {
  const auto error = [this](Side side) { return std::abs(touch_of(side) - target(side)); };
  const auto bid_error = error(Side::bid);
  const auto ask_error = error(Side::ask);
  const Side side = bid_error == ask_error  ? any_side()
                    : bid_error > ask_error ? Side::bid
                                            : Side::ask;
  const auto goal = target(side);
  if (touch_of(side) != goal) {
    put(event, side, 0, goal);
    // Quotes ahead of the new touch are stale: the closest makers pull them, three at a time.
    for (int pulled = 0; pulled < 3 && touch_of(side) != goal; ++pulled) {
      take(event, best_slot(side));
    }
    const Side other = opposite(side);
    for (Slot& slot : ladder(other)) {
      if (slot.id != 0 && (slot.ticks - goal) * away(side) >= 0) take(event, slot);
    }
    if (count(other) == 0) put(event, other, 0, target(other));
    if (random_.below(2) == 0) return;
  }
  const auto tier = static_cast<std::size_t>(1 + random_.below(tiers - 1));
  if (ladder(side)[tier].id != 0) put(event, side, tier, outwards(side, touch_of(side), tier));
}

std::vector<std::unique_ptr<SymbolSource>> generate(const GeneratorSettings& settings) {
  std::vector<std::unique_ptr<SymbolSource>> sources;
  sources.reserve(settings.symbols.size());
  for (const Profile& profile : settings.symbols) {
    sources.push_back(std::make_unique<Generator>(profile, settings));
  }
  return sources;
}

}  // namespace depthwire::simulator
