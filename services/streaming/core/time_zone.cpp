#include "services/streaming/core/time_zone.hpp"

#include <charconv>
#include <chrono>

namespace depthwire::streaming {
namespace {

constexpr std::int64_t hour_s = 3'600;
constexpr std::int64_t day_s = 24 * hour_s;

/// Reads a rule from left to right.
class RuleText {
 public:
  explicit RuleText(std::string_view text) : rest_{text} {}

  [[nodiscard]] bool done() const { return rest_.empty(); }
  [[nodiscard]] bool at(char c) const { return !rest_.empty() && rest_.front() == c; }
  bool skip(char c) {
    if (!at(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }
  /// What the zone is called: letters, or anything between < and >.
  bool name() {
    const bool quoted = skip('<');
    std::size_t length = 0;
    while (length < rest_.size() && (quoted ? rest_[length] != '>' : is_letter(rest_[length]))) {
      ++length;
    }
    rest_.remove_prefix(length);
    return length >= 3 && (!quoted || skip('>'));
  }
  /// [+-]hours[:minutes[:seconds]], in seconds.
  std::optional<std::int64_t> time() {
    const bool negative = skip('-');
    if (!negative) skip('+');
    std::int64_t seconds = 0;
    for (std::int64_t unit = hour_s; unit > 0; unit /= 60) {
      const auto value = number();
      if (!value) return std::nullopt;
      seconds += *value * unit;
      if (!skip(':')) break;
    }
    return negative ? -seconds : seconds;
  }
  /// ,Mmonth.week.weekday[/time]
  std::optional<TimeZone::Change> change() {
    if (!skip(',') || !skip('M')) return std::nullopt;
    const auto month = number();
    if (!month || !skip('.')) return std::nullopt;
    const auto week = number();
    if (!week || !skip('.')) return std::nullopt;
    const auto weekday = number();
    if (!weekday || *month < 1 || *month > 12 || *week < 1 || *week > 5 || *weekday > 6) {
      return std::nullopt;
    }
    const auto second = skip('/') ? time() : 2 * hour_s;
    if (!second) return std::nullopt;
    return TimeZone::Change{*month, *week, *weekday, *second};
  }

 private:
  static bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
  /// At most three digits: enough for any hour of a week.
  std::optional<unsigned> number() {
    unsigned value = 0;
    const auto* begin = rest_.data();
    const auto [end, error] = std::from_chars(begin, begin + rest_.size(), value);
    if (error != std::errc() || end - begin > 3) return std::nullopt;
    rest_.remove_prefix(static_cast<std::size_t>(end - begin));
    return value;
  }

  std::string_view rest_;
};

/// The change in a year, by the clock that holds until then.
std::int64_t local_time(const TimeZone::Change& change, std::chrono::year year) {
  const auto month_of_year = year / std::chrono::month{change.month};
  const std::chrono::weekday day{change.weekday};
  const std::chrono::sys_days date =
      change.week == 5 ? std::chrono::sys_days{month_of_year / day[std::chrono::last]}
                       : std::chrono::sys_days{month_of_year / day[change.week]};
  return date.time_since_epoch().count() * day_s + change.second;
}

}  // namespace

std::optional<TimeZone> TimeZone::parse(std::string_view rule) {
  RuleText text(rule);
  TimeZone zone;
  if (!text.name()) return std::nullopt;
  const auto standard = text.time();
  if (!standard) return std::nullopt;
  zone.standard_ = -*standard;  // POSIX counts westwards
  if (text.done()) return zone;
  if (!text.name()) return std::nullopt;
  zone.summer_ = zone.standard_ + hour_s;
  if (!text.at(',')) {
    const auto summer = text.time();
    if (!summer) return std::nullopt;
    zone.summer_ = -*summer;
  }
  zone.begin_ = text.change();
  if (zone.begin_) zone.end_ = text.change();
  if (!zone.end_ || !text.done()) return std::nullopt;
  return zone;
}

std::int64_t TimeZone::offset(std::int64_t utc_s) const {
  if (!begin_) return standard_;
  const std::chrono::sys_seconds local{std::chrono::seconds{utc_s + standard_}};
  const auto year =
      std::chrono::year_month_day{std::chrono::floor<std::chrono::days>(local)}.year();
  const auto begin = local_time(*begin_, year) - standard_;
  const auto end = local_time(*end_, year) - summer_;
  // South of the equator summer begins in one year and ends in the next.
  const bool summer =
      begin < end ? begin <= utc_s && utc_s < end : !(end <= utc_s && utc_s < begin);
  return summer ? summer_ : standard_;
}

}  // namespace depthwire::streaming
