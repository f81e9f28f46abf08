#include "services/analyzer/core/measured/regime_signals.hpp"

#include <algorithm>
#include <span>

namespace depthwire::analyzer {
namespace {

constexpr std::size_t bars = 60;
constexpr std::size_t hurst_returns = 256;
constexpr std::size_t hurst_step = 4;
/// No trend goes through a weekend.
constexpr Ns longest_pause = 4 * ns_per_hour;

std::vector<double> returns_of(std::span<const double> closes) {
  std::vector<double> returns;
  returns.reserve(closes.size());
  for (std::size_t i = 1; i < closes.size(); ++i) returns.push_back(closes[i] - closes[i - 1]);
  return returns;
}

}  // namespace

RegimeSignals::RegimeSignals(const Params& params)
    : usual_({.minimum = params.baseline.minimum,
              .seasonal_days = params.baseline.seasonal_days,
              .seasonal_keep = params.baseline.seasonal_keep,
              .window = 24 * ns_per_hour}) {
  constexpr std::array lengths = {ns_per_minute, 15 * ns_per_minute, ns_per_hour};
  for (std::size_t i = 0; i < frames_.size(); ++i) frames_[i].length = lengths[i];
}

void RegimeSignals::bar(const View& view, const ClosedBar& closed, const Publisher& out) {
  const Ns open = closed.bar.open_time;
  const BarValues& values = closed.bar.values;
  if (last_open_ != 0 && open - last_open_ > longest_pause) {
    for (Frame& frame : frames_) {
      frame.forming.reset();
      frame.closes.clear();
      frame.adx.clear();
      frame.machine = RegimeMachine();
    }
  }
  last_open_ = open;

  const auto volatility = view.volatility.over(Volatility::long_span);
  const auto percentile = volatility ? usual_.percentile(volatility->rv.volatility) : std::nullopt;
  for (Frame& frame : frames_) {
    const Ns of = open - open % frame.length;
    if (frame.forming && frame.forming->open_time != of) {
      close(frame, frame.forming->values, percentile, out);
      frame.forming.reset();
    }
    if (!frame.forming) {
      frame.forming = BarUpdate{of, values};
    } else {
      BarValues& sum = frame.forming->values;
      sum.high = std::max(sum.high, values.high);
      sum.low = std::min(sum.low, values.low);
      sum.close = values.close;
      sum.tick_count += values.tick_count;
    }
    // Its last minute need not wait for the next.
    if (open + ns_per_minute == of + frame.length) {
      close(frame, frame.forming->values, percentile, out);
      frame.forming.reset();
    }
  }
  // Last, so that a value is never in its own baseline.
  if (volatility) usual_.sample(out.t(), volatility->rv.volatility);
}

void RegimeSignals::close(Frame& frame, const BarValues& values, std::optional<double> percentile,
                          const Publisher& out) {
  if (frame.closes.size() == hurst_returns + 1) frame.closes.erase(frame.closes.begin());
  frame.closes.push_back(static_cast<double>(values.close));
  frame.adx.step(static_cast<double>(values.high), static_cast<double>(values.low),
                 static_cast<double>(values.close));
  const std::span<const double> closes = frame.closes;
  const std::span<const double> last = closes.last(std::min(closes.size(), bars + 1));
  RegimeInput input{.volatility_percentile = percentile};
  if (last.size() == bars + 1) {
    input.er = efficiency_ratio(last);
    input.direction = direction_of(last.back() - last.front());
  }
  if (frame.adx.value()) input.adx = frame.adx.value()->adx;
  frame.machine.step(input);
  out.regime({.timeframe = frame.length,
              .label = to_string(frame.machine.label()),
              .trend = to_string(frame.machine.trend()),
              .volatility = to_string(frame.machine.volatility()),
              .efficiency_ratio = input.er,
              .adx = input.adx,
              .volatility_percentile = percentile,
              .hurst = closes.size() == hurst_returns + 1 ? hurst(returns_of(closes), hurst_step)
                                                          : std::nullopt,
              .quality = frame.machine.label() == Regime::unknown ? Quality::warming : Quality::ok,
              .n = last.size()},
             bars);
}

}  // namespace depthwire::analyzer
