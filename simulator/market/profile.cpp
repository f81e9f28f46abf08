#include "simulator/market/profile.hpp"

#include <array>
#include <cassert>

namespace depthwire::simulator {
namespace {

struct Known {
  std::string_view name;
  int digits;
  std::int64_t price_ticks;
  std::int64_t spread_ticks;
  std::int64_t step_ticks;
  std::int64_t lot_cents;
};

constexpr std::int64_t fx_lot = 10'000'000;  // 100,000 units
constexpr std::array known{
    Known{"EURUSD", 5, 108'512, 3, 1, fx_lot},    Known{"GBPUSD", 5, 126'840, 5, 1, fx_lot},
    Known{"USDJPY", 3, 149'325, 5, 1, fx_lot},    Known{"XAUUSD", 2, 241'530, 18, 2, 10'000},
    Known{"AUDUSD", 5, 65'730, 5, 1, fx_lot},     Known{"USDCHF", 5, 88'410, 6, 1, fx_lot},
    Known{"USDCAD", 5, 136'920, 6, 1, fx_lot},    Known{"NZDUSD", 5, 60'180, 7, 1, fx_lot},
    Known{"EURGBP", 5, 85'550, 6, 1, fx_lot},     Known{"EURJPY", 3, 162'040, 8, 1, fx_lot},
    Known{"GBPJPY", 3, 189'410, 12, 2, fx_lot},   Known{"XAGUSD", 3, 28'450, 20, 3, 500'000},
    Known{"BTCUSD", 2, 6'512'000, 900, 150, 100}, Known{"ETHUSD", 2, 318'000, 90, 12, 100},
    Known{"US500", 1, 54'310, 5, 1, 100},         Known{"GER40", 1, 184'520, 10, 2, 100},
    Known{"EURCHF", 5, 95'930, 8, 1, fx_lot},     Known{"AUDJPY", 3, 98'150, 10, 1, fx_lot},
    Known{"CADJPY", 3, 109'060, 12, 1, fx_lot},   Known{"CHFJPY", 3, 168'900, 14, 1, fx_lot},
    Known{"EURAUD", 5, 165'090, 12, 2, fx_lot},   Known{"EURCAD", 5, 148'570, 12, 2, fx_lot},
    Known{"EURNZD", 5, 180'310, 18, 2, fx_lot},   Known{"GBPAUD", 5, 192'960, 16, 2, fx_lot},
    Known{"GBPCAD", 5, 173'660, 16, 2, fx_lot},   Known{"GBPCHF", 5, 112'140, 14, 1, fx_lot},
    Known{"AUDCAD", 5, 89'990, 10, 1, fx_lot},    Known{"AUDNZD", 5, 109'220, 10, 1, fx_lot},
    Known{"NZDJPY", 3, 89'860, 12, 1, fx_lot},    Known{"USDSGD", 5, 134'100, 14, 1, fx_lot},
};

Profile from(const Known& k, std::string_view name) {
  return {std::string(name), k.digits, k.price_ticks, k.spread_ticks, k.step_ticks, k.lot_cents};
}

using Hours = std::array<std::int64_t, 24>;
// Tokyo, the London open, the overlap with New York, the quiet hour after the New York close.
constexpr Hours activity{45,  50,  45,  40,  40,  50,  80, 130, 160, 140, 120, 115,
                         150, 190, 200, 180, 140, 100, 80, 70,  50,  25,  30,  40};
constexpr Hours spread{120, 110, 110, 115, 115, 110, 100, 95,  90,  90,  95,  95,
                       90,  85,  85,  90,  95,  100, 110, 120, 150, 320, 240, 150};

std::size_t hour_of(std::int64_t time_ns) {
  constexpr std::int64_t hour_ns = 3'600'000'000'000;
  assert(time_ns >= 0);
  return static_cast<std::size_t>((time_ns / hour_ns) % 24);
}

}  // namespace

std::int64_t Profile::tick_points() const {
  std::int64_t points = 1;
  for (int d = digits; d < 5; ++d) points *= 10;
  return points;
}

std::vector<Profile> profiles(std::size_t count) {
  std::vector<Profile> all;
  for (std::size_t i = 0; i < count; ++i) {
    if (i < known.size()) {
      all.push_back(from(known[i], known[i].name));
      continue;
    }
    auto number = std::to_string(i - known.size() + 1);
    if (number.size() < 3) number.insert(0, 3 - number.size(), '0');
    all.push_back(profile_of("SYN" + number));
  }
  return all;
}

Profile profile_of(std::string_view name) {
  for (const Known& k : known) {
    if (k.name == name) return from(k, name);
  }
  return from(known.front(), name);
}

std::int64_t activity_percent(std::int64_t time_ns) { return activity[hour_of(time_ns)]; }
std::int64_t spread_percent(std::int64_t time_ns) { return spread[hour_of(time_ns)]; }

}  // namespace depthwire::simulator
