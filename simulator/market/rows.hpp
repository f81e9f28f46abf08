#pragma once

#include "common/market/types.hpp"
#include "simulator/market/decimal.hpp"

#include <tl/expected.hpp>

#include <cstdint>
#include <string_view>

namespace depthwire::simulator {

/// What stands in a recorded line; `expected` of an error completes "expected ...".
template <class Row>
using Parsed = tl::expected<Row, std::string_view>;

/// A row of a book by price levels: snapshot, level change, trade or best price.
struct L2Row {
  static constexpr std::string_view header = "ev,recv_ns,exch_ns,kind,side,price,size,seq";
  std::int64_t event = 0;
  std::int64_t time_ns = 0;
  char kind = 'D';  ///< S, D, T or Q
  market::Side side = market::Side::bid;
  market::Price price;
  Decimal size;
  int price_decimals = 0;
};

/// A row of a book by orders.
struct L3Row {
  static constexpr std::string_view header = "recv_ms,exch_ms,action,id,side,price,size";
  enum class Action : std::uint8_t { created, changed, deleted, trade };
  std::int64_t time_ns = 0;
  Action action = Action::trade;
  market::QuoteId id = 0;
  market::Side side = market::Side::bid;  ///< of a trade: none
  market::Price price;
  Decimal size;
  int price_decimals = 0;
};

/// A row of best prices.
struct TickRow {
  static constexpr std::string_view header = "ts_us,bid,ask,bid_vol,ask_vol";
  std::int64_t time_ns = 0;
  market::Price bid;
  market::Price ask;
  int price_decimals = 0;
};

/// A row of a depth message as cTrader sends it.
struct SampleRow {
  static constexpr std::string_view header = "msg,sent_ms,action,quote_id,side,price,size_units";
  std::int64_t message = 0;
  std::int64_t time_ns = 0;
  bool removed = false;
  market::QuoteId id = 0;
  market::Side side = market::Side::bid;
  market::Price price;
  Decimal size;
  int price_decimals = 0;
};

[[nodiscard]] Parsed<L2Row> parse_l2_row(std::string_view line);
[[nodiscard]] Parsed<L3Row> parse_l3_row(std::string_view line);
[[nodiscard]] Parsed<TickRow> parse_tick_row(std::string_view line);
[[nodiscard]] Parsed<SampleRow> parse_sample_row(std::string_view line);

}  // namespace depthwire::simulator
