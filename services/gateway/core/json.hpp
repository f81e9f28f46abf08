#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace depthwire::gateway::json {

/// Append JSON to `out`. By hand, since this is the gateway's hot path; numbers are formatted from
/// integers, so a price never passes through floating point.

/// `value` / 10^`decimals`, with all its decimals: (108345, 5) gives 1.08345.
void append_decimal(std::string& out, std::int64_t value, int decimals);

/// A price from points (1e-5): five decimals.
void append_price(std::string& out, std::int64_t points);

/// A price from half points, as mids are: six decimals.
void append_half_points(std::string& out, std::int64_t half_points);

/// A size from cents: whole when it is, else two decimals.
void append_size(std::string& out, std::uint64_t cents);

/// Milliseconds since 1970 from nanoseconds, with six decimals: exact as text, within a
/// microsecond as a double.
void append_time(std::string& out, std::int64_t time_ns);

/// The shortest decimal that reads back as `value`; null when it is not finite.
void append_double(std::string& out, double value);

void append_integer(std::string& out, std::int64_t value);
void append_unsigned(std::string& out, std::uint64_t value);

/// A quoted string. Bytes that are not UTF-8 become U+FFFD, or a browser would drop the connection.
void append_string(std::string& out, std::string_view text);

/// `,"name":` and its value is the caller's to append.
void append_key(std::string& out, std::string_view name);

}  // namespace depthwire::gateway::json
