#include "services/analyzer/core/engine/params.hpp"

#include <charconv>
#include <string_view>
#include <type_traits>

namespace depthwire::analyzer {
namespace {

class Hash {
 public:
  template <class T>
  Hash& operator()(std::string_view name, T value) {
    char text[64];
    std::to_chars_result end{};
    if constexpr (std::is_floating_point_v<T>) {
      end = std::to_chars(text, text + sizeof text, value);  // the shortest that reads back equal
    } else {
      end = std::to_chars(text, text + sizeof text, static_cast<std::int64_t>(value));
    }
    add(name);
    add("=");
    add({text, static_cast<std::size_t>(end.ptr - text)});
    add("\n");
    return *this;
  }

  [[nodiscard]] std::uint64_t value() const { return value_; }

 private:
  void add(std::string_view text) {
    for (const char c : text) {
      value_ = (value_ ^ static_cast<unsigned char>(c)) * 1'099'511'628'211ULL;
    }
  }

  std::uint64_t value_ = 14'695'981'039'346'656'037ULL;
};

}  // namespace

std::uint64_t params_hash(const Params& p) {
  Hash hash;
  hash("imbalance_threshold", p.imbalance_threshold)("z_threshold", p.z_threshold)(
      "imbalance_hold", p.imbalance_hold)("large_quotes", p.large_quotes)(
      "min_touch_lots", p.min_touch_lots)("restatement_limit", p.restatement_limit)(
      "min_sums", p.min_sums)("series_interval", p.series_interval)(
      "sentiment_interval", p.sentiment_interval)("gap", p.gap)("correlation_interval",
                                                                p.correlation_interval);
  hash("correlation.window", p.correlation.window)("correlation.minimum", p.correlation.minimum)(
      "correlation.bars", p.correlation.bars)("correlation.capacity", p.correlation.capacity);
  hash("absorption.min_imbalance", p.absorption.min_imbalance)(
      "absorption.progress_share", p.absorption.progress_share)("absorption.min_refill",
                                                                p.absorption.min_refill);
  hash("baseline.minimum", p.baseline.minimum)("baseline.seasonal_days", p.baseline.seasonal_days)(
      "baseline.seasonal_keep", p.baseline.seasonal_keep)("baseline.window", p.baseline.window);
  hash("book.warm_up", p.book.warm_up)("book.crossed_for", p.book.crossed_for)(
      "book.unknown_removals", p.book.unknown_removals)(
      "book.unknown_within", p.book.unknown_within)("book.divergence_spreads",
                                                    p.book.divergence_spreads)(
      "book.divergence_for", p.book.divergence_for)("book.calm_for", p.book.calm_for)(
      "book.stale_after", p.book.stale_after)("book.scale_spreads", p.book.scale_spreads);
  hash("exhaustion.bars", p.exhaustion.bars)("exhaustion.recent", p.exhaustion.recent)(
      "exhaustion.min_decline", p.exhaustion.min_decline)("exhaustion.full_decline",
                                                          p.exhaustion.full_decline);
  hash("iceberg.min_cycles", p.iceberg.min_cycles)("iceberg.window", p.iceberg.window)(
      "iceberg.min_variation", p.iceberg.min_variation)("iceberg.near_ticks", p.iceberg.near_ticks)(
      "iceberg.full_cycles", p.iceberg.full_cycles);
  hash("large_order.minimum", p.large_order.minimum)(
      "large_order.quantile", p.large_order.quantile)("large_order.median_factor",
                                                      p.large_order.median_factor)(
      "large_order.levels", p.large_order.levels)("large_order.alive", p.large_order.alive)(
      "large_order.window", p.large_order.window)("large_order.baseline", p.large_order.baseline);
  hash("lifecycle.minimum_hold", p.lifecycle.minimum_hold)(
      "lifecycle.cool_down", p.lifecycle.cool_down)("lifecycle.time_to_live",
                                                    p.lifecycle.time_to_live);
  hash("removals.refill_after", p.removals.refill_after)(
      "removals.refill_within", p.removals.refill_within)("removals.size_tolerance_pct",
                                                          p.removals.size_tolerance_pct);
  hash("spoof.min_ticks", p.spoof.min_ticks)("spoof.max_ticks", p.spoof.max_ticks)(
      "spoof.max_life", p.spoof.max_life)("spoof.life_quantile", p.spoof.life_quantile)(
      "spoof.moved_ticks", p.spoof.moved_ticks)("spoof.needed", p.spoof.needed)(
      "spoof.window", p.spoof.window)("spoof.full_count", p.spoof.full_count)(
      "spoof.min_lives", p.spoof.min_lives)("spoof.baseline", p.spoof.baseline)(
      "spoof.min_median_life", p.spoof.min_median_life)("spoof.layers", p.spoof.layers)(
      "spoof.layers_added_within", p.spoof.layers_added_within)("spoof.layers_deleted_within",
                                                                p.spoof.layers_deleted_within);
  hash("sweep.min_levels", p.sweep.min_levels)("sweep.within", p.sweep.within)(
      "sweep.judged_after", p.sweep.judged_after)("sweep.failed_share", p.sweep.failed_share)(
      "sweep.full_levels", p.sweep.full_levels);
  hash("touch_removal.pair_within", p.touch_removal.pair_within)("touch_removal.look_ahead",
                                                                 p.touch_removal.look_ahead)(
      "touch_removal.pair_ticks", p.touch_removal.pair_ticks)("touch_removal.size_tolerance_pct",
                                                              p.touch_removal.size_tolerance_pct)(
      "touch_removal.refill_within", p.touch_removal.refill_within);
  return hash.value();
}

}  // namespace depthwire::analyzer
