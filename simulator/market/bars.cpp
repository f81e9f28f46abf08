#include "simulator/market/bars.hpp"

#include "common/market/trading_day.hpp"

#include <algorithm>
#include <chrono>

namespace depthwire::simulator {
namespace {

using namespace std::chrono;

constexpr std::int64_t minute_ns = 60'000'000'000;

std::int64_t floor_to(std::int64_t value, std::int64_t unit) {
  const auto rest = value % unit;
  return value - (rest < 0 ? rest + unit : rest);
}

// The bars that are longer than an hour follow the trading day of New York. The day named D runs
// from 17:00 on D-1, so that 12:00 UTC on D lies in it at any time of the year.
std::int64_t long_bar_open_ns(Period period, std::int64_t time_ns) {
  if (period == Period::h4) return market::trading_bar_open(time_ns, 4 * market::ns_per_hour);
  if (period == Period::h12) return market::trading_bar_open(time_ns, 12 * market::ns_per_hour);
  const auto day_start = market::trading_day_start(time_ns);
  if (period == Period::d1) return day_start;
  const auto noon = 12 * market::ns_per_hour;
  const sys_days day{days{floor_to(day_start + noon, market::ns_per_day) / market::ns_per_day}};
  const year_month_day date{day};
  const sys_days first = period == Period::w1 ? day - (weekday{day} - Monday)
                                              : sys_days{date.year() / date.month() / 1};
  return market::trading_day_start((first.time_since_epoch().count() * market::ns_per_day) + noon);
}

std::int64_t length_minutes(Period period) {
  switch (period) {
    case Period::m1: return 1;
    case Period::m2: return 2;
    case Period::m3: return 3;
    case Period::m4: return 4;
    case Period::m5: return 5;
    case Period::m10: return 10;
    case Period::m15: return 15;
    case Period::m30: return 30;
    case Period::h1: return 60;
    default: return 0;
  }
}

}  // namespace

std::int64_t bar_open(Period period, std::int64_t minute) {
  const auto length = length_minutes(period);
  return length > 0 ? floor_to(minute, length)
                    : long_bar_open_ns(period, minute * minute_ns) / minute_ns;
}

void BarBuilder::add(std::int64_t time_ns, const market::Spot& spot) {
  const std::int64_t minute = floor_to(time_ns, minute_ns) / minute_ns;
  const std::int64_t changes = (spot.bid ? 1 : 0) + (spot.ask ? 1 : 0);
  if (!spot.bid) {
    if (!bars_.empty()) bars_.back().volume += changes;
    return;
  }
  if (minute < until_minute_) {
    Bar& bar = bars_.back();
    bar.high = std::max(bar.high, *spot.bid);
    bar.low = std::min(bar.low, *spot.bid);
    bar.close = *spot.bid;
    bar.volume += changes;
    return;
  }
  add(Bar{minute, *spot.bid, *spot.bid, *spot.bid, *spot.bid, changes});
}

void BarBuilder::add(const Bar& bar) {
  const auto open = bar_open(period_, bar.open_minute);
  if (!bars_.empty() && bars_.back().open_minute == open) {
    Bar& last = bars_.back();
    last.high = std::max(last.high, bar.high);
    last.low = std::min(last.low, bar.low);
    last.close = bar.close;
    last.volume += bar.volume;
  } else {
    bars_.push_back(bar);
    bars_.back().open_minute = open;
    if (bars_.size() > keep_) bars_.pop_front();
  }
  // Minutes are compared with this on every spot, which spares the calendar.
  until_minute_ = bar.open_minute + 1;
}

}  // namespace depthwire::simulator
