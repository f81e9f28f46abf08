#include "services/analyzer/core/engine/catalogue.hpp"

#include "services/analyzer/core/engine/signal_table.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace depthwire::analyzer {
namespace {

// What symbol_analyzer says itself.
constexpr std::array<SignalInfo, 21> core_infos{{
    {"I_5", "S1", "how much more is bid than offered in the five best levels"},
    {.name = "LIQUIDITY_IMBALANCE",
     .id = "S1",
     .meaning = "I_5 is unusual for the symbol, for half a second",
     .minimum_n = 60,
     .transitions = true},
    {.name = "SPREAD",
     .id = "S3",
     .meaning = "ask less bid of the spots",
     .unit = Unit::points,
     .needs = market::Capability::quotes,
     .minimum_n = 60,
     .mirror = Mirror::stays},
    {.name = "SPREAD_MEAN_60s",
     .id = "S3",
     .meaning = "its mean over a minute, weighted by time",
     .unit = Unit::points,
     .needs = market::Capability::quotes,
     .minimum_n = 60,
     .mirror = Mirror::stays},
    {.name = "SPREAD_ANOMALY",
     .id = "S3",
     .meaning = "the spread is unusual: wide or tight",
     .unit = Unit::points,
     .needs = market::Capability::quotes,
     .minimum_n = 60,
     .mirror = Mirror::stays,
     .transitions = true},
    {.name = "OFI_10s",
     .id = "S5",
     .meaning = "quotes added to and removed from the touch, in mean touch sizes",
     .minimum_n = 2},
    {.name = "OFI_ML_10s",
     .id = "S5",
     .meaning = "the same over five levels, by their first principal component",
     .minimum_n = 2},
    {.name = "taken",
     .id = "S6",
     .meaning = "what vanished at the touch, and how much of it is held for taken",
     .unit = Unit::size,
     .basis = Basis::inferred,
     .kind = "flow"},
    {.name = "bar60",
     .id = "S6b",
     .meaning = "a bar's ticks, 60 % to the side of its direction",
     .unit = Unit::ticks,
     .basis = Basis::modelled,
     .needs = market::Capability::bars,
     .kind = "flow"},
    {.name = "bvc",
     .id = "S6b",
     .meaning = "the same by the size of its move (bulk volume classification)",
     .unit = Unit::ticks,
     .basis = Basis::modelled,
     .needs = market::Capability::bars,
     .minimum_n = 60,
     .kind = "flow"},
    {.name = "tick",
     .id = "S6b",
     .meaning = "ticks up and ticks down since the bar before",
     .unit = Unit::ticks,
     .needs = market::Capability::bars,
     .kind = "flow"},
    {.name = "VI_taken",
     .id = "S8",
     .meaning = "balance of what is held for taken within a minute",
     .basis = Basis::inferred,
     .minimum_n = 5},
    {.name = "VI_bvc",
     .id = "S8",
     .meaning = "balance of the last minute's ticks, split by BVC",
     .basis = Basis::modelled,
     .needs = market::Capability::bars,
     .minimum_n = 5},
    {.name = "VI_bar60",
     .id = "S8",
     .meaning = "balance of the last minute's ticks, 60 % to the side of the bar",
     .basis = Basis::modelled,
     .needs = market::Capability::bars,
     .minimum_n = 5},
    {.name = "ABSORPTION",
     .id = "S9",
     .meaning = "one side takes and takes, and the price does not move",
     .basis = Basis::inferred,
     .minimum_n = 60,
     .transitions = true},
    {.name = "EXHAUSTION",
     .id = "S10",
     .meaning = "a trend makes a new extreme while its fuel dries up",
     .basis = Basis::inferred,
     .minimum_n = 60,
     .mirror = Mirror::stays,
     .transitions = true},
    {.name = "LARGE_PLAYER",
     .id = "S11",
     .meaning = "quotes or removals far larger than usual",
     .unit = Unit::size,
     .basis = Basis::inferred,
     .minimum_n = 100,
     .mirror = Mirror::stays,
     .transitions = true},
    {.name = "VOL_5m",
     .id = "S16",
     .meaning = "realised volatility of the mid over 5 minutes",
     .unit = Unit::basis_points,
     .needs = market::Capability::quotes,
     .minimum_n = 60,
     .mirror = Mirror::stays},
    {.name = "VOL_1h",
     .id = "S16",
     .meaning = "the same over an hour",
     .unit = Unit::basis_points,
     .needs = market::Capability::quotes,
     .minimum_n = 60,
     .mirror = Mirror::stays},
    {.name = "correlation",
     .id = "S20",
     .meaning = "how all symbols move together, by ticks and by minute bars",
     .needs = market::Capability::quotes,
     .minimum_n = 100,
     .mirror = Mirror::stays,
     .kind = "correlation"},
    {.name = "sentiment",
     .id = "S21",
     .meaning = "flow sentiment over 5 minutes: never a share of traders",
     .basis = Basis::inferred,
     .kind = "sentiment"},
}};

int number_of(const SignalInfo& info) {
  int number = 0;  // S6b is 6
  std::from_chars(info.id.data() + 1, info.id.data() + info.id.size(), number);
  return number;
}

}  // namespace

std::vector<SignalInfo> signal_catalogue() {
  std::vector<SignalInfo> all(core_infos.begin(), core_infos.end());
  const auto others = SignalTable::infos();
  all.insert(all.end(), others.begin(), others.end());
  std::stable_sort(all.begin(), all.end(), [](const SignalInfo& a, const SignalInfo& b) {
    return number_of(a) < number_of(b);
  });
  return all;
}

}  // namespace depthwire::analyzer
