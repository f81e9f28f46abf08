#include "services/analyzer/core/records/encode.hpp"

namespace depthwire::analyzer {
namespace {

void fill(const InputRange& range, const EncodeContext& context, bus::InputRange& to) {
  to.set_source(std::string(context.source));
  to.set_epoch(range.epoch);
  to.set_from_offset(range.from_offset);
  to.set_to_offset(range.to_offset);
}

bus::Basis to_bus(Basis basis) { return static_cast<bus::Basis>(basis); }
bus::Quality to_bus(Quality quality) { return static_cast<bus::Quality>(quality); }

static_assert(static_cast<int>(Basis::modelled) == bus::modelled);
static_assert(static_cast<int>(Quality::degraded) == bus::degraded);
static_assert(static_cast<int>(Quality::invalid) == bus::invalid);

int fill(const Signal& signal, const EncodeContext& context, bus::Envelope& envelope) {
  auto& to = *envelope.mutable_signal();
  to.set_signal(std::string(signal.signal));
  to.set_t_ns(signal.t);
  if (signal.value) to.set_value(*signal.value);
  if (signal.z) to.set_z(*signal.z);
  to.set_direction(signal.direction);
  to.set_strength(signal.strength);
  to.set_confidence(signal.confidence);
  to.set_basis(to_bus(signal.basis));
  to.set_quality(to_bus(signal.quality));
  to.set_n(signal.n);
  to.set_window_ns(static_cast<std::uint64_t>(signal.window));
  to.set_params_hash(context.params_hash);
  to.set_state(std::string(signal.state));
  fill(signal.inputs, context, *to.mutable_inputs());
  return bus::Envelope::kSignal;
}

int fill(const Flow& flow, const EncodeContext& context, bus::Envelope& envelope) {
  auto& to = *envelope.mutable_flow();
  to.set_flavour(std::string(flow.flavour));
  to.set_t_ns(flow.t);
  to.set_buy(flow.buy);
  to.set_sell(flow.sell);
  to.set_removed_bid(flow.removed_bid);
  to.set_removed_ask(flow.removed_ask);
  if (flow.pi) to.set_pi(*flow.pi);
  to.set_basis(to_bus(flow.basis));
  to.set_quality(to_bus(flow.quality));
  to.set_params_hash(context.params_hash);
  fill(flow.inputs, context, *to.mutable_inputs());
  return bus::Envelope::kFlow;
}

int fill(const Sentiment& sentiment, const EncodeContext& context, bus::Envelope& envelope) {
  auto& to = *envelope.mutable_sentiment();
  to.set_t_ns(sentiment.t);
  to.set_window_ns(static_cast<std::uint64_t>(sentiment.window));
  if (sentiment.value) to.set_value(*sentiment.value);
  if (sentiment.long_pct) to.set_long_pct(*sentiment.long_pct);
  to.set_label(std::string(sentiment.label));
  to.set_confidence(sentiment.confidence);
  to.set_quality(to_bus(sentiment.quality));
  to.set_params_hash(context.params_hash);
  fill(sentiment.inputs, context, *to.mutable_inputs());
  return bus::Envelope::kSentiment;
}

int fill(const RegimeState& state, const EncodeContext& context, bus::Envelope& envelope) {
  auto& to = *envelope.mutable_regime();
  to.set_t_ns(state.t);
  to.set_timeframe_ns(static_cast<std::uint64_t>(state.timeframe));
  to.set_label(std::string(state.label));
  to.set_trend(std::string(state.trend));
  to.set_volatility(std::string(state.volatility));
  if (state.efficiency_ratio) to.set_efficiency_ratio(*state.efficiency_ratio);
  if (state.adx) to.set_adx(*state.adx);
  if (state.volatility_percentile) to.set_volatility_percentile(*state.volatility_percentile);
  if (state.hurst) to.set_hurst(*state.hurst);
  to.set_confidence(state.confidence);
  to.set_quality(to_bus(state.quality));
  to.set_n(state.n);
  to.set_params_hash(context.params_hash);
  fill(state.inputs, context, *to.mutable_inputs());
  return bus::Envelope::kRegime;
}

int fill(const CorrelationMatrix& matrix, const EncodeContext& context, bus::Envelope& envelope) {
  auto& to = *envelope.mutable_correlation();
  to.set_t_ns(matrix.t);
  to.set_window_ns(static_cast<std::uint64_t>(matrix.window));
  for (const auto symbol : matrix.symbols) to.add_symbols(std::string(symbol));
  for (const CorrelationPair& pair : matrix.pairs) {
    auto& into = *to.add_pairs();
    into.set_a(static_cast<std::uint32_t>(pair.a));
    into.set_b(static_cast<std::uint32_t>(pair.b));
    if (pair.by_ticks) into.set_by_ticks(*pair.by_ticks);
    into.set_clamped(pair.clamped);
    into.set_n(pair.n);
    if (pair.by_bars) into.set_by_bars(*pair.by_bars);
    into.set_bars(pair.bars);
  }
  to.set_params_hash(context.params_hash);
  fill(matrix.inputs, context, *to.mutable_inputs());
  return bus::Envelope::kCorrelation;
}

}  // namespace

int encode(const Output& output, const EncodeContext& context, bus::Envelope& envelope) {
  envelope.Clear();
  envelope.set_provider(std::string(context.provider));
  envelope.set_symbol(std::string(output.symbol));
  envelope.set_receive_time_ns(output.receive_time);
  envelope.set_event_time_ns(output.receive_time);
  return std::visit([&](const auto& value) { return fill(value, context, envelope); },
                    output.value);
}

std::string_view kind_of(const Output& output) {
  if (std::holds_alternative<Signal>(output.value)) return "signal";
  if (std::holds_alternative<Flow>(output.value)) return "flow";
  if (std::holds_alternative<RegimeState>(output.value)) return "regime";
  if (std::holds_alternative<CorrelationMatrix>(output.value)) return "correlation";
  return "sentiment";
}

}  // namespace depthwire::analyzer
