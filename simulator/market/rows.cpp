#include "simulator/market/rows.hpp"

#include <array>
#include <cstddef>
#include <limits>
#include <optional>

namespace depthwire::simulator {

using market::Price;
using market::Side;

namespace {

template <std::size_t Columns>
using Cells = std::array<std::string_view, Columns>;

template <std::size_t Columns>
std::optional<Cells<Columns>> split(std::string_view line) {
  Cells<Columns> cells;
  for (std::size_t i = 0; i + 1 < Columns; ++i) {
    const auto comma = line.find(',');
    if (comma == std::string_view::npos) return std::nullopt;
    cells[i] = line.substr(0, comma);
    line.remove_prefix(comma + 1);
  }
  if (line.find(',') != std::string_view::npos) return std::nullopt;
  cells[Columns - 1] = line;
  return cells;
}

std::optional<std::int64_t> parse_time(std::string_view text, std::int64_t ns_per_unit) {
  auto value = parse_integer(text);
  if (!value || *value > std::numeric_limits<std::int64_t>::max() / ns_per_unit) {
    return std::nullopt;
  }
  return *value * ns_per_unit;
}

std::optional<Side> parse_side(std::string_view text) {
  if (text == "B") return Side::bid;
  if (text == "A") return Side::ask;
  return std::nullopt;
}

// Reads a price into `price` and its decimals into `decimals`; false when it is none.
bool parse_price(std::string_view text, Price& price, int& decimals) {
  const auto number = parse_decimal(text);
  if (!number) return false;
  const auto points = number->times_ten_to(5);
  if (!points || *points <= 0) return false;
  price = Price{*points};
  decimals = number->decimals;
  return true;
}

constexpr std::string_view a_price = "a price above 0 that 5 decimals can hold";
constexpr std::string_view a_size = "a size of 0 or more";
constexpr std::string_view a_side = "side B or A";
constexpr std::string_view an_id = "an id, digits";

tl::unexpected<std::string_view> expected(std::string_view what) { return tl::unexpected(what); }

}  // namespace

Parsed<L2Row> parse_l2_row(std::string_view line) {
  const auto cells = split<8>(line);
  if (!cells) return expected("8 columns: ev,recv_ns,exch_ns,kind,side,price,size,seq");
  const auto& [event, received, exchange, kind, side_text, price, size_text, sequence] = *cells;
  L2Row row;
  const auto number = parse_integer(event);
  if (!number) return expected("an event number");
  row.event = *number;
  const auto time = parse_time(received, 1);
  if (!time) return expected("a time in ns");
  row.time_ns = *time;
  if (kind != "S" && kind != "D" && kind != "T" && kind != "Q") {
    return expected("kind S, D, T or Q");
  }
  row.kind = kind.front();
  const auto side = parse_side(side_text);
  if (!side) return expected(a_side);
  row.side = *side;
  if (!parse_price(price, row.price, row.price_decimals)) return expected(a_price);
  const auto size = parse_decimal(size_text);
  if (!size) return expected(a_size);
  if (row.kind == 'S' && size->digits == 0) return expected("a size above 0 in a snapshot");
  row.size = *size;
  return row;
}

Parsed<L3Row> parse_l3_row(std::string_view line) {
  const auto cells = split<7>(line);
  if (!cells) return expected("7 columns: recv_ms,exch_ms,action,id,side,price,size");
  const auto& [received, exchange, action, id_text, side_text, price, size_text] = *cells;
  L3Row row;
  const auto time = parse_time(received, 1'000'000);
  if (!time) return expected("a time in ms");
  row.time_ns = *time;
  if (action == "created") {
    row.action = L3Row::Action::created;
  } else if (action == "changed") {
    row.action = L3Row::Action::changed;
  } else if (action == "deleted") {
    row.action = L3Row::Action::deleted;
  } else if (action != "trade") {
    return expected("action created, changed, deleted or trade");
  }
  const auto id = parse_integer(id_text);
  if (!id) return expected(an_id);
  row.id = static_cast<market::QuoteId>(*id);
  if (!parse_price(price, row.price, row.price_decimals)) return expected(a_price);
  const auto size = parse_decimal(size_text);
  if (!size) return expected(a_size);
  row.size = *size;
  if (row.action == L3Row::Action::trade) return row;
  const auto side = parse_side(side_text);
  if (!side) return expected(a_side);
  row.side = *side;
  if (row.action == L3Row::Action::created && size->digits == 0) {
    return expected("a size above 0 of a created order");
  }
  return row;
}

Parsed<TickRow> parse_tick_row(std::string_view line) {
  const auto cells = split<5>(line);
  if (!cells) return expected("5 columns: ts_us,bid,ask,bid_vol,ask_vol");
  const auto& [time_text, bid, ask, bid_volume, ask_volume] = *cells;
  TickRow row;
  const auto time = parse_time(time_text, 1'000);
  if (!time) return expected("a time in us");
  row.time_ns = *time;
  int ask_decimals = 0;
  if (!parse_price(bid, row.bid, row.price_decimals)) return expected(a_price);
  if (!parse_price(ask, row.ask, ask_decimals)) return expected(a_price);
  row.price_decimals = std::max(row.price_decimals, ask_decimals);
  return row;
}

Parsed<SampleRow> parse_sample_row(std::string_view line) {
  const auto cells = split<7>(line);
  if (!cells) return expected("7 columns: msg,sent_ms,action,quote_id,side,price,size_units");
  const auto& [message, sent, action, id_text, side_text, price, size_text] = *cells;
  SampleRow row;
  const auto number = parse_integer(message);
  if (!number) return expected("a message number");
  row.message = *number;
  const auto time = parse_time(sent, 1'000'000);
  if (!time) return expected("a time in ms");
  row.time_ns = *time;
  if (action != "new" && action != "del") return expected("action new or del");
  row.removed = action == "del";
  const auto id = parse_integer(id_text);
  if (!id) return expected(an_id);
  row.id = static_cast<market::QuoteId>(*id);
  if (row.removed) return row;
  const auto side = parse_side(side_text);
  if (!side) return expected(a_side);
  row.side = *side;
  if (!parse_price(price, row.price, row.price_decimals)) return expected(a_price);
  const auto size = parse_decimal(size_text);
  if (!size || size->digits == 0) return expected("a size above 0");
  row.size = *size;
  return row;
}

}  // namespace depthwire::simulator
