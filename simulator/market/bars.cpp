#include "simulator/market/bars.hpp"

#include <algorithm>
#include <chrono>

namespace depthwire::simulator {
namespace {

using namespace std::chrono;

constexpr std::int64_t minute_ns = 60'000'000'000;
constexpr std::int64_t day_minutes = 1440;

std::int64_t floor_to(std::int64_t value, std::int64_t unit) {
  const auto rest = value % unit;
  return value - (rest < 0 ? rest + unit : rest);
}

// Minutes that New York lies behind UTC at `minute`: summer time from 02:00 on the second Sunday of
// March to 02:00 on the first Sunday of November (the rule since 2007).
std::int64_t new_york_behind(std::int64_t minute) {
  const auto day = floor<days>(sys_time<minutes>{minutes{minute}});
  const auto year = year_month_day{day}.year();
  const sys_days spring = year / March / Sunday[2];
  const sys_days autumn = year / November / Sunday[1];
  const auto begin = spring + hours{7};  // 02:00 at UTC-5
  const auto end = autumn + hours{6};    // 02:00 at UTC-4
  const auto now = sys_time<minutes>{minutes{minute}};
  return now >= begin && now < end ? 240 : 300;
}

// The trading day of a local time that runs from 17:00: 17:00 on a Sunday belongs to Monday.
std::int64_t bar_open_from_new_york(Period period, std::int64_t minute) {
  const std::int64_t behind = new_york_behind(minute);
  const std::int64_t local = minute - behind + (7 * 60);  // 17:00 becomes midnight
  std::int64_t open = 0;
  switch (period) {
    case Period::h4: open = floor_to(local, 240); break;
    case Period::h12: open = floor_to(local, 720); break;
    case Period::w1: {
      const sys_days day{days{floor_to(local, day_minutes) / day_minutes}};
      open = (day - (weekday{day} - Monday)).time_since_epoch().count() * day_minutes;
      break;
    }
    case Period::mn1: {
      const year_month_day date{sys_days{days{floor_to(local, day_minutes) / day_minutes}}};
      open = sys_days{date.year() / date.month() / 1}.time_since_epoch().count() * day_minutes;
      break;
    }
    default: open = floor_to(local, day_minutes); break;
  }
  const std::int64_t guess = open - (7 * 60) + behind;
  // The clocks may have changed between the opening and now.
  return open - (7 * 60) + new_york_behind(guess);
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
  return length > 0 ? floor_to(minute, length) : bar_open_from_new_york(period, minute);
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
