#include "services/gateway/core/json.hpp"

#include <array>
#include <cassert>
#include <charconv>
#include <cmath>

namespace depthwire::gateway::json {
namespace {

template <class Number>
void append_number(std::string& out, Number value) {
  std::array<char, 32> text;
  const auto end = std::to_chars(text.data(), text.data() + text.size(), value).ptr;
  out.append(text.data(), static_cast<std::size_t>(end - text.data()));
}

void append_magnitude(std::string& out, std::uint64_t value, int decimals) {
  std::array<char, 32> text;
  const auto end = std::to_chars(text.data(), text.data() + text.size(), value).ptr;
  const auto digits = static_cast<std::size_t>(end - text.data());
  const auto after_point = static_cast<std::size_t>(decimals);
  if (digits > after_point) {
    out.append(text.data(), digits - after_point);
  } else {
    out += '0';
  }
  if (after_point == 0) return;
  out += '.';
  if (digits < after_point) out.append(after_point - digits, '0');
  const auto shown = std::min(digits, after_point);
  out.append(text.data() + (digits - shown), shown);
}

/// Length of the well-formed UTF-8 sequence at the start of `text`, 0 when there is none.
/// Source: Unicode 15, table 3-7.
std::size_t utf8_length(std::string_view text) {
  const auto at = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const auto tail = [&](std::size_t i, unsigned low = 0x80, unsigned high = 0xBF) {
    return i < text.size() && at(i) >= low && at(i) <= high;
  };
  const unsigned lead = at(0);
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead <= 0xDF) return tail(1) ? 2 : 0;
  if (lead >= 0xE0 && lead <= 0xEF) {
    const bool second = tail(1, lead == 0xE0 ? 0xA0 : 0x80, lead == 0xED ? 0x9F : 0xBF);
    return second && tail(2) ? 3 : 0;
  }
  if (lead >= 0xF0 && lead <= 0xF4) {
    const bool second = tail(1, lead == 0xF0 ? 0x90 : 0x80, lead == 0xF4 ? 0x8F : 0xBF);
    return second && tail(2) && tail(3) ? 4 : 0;
  }
  return 0;
}

void append_escaped(std::string& out, char character) {
  static constexpr std::string_view hex = "0123456789abcdef";
  const auto code = static_cast<unsigned char>(character);
  switch (character) {
    case '"': out += "\\\""; return;
    case '\\': out += "\\\\"; return;
    case '\n': out += "\\n"; return;
    case '\r': out += "\\r"; return;
    case '\t': out += "\\t"; return;
    default: break;
  }
  out += "\\u00";
  out += hex[code >> 4U];
  out += hex[code & 15U];
}

}  // namespace

void append_decimal(std::string& out, std::int64_t value, int decimals) {
  assert(decimals >= 0 && decimals < 19);
  auto magnitude = static_cast<std::uint64_t>(value);
  if (value < 0) {
    out += '-';
    magnitude = 0 - magnitude;
  }
  append_magnitude(out, magnitude, decimals);
}

void append_price(std::string& out, std::int64_t points) { append_decimal(out, points, 5); }

void append_half_points(std::string& out, std::int64_t half_points) {
  append_decimal(out, half_points * 5, 6);
}

void append_size(std::string& out, std::uint64_t cents) {
  if (cents % 100 == 0) {
    append_number(out, cents / 100);
  } else {
    append_magnitude(out, cents, 2);
  }
}

void append_time(std::string& out, std::int64_t time_ns) { append_decimal(out, time_ns, 6); }

void append_double(std::string& out, double value) {
  if (std::isfinite(value)) {
    append_number(out, value);
  } else {
    out += "null";
  }
}

void append_integer(std::string& out, std::int64_t value) { append_number(out, value); }
void append_unsigned(std::string& out, std::uint64_t value) { append_number(out, value); }

void append_string(std::string& out, std::string_view text) {
  out += '"';
  while (!text.empty()) {
    const char first = text.front();
    const auto length = utf8_length(text);
    if (length == 0) {
      out += "\xEF\xBF\xBD";
    } else if (static_cast<unsigned char>(first) < 0x20 || first == '"' || first == '\\') {
      append_escaped(out, first);
    } else {
      out.append(text.substr(0, length));
    }
    text.remove_prefix(length == 0 ? 1 : length);
  }
  out += '"';
}

void append_key(std::string& out, std::string_view name) {
  out += ",\"";
  out += name;
  out += "\":";
}

}  // namespace depthwire::gateway::json
