#include "simulator/market/decimal.hpp"

namespace depthwire::simulator {

std::optional<std::int64_t> Decimal::times_ten_to(int scale) const {
  std::int64_t value = digits;
  for (int d = decimals; d < scale; ++d) {
    if (__builtin_mul_overflow(value, std::int64_t{10}, &value)) return std::nullopt;
  }
  for (int d = scale; d < decimals; ++d) {
    if (value % 10 != 0) return std::nullopt;
    value /= 10;
  }
  return value;
}

std::optional<Decimal> parse_decimal(std::string_view text) {
  const auto exponent_at = text.find('e');
  Decimal number;
  bool point = false;
  bool any = false;
  for (const char c : text.substr(0, exponent_at)) {
    if (c == '.' && any && !point) {
      point = true;
      any = false;  // a digit must follow
      continue;
    }
    if (c < '0' || c > '9') return std::nullopt;
    if (__builtin_mul_overflow(number.digits, std::int64_t{10}, &number.digits) ||
        __builtin_add_overflow(number.digits, std::int64_t{c - '0'}, &number.digits)) {
      return std::nullopt;
    }
    any = true;
    if (point) ++number.decimals;
  }
  if (!any) return std::nullopt;
  if (exponent_at == std::string_view::npos) return number;

  // Some recorders write 0.000001 as 1e-06.
  const auto exponent = text.substr(exponent_at + 1);
  if (!exponent.starts_with('-') || exponent.size() > 3) return std::nullopt;
  const auto shift = parse_integer(exponent.substr(1));
  if (!shift) return std::nullopt;
  number.decimals += static_cast<int>(*shift);
  return number;
}

std::optional<std::int64_t> parse_integer(std::string_view text) {
  const auto number = parse_decimal(text);
  if (!number || number->decimals > 0) return std::nullopt;
  return number->digits;
}

}  // namespace depthwire::simulator
