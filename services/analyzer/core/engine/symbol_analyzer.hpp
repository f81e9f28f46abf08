#pragma once

#include "services/analyzer/core/base/evidence.hpp"
#include "services/analyzer/core/base/input.hpp"
#include "services/analyzer/core/base/mid_path.hpp"
#include "services/analyzer/core/base/output.hpp"
#include "services/analyzer/core/base/seasonal_mean.hpp"
#include "services/analyzer/core/base/time_weighted.hpp"
#include "services/analyzer/core/base/window_sums.hpp"
#include "services/analyzer/core/book/book_change.hpp"
#include "services/analyzer/core/engine/params.hpp"
#include "services/analyzer/core/engine/publisher.hpp"
#include "services/analyzer/core/engine/signal_table.hpp"
#include "services/analyzer/core/engine/view.hpp"
#include "services/analyzer/core/measured/imbalance.hpp"
#include "services/analyzer/core/measured/ofi.hpp"
#include "services/analyzer/core/measured/spread.hpp"
#include "services/analyzer/core/measured/volatility.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace depthwire::analyzer {

/// What a symbol has seen that is no signal: for metrics.
struct SymbolCounts {
  std::uint64_t depth_events = 0;
  std::uint64_t duplicates = 0;
  std::uint64_t unknown_removals = 0;
  std::uint64_t refused = 0;  ///< depth events that the book refused

  template <class Archive>
  void serialize(Archive& archive) {
    archive(depth_events, duplicates, unknown_removals, refused);
  }
};

/// All signals of one symbol. Every method takes things in order of receive time.
class SymbolAnalyzer {
 public:
  SymbolAnalyzer(std::string symbol, const Params& params);

  void facts(const SymbolFacts& facts) { facts_ = facts; }
  void spot(const Step& step, const market::Spot& spot);
  void depth(const Step& step, const market::DepthUpdate& update);
  /// Gives the bar that closed by it.
  std::optional<BarUpdate> bar(const Step& step, const BarUpdate& bar);

  /// The timer of each whole second.
  void second(const Step& step);
  /// When an estimate of taken liquidity is due.
  [[nodiscard]] std::optional<Ns> next_due() const { return removal_.next_due(); }
  /// The timer of the estimates that are due at `step.t`.
  void due(const Step& step);

  /// The source is gone or began anew: no book, no spot, no window outlives that.
  void source_lost(const Step& step);

  /// Whether nothing came for so long that there is nothing to time.
  [[nodiscard]] bool dormant(Ns t) const { return !last_input_ || t - *last_input_ > params_.gap; }
  [[nodiscard]] std::string_view symbol() const { return symbol_; }
  [[nodiscard]] std::optional<std::int64_t> mid_half_points() const {
    return spot_.mid_half_points();
  }
  [[nodiscard]] const market::Book& book() const { return book_; }
  /// A reset or a keyframe began the book, and nothing was missed since.
  [[nodiscard]] bool book_known() const { return book_known_; }
  [[nodiscard]] BookPhase phase() const { return state_.phase(); }
  [[nodiscard]] const SymbolCounts& counts() const { return counts_; }

  /// The state, for snapshots.
  template <class Archive>
  void serialize(Archive& archive) {
    archive(facts_, counts_, last_input_, first_offset_);
    archive(book_, book_known_, state_, last_update_, last_update_time_, mirrored_, ladder_,
            restates_);
    archive(i5_, imbalance_baseline_, spot_, spread_mean_, spread_baseline_);
    archive(ofi_, removal_, removals_, taken_, close_changes_, tick_rule_, forming_, last_bar_open_,
            bars_, splits_, next_split_);
    archive(buy_sums_, sell_sums_, mid_path_, volatility_, tens_, tens_seen_, restatement_,
            next_restatement_, usual_taken_, usual_ticks_, bar_absorption_, large_, sentiment_,
            sentiment_null_);
    archive(imbalance_life_, imbalance_since_, absorption_life_, exhaustion_life_, large_life_,
            spread_life_, spread_wide_);
    archive(i5_series_, spread_series_, spread_mean_series_, ofi_series_, ofi_levels_series_,
            vi_taken_series_, vi_bvc_series_, vi_bar60_series_, vol_short_series_,
            vol_long_series_);
    archive(signals_);
  }

 private:
  enum Field : std::size_t {  // of taken_
    buy_quarters,
    sell_quarters,
    estimates,
    removed_bid,
    removed_ask,
    refilled_bid,
    refilled_ask,
    mid_changes,
    field_count
  };
  using Taken = WindowSums<field_count, 2>;
  static constexpr std::size_t ten_seconds_window = 0;
  static constexpr std::size_t minute_window = 1;

  /// One bar of 10 s.
  struct TenSeconds {
    MidPath::Window mid;
    double taken_buy = 0;
    double taken_sell = 0;
    double ticks = 0;
    std::int64_t ofi = 0;
    std::uint64_t estimates = 0;

    template <class Archive>
    void serialize(Archive& archive) {
      archive(mid, taken_buy, taken_sell, ticks, ofi, estimates);
    }
  };
  /// One closed bar of the provider, split.
  struct Split {
    Ns t = 0;
    double ticks = 0;
    double bar60_buy = 0;
    std::optional<double> bvc_buy;

    template <class Archive>
    void serialize(Archive& archive) {
      archive(t, ticks, bar60_buy, bvc_buy);
    }
  };
  // Inputs.
  void arrive(const Step& step);
  void clear_windows(Ns t);
  void clear_spot_windows();
  void reset_book(const Step& step);
  void close_bar(const Step& step, const BarUpdate& bar);
  void update_health(Ns t);
  [[nodiscard]] BookFacts book_facts() const;
  [[nodiscard]] bool duplicate(Ns t, const market::DepthUpdate& update) const;

  // Timers.
  void ten_seconds(const Step& step);
  void sample_baselines(Ns t);
  void check_restatement();
  void publish_series(const Step& step);
  void publish_sentiment(const Step& step);

  // The five types.
  void evaluate_imbalance(const Step& step);
  void evaluate_spread(const Step& step);
  void evaluate_large_player(const Step& step);
  void evaluate_absorption(const Step& step);
  void evaluate_exhaustion(const Step& step);
  void end_all(const Step& step);
  [[nodiscard]] AbsorptionInput absorption_input() const;

  // Publishing.
  [[nodiscard]] Publisher publisher(const Step& step) const;
  [[nodiscard]] View view() const;
  [[nodiscard]] Quality depth_quality() const;
  [[nodiscard]] Quality inferred_quality() const;
  [[nodiscard]] std::optional<double> volume_imbalance_taken() const;

  std::string symbol_;
  Params params_;
  SymbolFacts facts_;
  SymbolCounts counts_;
  std::optional<Ns> last_input_;
  std::uint64_t first_offset_ = 0;  // nothing before it counts

  // The book and what may be believed of it.
  market::Book book_;
  bool book_known_ = false;
  BookChange change_;
  BookState state_;
  market::DepthUpdate last_update_;
  std::optional<Ns> last_update_time_;
  WindowSums<2, 1> mirrored_;  // depth events, those with equal top-5 sizes; one hour
  bool ladder_ = false;        // the depth is a synthetic ladder
  bool restates_ = false;      // the estimates only restate the price

  // S1, S3, S18.
  std::optional<Imbalance> i5_;  // null unless the book is live
  Baseline imbalance_baseline_;
  SpotState spot_;
  TimeWeighted spread_mean_;
  Baseline spread_baseline_;

  // S5, S6, S6b, S8.
  Ofi ofi_;
  TouchRemoval removal_;
  Removals removals_;
  Taken taken_;
  CloseChanges close_changes_;
  TickRule tick_rule_;
  std::optional<BarUpdate> forming_;
  std::optional<Ns> last_bar_open_;
  std::vector<BarValues> bars_;  // the last 60
  std::array<Split, 4> splits_{};
  std::size_t next_split_ = 0;

  // S9, S10, S11, S16, S21.
  SortedWindow<double> buy_sums_;
  SortedWindow<double> sell_sums_;
  MidPath mid_path_;
  Volatility volatility_;
  std::vector<TenSeconds> tens_;  // the last 20
  std::uint64_t tens_seen_ = 0;
  std::vector<std::array<double, 2>> restatement_;  // delta taken, change of mid; a ring of 10 s
  std::size_t next_restatement_ = 0;
  SeasonalMean usual_taken_;
  SeasonalMean usual_ticks_;
  std::optional<Fired> bar_absorption_;
  LargeOrder large_;
  TimeWeighted sentiment_;
  bool sentiment_null_ = true;

  // Lifecycles; where there are two, of direction +1 and -1.
  std::array<Lifecycle, 2> imbalance_life_;
  std::array<std::optional<Ns>, 2> imbalance_since_;
  std::array<Lifecycle, 2> absorption_life_;
  std::array<Lifecycle, 2> exhaustion_life_;
  std::array<Lifecycle, 2> large_life_;
  Lifecycle spread_life_;
  bool spread_wide_ = false;

  Series i5_series_{"I_5"};
  Series spread_series_{"SPREAD"};
  Series spread_mean_series_{"SPREAD_MEAN_60s"};
  Series ofi_series_{"OFI_10s"};
  Series ofi_levels_series_{"OFI_ML_10s"};
  Series vi_taken_series_{"VI_taken"};
  Series vi_bvc_series_{"VI_bvc"};
  Series vi_bar60_series_{"VI_bar60"};
  Series vol_short_series_{"VOL_5m"};
  Series vol_long_series_{"VOL_1h"};

  SignalTable signals_;
};

}  // namespace depthwire::analyzer
