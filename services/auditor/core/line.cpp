#include "services/auditor/core/line.hpp"

#include <array>
#include <charconv>
#include <chrono>
#include <cstdio>

namespace depthwire::auditor {
namespace {

constexpr std::string_view position_word = " position=";

std::string_view state_name(bus::Connection::State state) {
  switch (state) {
    case bus::Connection::disconnected: return "disconnected";
    case bus::Connection::connecting: return "connecting";
    case bus::Connection::app_auth: return "app-auth";
    case bus::Connection::account_auth: return "account-auth";
    case bus::Connection::ready: return "ready";
    default: return "error";
  }
}

/// `text` as one word without quotes: what could end it becomes '?'.
std::string word(std::string_view text) {
  std::string out(text.empty() ? "-" : text);
  for (char& character : out) {
    const auto code = static_cast<unsigned char>(character);
    if (code <= 0x20 || code == 0x7F || character == '"') character = '?';
  }
  return out;
}

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char character : text) {
    const auto code = static_cast<unsigned char>(character);
    if (character == '"' || character == '\\') {
      out += '\\';
      out += character;
    } else if (code < 0x20 || code == 0x7F) {
      std::array<char, 5> escape{};
      std::snprintf(escape.data(), escape.size(), "\\x%02x", static_cast<unsigned>(code));
      out += escape.data();
    } else {
      out += character;
    }
  }
  return out + "\"";
}

std::string ending(std::string_view source, journal::Position position) {
  return std::string(position_word) + word(source) + ":" + journal::to_string(position) + "\n";
}

/// Takes the number after the last ':' off `text`.
std::optional<std::uint64_t> take_number(std::string_view& text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const auto digits = text.substr(colon + 1);
  std::uint64_t value = 0;
  const auto [rest, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc{} || rest != digits.data() + digits.size()) return std::nullopt;
  text = text.substr(0, colon);
  return value;
}

}  // namespace

std::string connection_line(const bus::Envelope& envelope, std::string_view source,
                            journal::Position position, std::int64_t publish_time_ns) {
  const auto& connection = envelope.connection();
  const auto received = envelope.receive_time_ns();
  std::string line = utc_text(received != 0 ? received : publish_time_ns);
  line += ' ' + word(connection.connection());
  line += ' ';
  line += state_name(connection.state());
  line += " endpoint=" + word(connection.endpoint());
  line += " account=" + std::to_string(connection.account_id());
  line += " reason=" + quoted(connection.reason());
  return line + ending(source, position);
}

std::string loss_line(std::int64_t time_ns, std::string_view source, journal::Position after,
                      journal::Position first) {
  std::string line = utc_text(time_ns) + " " + word(source) + " lost endpoint=- account=0 reason=" +
                     quoted("the records after " + journal::to_string(after) + " and before " +
                            journal::to_string(first) + " are gone");
  return line + ending(source, {first.epoch, first.offset - 1});
}

std::optional<SourcePosition> line_position(std::string_view line) {
  const auto at = line.rfind(position_word);
  if (at == std::string_view::npos) return std::nullopt;
  auto text = line.substr(at + position_word.size());
  const auto offset = take_number(text);
  if (!offset) return std::nullopt;
  const auto epoch = take_number(text);
  if (!epoch || text.empty()) return std::nullopt;
  return SourcePosition{std::string(text), {*epoch, *offset}};
}

std::string utc_text(std::int64_t time_ns) {
  using namespace std::chrono;
  const sys_time<nanoseconds> time{nanoseconds(time_ns)};
  const auto day = floor<days>(time);
  const year_month_day date(day);
  const hh_mm_ss clock(time - day);
  std::array<char, 48> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02d.%09lldZ",
                static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                static_cast<unsigned>(date.day()), static_cast<int>(clock.hours().count()),
                static_cast<int>(clock.minutes().count()),
                static_cast<int>(clock.seconds().count()),
                static_cast<long long>(clock.subseconds().count()));
  return text.data();
}

}  // namespace depthwire::auditor
