#include "common/replay/replay.hpp"

#include <charconv>
#include <chrono>

namespace depthwire::replay {
namespace {

/// Reads a text from its front.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  /// A number of exactly `digits` digits, or of any number of them.
  std::optional<std::uint64_t> number(std::size_t digits = 0) {
    std::size_t length = 0;
    while (length < rest_.size() && rest_[length] >= '0' && rest_[length] <= '9') ++length;
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + length, value);
    if (length == 0 || error != std::errc{} || (digits != 0 && length != digits)) {
      return std::nullopt;
    }
    last_digits_ = length;
    rest_.remove_prefix(length);
    return value;
  }
  bool take(char c) {
    if (rest_.empty() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }
  [[nodiscard]] bool done() const { return rest_.empty(); }
  [[nodiscard]] std::size_t last_digits() const { return last_digits_; }

 private:
  std::string_view rest_;
  std::size_t last_digits_ = 0;
};

std::optional<std::chrono::sys_days> read_date(Scanner& text) {
  using namespace std::chrono;
  const auto y = text.number(4);
  if (!y || !text.take('-')) return std::nullopt;
  const auto m = text.number(2);
  if (!m || !text.take('-')) return std::nullopt;
  const auto d = text.number(2);
  if (!d) return std::nullopt;
  const year_month_day date{year(static_cast<int>(*y)), month(static_cast<unsigned>(*m)),
                            day(static_cast<unsigned>(*d))};
  if (!date.ok()) return std::nullopt;
  return sys_days(date);
}

std::optional<std::chrono::nanoseconds> read_fraction(Scanner& text) {
  auto value = text.number();
  if (!value || text.last_digits() > 9) return std::nullopt;
  for (auto digits = text.last_digits(); digits < 9; ++digits) *value *= 10;
  return std::chrono::nanoseconds(*value);
}

/// HH:MM, HH:MM:SS or HH:MM:SS.fraction.
std::optional<std::chrono::nanoseconds> read_time_of_day(Scanner& text) {
  using namespace std::chrono;
  const auto h = text.number(2);
  if (!h || *h > 23 || !text.take(':')) return std::nullopt;
  const auto m = text.number(2);
  if (!m || *m > 59) return std::nullopt;
  nanoseconds time = hours(*h) + minutes(*m);
  if (!text.take(':')) return time;
  const auto s = text.number(2);
  if (!s || *s > 59) return std::nullopt;
  time += seconds(*s);
  if (!text.take('.')) return time;
  const auto fraction = read_fraction(text);
  if (!fraction) return std::nullopt;
  return time + *fraction;
}

std::optional<Instant> parse_instant(std::string_view written) {
  Scanner text(written);
  const auto date = read_date(text);
  if (!date) return std::nullopt;
  std::chrono::nanoseconds time{0};
  if (text.take('T') || text.take(' ')) {
    const auto of_day = read_time_of_day(text);
    if (!of_day) return std::nullopt;
    time = *of_day;
  }
  text.take('Z');
  if (!text.done()) return std::nullopt;
  return Instant{(date->time_since_epoch() + time).count()};
}

}  // namespace

std::optional<journal::Position> parse_position(std::string_view written) {
  Scanner text(written);
  const auto epoch = text.number();
  if (!epoch || !text.take(':')) return std::nullopt;
  const auto offset = text.number();
  if (!offset || !text.done()) return std::nullopt;
  return journal::Position{*epoch, *offset};
}

std::optional<Bound> parse_bound(std::string_view text) {
  if (const auto position = parse_position(text)) return *position;
  if (const auto instant = parse_instant(text)) return *instant;
  return std::nullopt;
}

}  // namespace depthwire::replay
