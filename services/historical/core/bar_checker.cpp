#include "services/historical/core/bar_checker.hpp"

#include "proto/bus/envelope.pb.h"

#include <algorithm>
#include <utility>

namespace depthwire::historical {
namespace {

market::Prices bid_of(const bus::Bar& bar) {
  const auto& bid = bar.bid();
  return {.open = {bid.open()}, .high = {bid.high()}, .low = {bid.low()}, .close = {bid.close()}};
}

/// The newest time at which a bar of `period` may have opened that history has by `now_ms`.
std::int64_t newest_settled_ms(bus::Period period, std::int64_t now_ms) {
  return now_ms - length_ms(period) - history_lag_ms;
}

}  // namespace

bool BarChecker::take(const journal::Record& record) {
  if (every_ms_ == 0 || record.header.payload_type != bus::Envelope::kBar) return true;
  bus::Envelope envelope;
  if (!envelope.ParseFromArray(record.payload.data(), static_cast<int>(record.payload.size()))) {
    return true;
  }
  const auto& bar = envelope.bar();
  if (!bar.closed() || !bar.has_bid() || bar.origin() != bus::Bar::live) return true;
  const Series series{.symbol = envelope.symbol(), .period = bar.period()};
  const Range opens{bar.open_time_ns() / ns_per_ms, bar.open_time_ns() / ns_per_ms + 1};
  if (check(series, opens)) return true;  // nothing that history could be asked for
  auto& bars = series_[series].bars;
  const auto known = bars.find(opens.from_ms);
  if (known == bars.end() && waiting_ >= most_waiting) return false;
  if (known == bars.end()) ++waiting_;
  bars[opens.from_ms] = {.bid = bid_of(bar)};
  return true;
}

bool BarChecker::in_round() const {
  return std::ranges::any_of(series_, [](const auto& each) { return each.second.in_round; });
}

void BarChecker::begin_round(std::int64_t now_ms) {
  last_round_ms_ = now_ms;
  for (auto& [series, of] : series_) {
    of.in_round =
        !of.bars.empty() && of.bars.begin()->first <= newest_settled_ms(series.period, now_ms);
  }
}

std::optional<BarCheck> BarChecker::next(std::int64_t now_ms) {
  if (every_ms_ == 0) return std::nullopt;
  // A clock that was set back begins anew.
  if (last_round_ms_ == 0 || now_ms < last_round_ms_) last_round_ms_ = now_ms;
  if (!in_round() && now_ms - last_round_ms_ >= every_ms_) begin_round(now_ms);
  for (auto& [series, of] : series_) {
    if (!of.in_round) continue;
    const auto beyond = of.bars.upper_bound(newest_settled_ms(series.period, now_ms));
    of.in_round = beyond != of.bars.begin();
    if (!of.in_round) continue;
    const auto until_ms = std::prev(beyond)->first + 1;
    const auto from_ms = std::max(of.bars.begin()->first, until_ms - widest_ms(series));
    return BarCheck{series, {from_ms, until_ms}};
  }
  return std::nullopt;
}

Verdict BarChecker::judge(const BarCheck& check, const BarsPage& page) {
  Verdict verdict;
  const auto found = series_.find(check.series);
  if (found == series_.end()) return verdict;
  auto& of = found->second;
  std::map<std::int64_t, const bus::Bar*> history;
  for (const auto& bar : page.bars) history[bar.open_time_ns() / ns_per_ms] = &bar;
  const auto answered = common(check.range, page.reach.settled);
  auto live = of.bars.lower_bound(answered.from_ms);
  while (live != of.bars.end() && live->first < answered.until_ms) {
    const auto told = history.find(live->first);
    if (told == history.end()) {
      live = missed(of, live, verdict);
      continue;
    }
    ++verdict.checked;
    const auto& bar = *told->second;
    if (const auto bid = bid_of(bar); bid != live->second.bid) {
      ++verdict.differing;
      corrections_.push_back({check.series.symbol,
                              {.period = static_cast<market::Period>(bar.period()),
                               .open_time_ns = bar.open_time_ns(),
                               .bid = bid,
                               .ask = {},
                               .tick_count = bar.tick_count()}});
    }
    live = erase(of, live);
  }
  of.in_round = of.bars.lower_bound(answered.from_ms) != of.bars.begin();
  return verdict;
}

Verdict BarChecker::fail(const BarCheck& check) {
  return judge(check, {.bars = {}, .reach = {.settled = check.range, .covered = {}}});
}

void BarChecker::put_off(const BarCheck& check) {
  const auto found = series_.find(check.series);
  if (found != series_.end()) found->second.in_round = false;
}

BarChecker::WaitingBars::iterator BarChecker::missed(OfSeries& of, WaitingBars::iterator bar,
                                                     Verdict& verdict) {
  if (++bar->second.rounds < most_rounds) return std::next(bar);
  ++verdict.unchecked;
  return erase(of, bar);
}

BarChecker::WaitingBars::iterator BarChecker::erase(OfSeries& of, WaitingBars::iterator bar) {
  --waiting_;
  return of.bars.erase(bar);
}

std::vector<Correction> BarChecker::take_corrections() { return std::exchange(corrections_, {}); }

}  // namespace depthwire::historical
