#include "services/analyzer/core/engine/publisher.hpp"

#include <algorithm>

namespace depthwire::analyzer {

int direction_of(const std::optional<double>& value) {
  return !value || *value == 0 ? 0 : *value > 0 ? 1 : -1;
}

InputRange Publisher::range(Ns window) const {
  const std::uint64_t from = step_.evidence->from(step_.t - window, step_.offset);
  return {step_.evidence->epoch(), std::max(from, std::min(first_offset_, step_.offset)),
          step_.offset};
}

void Publisher::series(Series& series, Signal signal, std::uint64_t minimum_n) const {
  if (!signal.value && series.published_null) return;
  series.published_null = !signal.value;
  signal.signal = series.name;
  signal.t = step_.t;
  signal.confidence =
      signal.value ? confidence(signal.basis, signal.quality, signal.n, minimum_n) : 0.0;
  signal.inputs = range(signal.window);
  publish(signal);
}

void Publisher::transition(Transition transition, Signal signal, std::string_view open_state,
                           std::uint64_t minimum_n, std::string_view close_state) const {
  signal.t = step_.t;
  signal.state = transition == Transition::open     ? open_state
                 : transition == Transition::expire ? std::string_view("expired")
                                                    : close_state;
  signal.confidence = confidence(signal.basis, signal.quality, signal.n, minimum_n);
  if (uncertain_ && signal.signal != certain_) signal.confidence *= 0.5;
  signal.inputs = range(signal.window);
  publish(signal);
}

void Publisher::reset(std::string_view signal, int direction, Basis basis) const {
  publish({.signal = signal,
           .t = step_.t,
           .direction = direction,
           .basis = basis,
           .quality = Quality::invalid,
           .state = "reset",
           .inputs = range(baseline_window)});
}

void Publisher::flow(Flow flow, Ns window) const {
  flow.t = step_.t;
  flow.inputs = range(window);
  step_.outputs->push_back({symbol_, step_.t, flow});
}

void Publisher::regime(RegimeState state, std::uint64_t minimum_n) const {
  state.t = step_.t;
  state.confidence = confidence(Basis::measured, state.quality, state.n, minimum_n);
  state.inputs = range(static_cast<Ns>(state.n) * state.timeframe);
  step_.outputs->push_back({symbol_, step_.t, state});
}

}  // namespace depthwire::analyzer
