#pragma once

#include "proto/bus/market.pb.h"

#include <tl/expected.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace depthwire::gateway {

/// What a request for bars asks for: those that open within [from, to], in Unix ms.
struct HistoryQuery {
  std::string symbol;
  bus::Period period = bus::m1;
  std::int64_t from_ms = 0;
  std::int64_t to_ms = 0;
};

/// The most bars that one answer may hold.
inline constexpr std::int64_t most_bars = 10'000;

/// Reads "symbol=EURUSD&period=M1&from=1767596400000&to=1767600000000", in any order; the error
/// tells what was expected, in words.
[[nodiscard]] tl::expected<HistoryQuery, std::string> parse_history_query(std::string_view text);

/// A bar as it is stored; prices are decimals.
struct HistoryBar {
  std::int64_t open_time_ms = 0;
  std::string open;
  std::string high;
  std::string low;
  std::string close;
  std::int64_t tick_count = 0;
  std::string origin;
};

/// `incomplete`: why what was missing could not be fetched, in words; empty when nothing is.
[[nodiscard]] std::string history_json(const HistoryQuery& query,
                                       const std::vector<HistoryBar>& bars,
                                       std::string_view incomplete);

/// An answer to a request for history.
struct HistoryAnswer {
  int status = 200;  ///< of HTTP
  std::string body;  ///< JSON
};

/// {"error":"..."}.
[[nodiscard]] HistoryAnswer history_error(int status, std::string_view why);

}  // namespace depthwire::gateway
