#include "services/analyzer/core/inferred/sweep_signals.hpp"

namespace depthwire::analyzer {
namespace {

std::size_t place_of(int direction) { return direction < 0 ? 0 : direction == 0 ? 1 : 2; }

std::string_view sweep_name(int direction) { return direction == 0 ? "LIQUIDITY_PULL" : "SWEEP"; }

}  // namespace

void SweepSignals::depth(const View& view, const BookChange& change, const Publisher& out) {
  sweep_.step(out.t(), view.book, change, view.removals.latest());
  judge_old(view, out);
}

void SweepSignals::second(const View& view, const Publisher& out) { judge_old(view, out); }

void SweepSignals::estimate(const View& view, const Estimate& estimate, const Publisher& out) {
  const auto swept =
      sweep_.judge(estimate.t, view.removals.kept(), view.spot.bid(), view.spot.ask());
  if (!swept) return;
  Open& open = open_[place_of(swept->direction)];
  if (open.life.step(out.t(), true, true) != Transition::open) return;
  open.swept = *swept;
  open.mid_after = view.book.mid_half_points();
  tell(Transition::open, open, {}, view, out);
}

void SweepSignals::judge_old(const View& view, const Publisher& out) {
  if (!view.live) sweep_.drop();  // no estimate will come for it
  for (Open& open : open_) {
    if (!open.life.open()) continue;
    const bool judge = out.t() - open.swept.t >= view.params.sweep.judged_after;
    const auto what = open.life.step(out.t(), false, view.live && !judge);
    if (what == Transition::none) continue;
    const auto mid = view.book.mid_half_points();
    const bool known = view.live && judge && mid && open.swept.mid_before && open.mid_after;
    const bool failed =
        known && open.swept.direction != 0 &&
        sweep_failed(*open.swept.mid_before, *open.mid_after, *mid, view.params.sweep);
    tell(what, open, failed ? "failed" : "close", view, out);
  }
}

void SweepSignals::tell(Transition what, const Open& open, std::string_view closed,
                        const View& view, const Publisher& out) {
  out.transition(what,
                 {.signal = sweep_name(open.swept.direction),
                  .value = static_cast<double>(open.swept.cents) / market::cents_per_unit,
                  .direction = open.swept.direction,
                  .strength = open.swept.strength,
                  .basis = Basis::inferred,
                  .quality = view.inferred_quality,
                  .n = view.large.n(),
                  .window = baseline_window},
                 "open", view.params.large_order.minimum, closed);
}

void SweepSignals::end(const Publisher& out) {
  for (std::size_t i = 0; i < open_.size(); ++i) {
    const int direction = static_cast<int>(i) - 1;
    if (open_[i].life.end(out.t())) out.reset(sweep_name(direction), direction, Basis::inferred);
  }
}

}  // namespace depthwire::analyzer
