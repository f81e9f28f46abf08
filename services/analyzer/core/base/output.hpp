#pragma once

#include "services/analyzer/core/base/time.hpp"

#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>
#include <vector>

namespace depthwire::analyzer {

/// What a number rests on (signals.md section 1). Values as in depthwire.bus.Basis.
enum class Basis : std::uint8_t {
  measured,  ///< a function of quotes and spots alone
  inferred,  ///< rests on the touch-removal rule (S6)
  modelled,  ///< rests on tick counts split by a statistical rule
};

/// Values as in depthwire.bus.Quality.
enum class Quality : std::uint8_t { ok, degraded, warming, invalid };

/// Offsets of the evidence in the input journal, both included, of one epoch.
struct InputRange {
  std::uint64_t epoch = 0;
  std::uint64_t from_offset = 0;
  std::uint64_t to_offset = 0;
  bool operator==(const InputRange&) const = default;
};

/// One value of a series, or one transition of one of the five types. Views are static texts.
struct Signal {
  std::string_view signal;
  Ns t = 0;
  std::optional<double> value;
  std::optional<double> z;
  int direction = 0;
  double strength = 0;
  double confidence = 0;
  Basis basis = Basis::measured;
  Quality quality = Quality::ok;
  std::uint64_t n = 0;
  Ns window = 0;
  std::string_view state;
  InputRange inputs;
  bool operator==(const Signal&) const = default;
};

/// Estimated taken liquidity of the removals of one depth event (S6), or the split of a bar (S6b).
struct Flow {
  std::string_view flavour;
  Ns t = 0;
  double buy = 0;
  double sell = 0;
  double removed_bid = 0;
  double removed_ask = 0;
  std::optional<double> pi;
  Basis basis = Basis::inferred;
  Quality quality = Quality::ok;
  InputRange inputs;
  bool operator==(const Flow&) const = default;
};

/// Flow sentiment (S21): never a share of traders.
struct Sentiment {
  Ns t = 0;
  Ns window = 0;
  std::optional<double> value;
  std::optional<double> long_pct;
  std::string_view label;
  double confidence = 0;
  Quality quality = Quality::ok;
  InputRange inputs;
  bool operator==(const Sentiment&) const = default;
};

/// The regime of one symbol and length of bars (S19). Views are static texts.
struct RegimeState {
  Ns t = 0;
  Ns timeframe = 0;  ///< length of a bar
  std::string_view label;
  std::string_view trend;
  std::string_view volatility;
  std::optional<double> efficiency_ratio;
  std::optional<double> adx;
  std::optional<double> volatility_percentile;  ///< [0, 1]
  std::optional<double> hurst;
  double confidence = 0;
  Quality quality = Quality::ok;
  std::uint64_t n = 0;  ///< bars behind it
  InputRange inputs;
  bool operator==(const RegimeState&) const = default;
};

/// Of two symbols, by their places in the matrix.
struct CorrelationPair {
  std::size_t a = 0;
  std::size_t b = 0;
  std::optional<double> by_ticks;  ///< [-1, 1]
  bool clamped = false;            ///< it was beyond that on so few ticks
  std::uint64_t n = 0;             ///< changes of the mid of the one that has fewer
  std::optional<double> by_bars;   ///< [-1, 1]
  std::uint64_t bars = 0;          ///< minutes that both have
  bool operator==(const CorrelationPair&) const = default;
};

/// How all symbols move together (S20): every pair once.
struct CorrelationMatrix {
  Ns t = 0;
  Ns window = 0;
  std::vector<std::string_view> symbols;
  std::vector<CorrelationPair> pairs;
  InputRange inputs;
  bool operator==(const CorrelationMatrix&) const = default;
};

/// One output of a step: what it says and of which symbol (empty: of all); `receive_time` is that
/// of the input, or the due time of the timer that made it.
struct Output {
  std::string_view symbol;  ///< valid as long as the stage
  Ns receive_time = 0;
  std::variant<Signal, Flow, Sentiment, RegimeState, CorrelationMatrix> value;
  bool operator==(const Output&) const = default;
};

/// cap * Q * min(1, n / n_full), n_full = 10 x the signal's minimum (signals.md section 2). The cap
/// of `inferred` is that of an uncalibrated connection.
[[nodiscard]] constexpr double confidence(Basis basis, Quality quality, std::uint64_t n,
                                          std::uint64_t minimum_n) {
  const double cap = basis == Basis::measured ? 1.0 : basis == Basis::inferred ? 0.6 : 0.4;
  const double factor = quality == Quality::ok ? 1.0 : quality == Quality::degraded ? 0.5 : 0.0;
  const double share = static_cast<double>(n) / (10.0 * static_cast<double>(minimum_n));
  return cap * factor * (share < 1.0 ? share : 1.0);
}

}  // namespace depthwire::analyzer
