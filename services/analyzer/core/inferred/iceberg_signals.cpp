#include "services/analyzer/core/inferred/iceberg_signals.hpp"

namespace depthwire::analyzer {
namespace {

constexpr std::string_view hidden_order = "HIDDEN_ORDER";
constexpr std::array<int, 2> resting_direction = {1, -1};  // bid, ask

}  // namespace

void IcebergSignals::depth(const View& view, const BookChange& /*change*/, const Publisher& out) {
  Prices entered;
  for (const Refill& refill : view.removals.refills()) {
    iceberg_.add(out.t(), refill, view.facts.tick_points());
    if (!iceberg_.at(out.t(), refill.side, refill.price)) continue;
    entered[static_cast<std::size_t>(refill.side)] = refill.price;
  }
  tell(view, entered, out);
}

void IcebergSignals::tell(const View& view, const Prices& entered, const Publisher& out) {
  for (std::size_t s = 0; s < lives_.size(); ++s) {
    const bool enter = view.live && entered[s];
    if (!enter && !lives_[s].open()) continue;
    const auto side = static_cast<market::Side>(s);
    const market::Price price = lives_[s].open() ? prices_[s] : *entered[s];
    const auto held = view.live ? iceberg_.at(out.t(), side, price, stay_factor) : std::nullopt;
    const auto what = lives_[s].step(out.t(), enter, held.has_value());
    if (what == Transition::none) continue;
    prices_[s] = price;
    out.transition(what,
                   {.signal = hidden_order,
                    .value = static_cast<double>(price.points),
                    .direction = resting_direction[s],
                    .strength = held ? held->strength : 0.0,
                    .basis = Basis::inferred,
                    .quality = view.inferred_quality,
                    .n = view.large.n(),
                    .window = baseline_window},
                   "open", view.params.large_order.minimum);
  }
}

void IcebergSignals::end(const Publisher& out) {
  for (std::size_t s = 0; s < lives_.size(); ++s) {
    if (lives_[s].end(out.t())) out.reset(hidden_order, resting_direction[s], Basis::inferred);
  }
}

}  // namespace depthwire::analyzer
