#include "services/analyzer/core/inferred/spoof_signals.hpp"

namespace depthwire::analyzer {
namespace {

constexpr std::string_view spoof_suspect = "SPOOF_SUSPECT";
constexpr std::string_view layering_suspect = "LAYERING_SUSPECT";
constexpr std::array<int, 2> suspect_direction = {1, -1};  // bid, ask

}  // namespace

void SpoofSignals::depth(const View& view, const BookChange& change, const Publisher& out) {
  suspect_.step(out.t(), view.book, change, view.large.usual_size(), view.facts.tick_points());
  tell(view, out);
}

void SpoofSignals::second(const View& view, const Publisher& out) { tell(view, out); }

void SpoofSignals::tell(const View& view, const Publisher& out) {
  if (view.live) {
    suspect_.settle(out.t(), view.removals, view.params.touch_removal.pair_within);
  } else {
    suspect_.drop();
  }
  for (std::size_t s = 0; s < suspect_direction.size(); ++s) {
    const auto side = static_cast<market::Side>(s);
    tell(spoof_suspect, s, spoof_lives_[s], suspect_.spoofs(out.t(), side),
         view.params.spoof.needed, view, out);
    tell(layering_suspect, s, layering_lives_[s], suspect_.layers(out.t(), side),
         view.params.spoof.layers, view, out);
  }
}

void SpoofSignals::tell(std::string_view name, std::size_t side, Lifecycle& life, std::size_t count,
                        std::size_t needed, const View& view, const Publisher& out) {
  const bool enter = view.live && count >= needed;
  const bool stay =
      view.live && static_cast<double>(count) >= stay_factor * static_cast<double>(needed);
  const auto what = life.step(out.t(), enter, stay);
  if (what == Transition::none) return;
  const double score = suspect_.score(count);
  out.transition(what,
                 {.signal = name,
                  .value = score,
                  .direction = suspect_direction[side],
                  .strength = score,
                  .basis = Basis::inferred,
                  .quality = view.inferred_quality,
                  .n = view.large.n(),
                  .window = baseline_window},
                 "open", view.params.large_order.minimum);
}

void SpoofSignals::end(const Publisher& out) {
  for (std::size_t s = 0; s < suspect_direction.size(); ++s) {
    const int direction = suspect_direction[s];
    if (spoof_lives_[s].end(out.t())) out.reset(spoof_suspect, direction, Basis::inferred);
    if (layering_lives_[s].end(out.t())) out.reset(layering_suspect, direction, Basis::inferred);
  }
}

}  // namespace depthwire::analyzer
