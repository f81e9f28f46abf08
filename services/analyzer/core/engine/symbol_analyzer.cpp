// A symbol's inputs: what each of them changes. Its timers are in symbol_timers.cpp, the five
// types in symbol_events.cpp, the building of outputs in symbol_outputs.cpp.
#include "services/analyzer/core/engine/symbol_analyzer.hpp"

#include <algorithm>

namespace depthwire::analyzer {
namespace {

constexpr Ns duplicate_within = 100 * ns_per_ms;
constexpr std::size_t mirrored_levels = 5;
constexpr std::size_t kept_bars = 60;

std::int64_t power_of_ten(int exponent) {
  std::int64_t power = 1;
  for (int i = 0; i < exponent; ++i) power *= 10;
  return power;
}

bool mirrors(const market::Book& book) {
  const auto bids = book.levels_to_touch(market::Side::bid);
  const auto asks = book.levels_to_touch(market::Side::ask);
  const std::size_t count = std::min(mirrored_levels, std::max(bids.size(), asks.size()));
  if (count == 0 || bids.size() < count || asks.size() < count) return false;
  for (std::size_t i = 1; i <= count; ++i) {
    if (bids[bids.size() - i].size != asks[asks.size() - i].size) return false;
  }
  return true;
}

}  // namespace

std::int64_t SymbolFacts::tick_points() const { return power_of_ten(5 - digits); }
std::int64_t SymbolFacts::pip_points() const { return power_of_ten(5 - pip_position); }

SymbolAnalyzer::SymbolAnalyzer(std::string symbol, const Params& params)
    : symbol_(std::move(symbol)),
      params_(params),
      state_(params.book),
      mirrored_(ns_per_minute, {baseline_window}),
      imbalance_baseline_(params.baseline),
      spread_mean_(static_cast<std::size_t>(main_window / ns_per_second)),
      spread_baseline_(params.baseline),
      removal_(params.touch_removal),
      removals_(params.touch_removal, params.removals),
      taken_(100 * ns_per_ms, {short_window, main_window}),
      buy_sums_(static_cast<std::size_t>(baseline_window / short_window), baseline_window),
      sell_sums_(static_cast<std::size_t>(baseline_window / short_window), baseline_window),
      usual_taken_(params.baseline.seasonal_days),
      usual_ticks_(params.baseline.seasonal_days),
      large_(params.large_order),
      sentiment_(static_cast<std::size_t>(sentiment_window / ns_per_second)),
      imbalance_life_{Lifecycle(params.lifecycle), Lifecycle(params.lifecycle)},
      absorption_life_(imbalance_life_),
      exhaustion_life_(imbalance_life_),
      large_life_(imbalance_life_),
      spread_life_(params.lifecycle),
      signals_(params) {}

void SymbolAnalyzer::arrive(const Step& step) {
  if (!last_input_) first_offset_ = step.offset;
  if (last_input_ && step.t - *last_input_ > params_.gap) {
    // Nothing spans a hole: the windows fill anew.
    end_all(step);
    clear_windows(step.t);
    clear_spot_windows();
    first_offset_ = step.offset;
  }
  last_input_ = step.t;
}

void SymbolAnalyzer::spot(const Step& step, const market::Spot& spot) {
  arrive(step);
  if (spot.session_close) {
    // The first after a subscription tells the last known prices, which may be days old.
    spot_.note_old(spot);
    clear_spot_windows();
    return;
  }
  const auto mid_before = spot_.mid_half_points();
  spot_.apply(spot);
  const auto spread = spot_.spread_points();
  spread_mean_.set(step.t, spread ? std::optional(static_cast<double>(*spread)) : std::nullopt);
  if (const auto mid = spot_.mid_half_points()) {
    mid_path_.step(*mid);
    tick_rule_.step(*mid);
    if (mid_before && *mid_before != *mid) {
      Taken::Values values{};
      values[mid_changes] = 1;
      taken_.add(step.t, values);
    }
  }
  state_.look(step.t, book_facts());
  evaluate_spread(step);
}

void SymbolAnalyzer::depth(const Step& step, const market::DepthUpdate& update) {
  arrive(step);
  ++counts_.depth_events;
  if (duplicate(step.t, update)) {
    ++counts_.duplicates;
    return;
  }
  if (update.kind == market::DepthKind::reset) reset_book(step);
  const bool was_live = state_.live();
  if (!apply_and_compare(book_, update, change_)) {
    ++counts_.refused;
    return;
  }
  book_known_ = true;
  last_update_ = update;
  last_update_time_ = step.t;
  if (update.kind == market::DepthKind::reset && book_.empty()) return;
  counts_.unknown_removals += change_.unknown_removals;

  state_.depth(step.t, book_facts(), change_.unknown_removals);
  mirrored_.add(step.t, {1, mirrors(book_) ? 1 : 0});
  const auto lots = static_cast<double>(facts_.lot_size_cents);
  const auto dust = static_cast<std::int64_t>(params_.min_touch_lots * lots);
  ofi_.step(step.t, top_levels(book_, market::Size{dust}));
  large_.step(step.t, book_, change_);
  if (was_live && state_.live()) {
    removal_.step(step.t, step.offset, change_, facts_.tick_points());
    removals_.step(step.t, change_, removal_, facts_.tick_points());
    const std::int64_t bid = removal_.refilled(market::Side::bid);
    const std::int64_t ask = removal_.refilled(market::Side::ask);
    if (bid != 0 || ask != 0) {
      Taken::Values values{};
      values[refilled_bid] = bid;
      values[refilled_ask] = ask;
      taken_.add(step.t, values);
    }
  } else {
    removal_.clear();
    removals_.clear();
  }
  i5_.reset();
  if (state_.live()) {
    i5_ = imbalance(book_.levels_to_touch(market::Side::bid),
                    book_.levels_to_touch(market::Side::ask), 5);
  }
  evaluate_imbalance(step);
  evaluate_large_player(step);
  signals_.depth(view(), change_, publisher(step));
}

bool SymbolAnalyzer::duplicate(Ns t, const market::DepthUpdate& update) const {
  return update.kind == market::DepthKind::change && last_update_time_ &&
         t - *last_update_time_ <= duplicate_within && update == last_update_;
}

std::optional<BarUpdate> SymbolAnalyzer::bar(const Step& step, const BarUpdate& bar) {
  arrive(step);
  if (last_bar_open_ && bar.open_time <= *last_bar_open_) return std::nullopt;  // closed already
  if (bar.closed) {
    forming_.reset();
    close_bar(step, bar);
    return bar;
  }
  // A bar that begins ends the one before it, where nobody said so.
  std::optional<BarUpdate> ended;
  if (forming_ && forming_->open_time < bar.open_time) {
    ended = forming_;
    close_bar(step, *ended);
  }
  forming_ = bar;
  return ended;
}

void SymbolAnalyzer::close_bar(const Step& step, const BarUpdate& bar) {
  last_bar_open_ = bar.open_time;
  const auto sigma = close_changes_.sigma();
  const auto change = close_changes_.step(bar.values.close);
  const auto ticks = static_cast<double>(bar.values.tick_count);
  Split split{.t = step.t, .ticks = ticks};
  split.bar60_buy = ticks * bar60_buy_share(bar.values.open, bar.values.close);
  std::optional<double> bvc_share;
  if (sigma && change) bvc_share = bvc_buy_share(static_cast<double>(*change), *sigma);
  if (bvc_share) split.bvc_buy = ticks * *bvc_share;
  splits_[next_split_] = split;
  next_split_ = (next_split_ + 1) % splits_.size();

  const auto out = publisher(step);
  const auto publish = [&](std::string_view flavour, Basis basis, double buy, double sell) {
    out.flow({.flavour = flavour, .buy = buy, .sell = sell, .basis = basis}, ns_per_minute);
  };
  publish("bar60", Basis::modelled, split.bar60_buy, ticks - split.bar60_buy);
  if (split.bvc_buy) publish("bvc", Basis::modelled, *split.bvc_buy, ticks - *split.bvc_buy);
  const auto rule = tick_rule_.take();
  publish("tick", Basis::measured, static_cast<double>(rule.buy), static_cast<double>(rule.sell));
  signals_.bar(view(), {bar, bvc_share, rule}, out);

  bar_absorption_.reset();
  if (bars_.size() == kept_bars) {
    bar_absorption_ = absorption_bar(bar.values, bars_);
    bars_.erase(bars_.begin());
  }
  bars_.push_back(bar.values);
}

void SymbolAnalyzer::reset_book(const Step& step) {
  end_all(step);
  book_.clear();
  state_.reset();
  clear_windows(step.t);
  last_update_time_.reset();
  first_offset_ = step.offset;
}

void SymbolAnalyzer::source_lost(const Step& step) {
  reset_book(step);
  book_known_ = false;
  spot_.clear();
  clear_spot_windows();
  forming_.reset();
  last_input_.reset();
}

void SymbolAnalyzer::clear_spot_windows() {
  spread_mean_.clear();
  mid_path_.clear();
  tick_rule_.clear();
  volatility_.gap();
}

// What a window of depth or of estimates held. Returns and bars have their own rule for gaps.
void SymbolAnalyzer::clear_windows(Ns t) {
  i5_.reset();
  imbalance_baseline_.clear_rolling();
  spread_baseline_.clear_rolling();
  mirrored_.clear();
  ofi_.clear();
  removal_.clear();
  removals_.clear();
  taken_.clear();
  buy_sums_.clear();
  sell_sums_.clear();
  tens_.clear();
  tens_seen_ = 0;
  restatement_.clear();
  next_restatement_ = 0;
  restates_ = false;
  ladder_ = false;
  bar_absorption_.reset();
  large_.clear();
  sentiment_.clear();
  imbalance_since_ = {};
  signals_.clear();
  signals_.gap(t);
}

BookFacts SymbolAnalyzer::book_facts() const {
  const auto bid = book_.touch(market::Side::bid);
  const auto ask = book_.touch(market::Side::ask);
  BookFacts facts;
  if (bid) facts.bid = bid->price;
  if (ask) facts.ask = ask->price;
  facts.spot_bid = spot_.bid();
  facts.spot_mid_half_points = spot_.mid_half_points();
  facts.spot_spread_points = spot_.spread_points();
  if (spread_baseline_.n() >= params_.baseline.minimum) {
    facts.median_spread_points = spread_baseline_.median();
  }
  return facts;
}

void SymbolAnalyzer::update_health(Ns t) {
  mirrored_.advance(t - 1);
  constexpr std::int64_t enough = 100;
  const auto& events = mirrored_.sum(0);
  const bool mirror = events[0] >= enough && 10 * events[1] >= 8 * events[0];
  const bool tiers =
      large_.n() >= static_cast<std::size_t>(enough) && large_.distinct_sizes(4) <= 3;
  ladder_ = mirror || tiers;
}

}  // namespace depthwire::analyzer
