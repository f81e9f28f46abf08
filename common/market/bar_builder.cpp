#include "common/market/bar_builder.hpp"

#include "common/market/trading_day.hpp"

#include <algorithm>
#include <cassert>

namespace depthwire::market {
namespace {

std::int64_t length_ns(Period period) {
  switch (period) {
    case Period::s1: return ns_per_second;
    case Period::m1: return 60 * ns_per_second;
    case Period::m5: return 300 * ns_per_second;
    case Period::m15: return 900 * ns_per_second;
    case Period::h1: return ns_per_hour;
    case Period::h4: return 4 * ns_per_hour;
    case Period::d1: return ns_per_day;
    default: assert(false && "not a built period"); return ns_per_day;
  }
}

bool follows_trading_day(Period period) { return period == Period::h4 || period == Period::d1; }

void extend(std::optional<Prices>& prices, std::optional<Price> price) {
  if (!price) return;
  if (!prices) {
    prices = Prices{*price, *price, *price, *price};
    return;
  }
  prices->high = std::max(prices->high, *price);
  prices->low = std::min(prices->low, *price);
  prices->close = *price;
}

}  // namespace

std::int64_t bar_open(Period period, std::int64_t time_ns) {
  const auto length = length_ns(period);
  if (follows_trading_day(period)) return trading_bar_open(time_ns, length);
  const auto into = time_ns % length;
  return time_ns - (into < 0 ? into + length : into);
}

std::int64_t bar_end(Period period, std::int64_t open_time_ns) {
  const auto day_end = next_trading_day_start(open_time_ns);
  if (period == Period::d1) return day_end;
  const auto end = open_time_ns + length_ns(period);
  return follows_trading_day(period) ? std::min(end, day_end) : end;
}

void BarBuilder::take(const Spot& spot, std::int64_t event_time_ns, std::vector<Bar>& ended) {
  const std::uint64_t changes = (spot.bid ? 1U : 0U) + (spot.ask ? 1U : 0U);
  note(spot);
  for (std::size_t i = 0; i < built_periods.size(); ++i) {
    auto& forming = forming_[i];
    if (forming.bar && event_time_ns >= forming.end_ns) end(forming, ended);
    // What is stored of a bar begins with its bid.
    if (bid_) add(forming, built_periods[i], event_time_ns, changes);
  }
}

void BarBuilder::note(const Spot& spot) {
  if (spot.bid) bid_ = spot.bid;
  if (spot.ask) ask_ = spot.ask;
}

void BarBuilder::add(Forming& forming, Period period, std::int64_t event_time_ns,
                     std::uint64_t changes) {
  if (!forming.bar) {
    const auto open = bar_open(period, event_time_ns);
    if (open < forming.ended_before_ns) {
      ++late_spots_;
      return;
    }
    forming.bar = Bar{.period = period, .open_time_ns = open};
    forming.end_ns = bar_end(period, open);
  } else if (event_time_ns < forming.bar->open_time_ns) {
    ++late_spots_;
    return;
  }
  extend(forming.bar->bid, bid_);
  extend(forming.bar->ask, ask_);
  forming.bar->tick_count += changes;
}

void BarBuilder::end(Forming& forming, std::vector<Bar>& ended) {
  ended.push_back(*forming.bar);
  forming.ended_before_ns = forming.end_ns;
  forming.bar.reset();
}

void BarBuilder::tick(std::int64_t receive_time_ns, std::vector<Bar>& ended) {
  for (auto& forming : forming_) {
    if (forming.bar && forming.end_ns + grace_ns_ <= receive_time_ns) end(forming, ended);
  }
}

std::optional<std::int64_t> BarBuilder::due() const {
  std::optional<std::int64_t> first;
  for (const auto& forming : forming_) {
    if (!forming.bar) continue;
    const auto due = forming.end_ns + grace_ns_;
    if (!first || due < *first) first = due;
  }
  return first;
}

void BarBuilder::forget_prices() {
  bid_.reset();
  ask_.reset();
}

}  // namespace depthwire::market
