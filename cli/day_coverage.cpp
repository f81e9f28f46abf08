#include "cli/day_coverage.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

namespace depthwire::cli {
namespace {

using namespace std::chrono;

bool is_weekend(sys_days day) {
  const weekday of(day);
  return of == Saturday || of == Sunday;
}

/// The median of the days that have rows, by weekday.
std::array<std::int64_t, 7> usual_rows(const std::vector<DayRows>& days) {
  std::array<std::vector<std::int64_t>, 7> rows;
  for (const auto& day : days) rows.at(weekday(day.day).c_encoding()).push_back(day.rows);
  std::array<std::int64_t, 7> usual{};
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (rows[i].empty()) continue;
    const auto middle = rows[i].begin() + static_cast<std::ptrdiff_t>(rows[i].size() / 2);
    std::ranges::nth_element(rows[i], middle);
    usual[i] = *middle;
  }
  return usual;
}

struct Sign {
  const char* text;
  const char* color;
};

Sign sign_of(DayState state) {
  switch (state) {
    case DayState::whole: return {"█", "\033[32m"};
    case DayState::partial: return {"▒", "\033[33m"};
    case DayState::missing: return {"×", "\033[31m"};
    case DayState::closed: break;
  }
  return {"·", "\033[90m"};
}

}  // namespace

DayCoverage::DayCoverage(const std::vector<DayRows>& days) {
  if (days.empty()) return;
  stored_ = {days.front().day, days.back().day};
  const auto usual = usual_rows(days);
  auto next = days.begin();
  for (auto day = stored_.first; day <= stored_.last; day += std::chrono::days(1)) {
    if (next->day != day) {
      states_.push_back(is_weekend(day) ? DayState::closed : DayState::missing);
      continue;
    }
    const bool end = day == stored_.first || day == stored_.last;
    const auto enough = usual.at(weekday(day).c_encoding()) * 9 / 10;
    states_.push_back(end || next->rows >= enough ? DayState::whole : DayState::partial);
    rows_ += next->rows;
    ++next;
  }
}

std::int64_t DayCoverage::count(DayState state) const { return std::ranges::count(states_, state); }

DayState DayCoverage::at(sys_days day) const {
  if (states_.empty() || day < stored_.first || day > stored_.last) return DayState::closed;
  return states_[static_cast<std::size_t>((day - stored_.first).count())];
}

std::vector<Days> DayCoverage::stretches(DayState state) const {
  std::vector<Days> found;
  // A weekend between two missing days is no end.
  bool open = false;
  for (auto day = stored_.first; !states_.empty() && day <= stored_.last; day += days(1)) {
    const auto here = at(day);
    if (here == state) {
      if (open) {
        found.back().last = day;
      } else {
        found.push_back({day, day});
      }
      open = true;
    } else if (here != DayState::closed) {
      open = false;
    }
  }
  return found;
}

std::string month_picture(const DayCoverage& coverage, bool color) {
  if (coverage.rows() == 0) return {};
  const auto month_of = [](sys_days day) {
    const year_month_day date(day);
    return date.year() / date.month();
  };
  std::string out;
  const auto [first, last] = coverage.stored();
  for (auto month = month_of(first); month <= month_of(last); month += months(1)) {
    out += "  " + date_text(sys_days(month / 1)).substr(0, 7) + "  ";
    for (sys_days day = month / 1; month_of(day) == month; day += days(1)) {
      if (day < first || day > last) {
        out += ' ';
        continue;
      }
      const auto sign = sign_of(coverage.at(day));
      out += color ? std::string(sign.color) + sign.text + "\033[0m" : sign.text;
    }
    while (out.ends_with(' ')) out.pop_back();
    out += '\n';
  }
  return out;
}

std::string date_text(sys_days day) {
  const year_month_day date(day);
  std::array<char, 16> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02u-%02u", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
  return text.data();
}

}  // namespace depthwire::cli
