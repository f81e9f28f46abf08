#include "services/persister/core/market_rows.hpp"

#include "common/market/types.hpp"

namespace depthwire::persister {

namespace {

// Sizes travel unsigned; a column is signed.
std::span<const std::int64_t> as_signed(RowWriter& row,
                                        const google::protobuf::RepeatedField<std::uint64_t>& of) {
  for (const std::uint64_t value : of) {
    if (value > std::numeric_limits<std::int64_t>::max()) row.fail(RowError::out_of_range);
  }
  return {reinterpret_cast<const std::int64_t*>(of.data()), static_cast<std::size_t>(of.size())};
}

std::span<const std::int64_t> span(const google::protobuf::RepeatedField<std::int64_t>& of) {
  return {of.data(), static_cast<std::size_t>(of.size())};
}

void write_prices(RowWriter& row, const bus::Prices& prices) {
  row.price(prices.open());
  row.price(prices.high());
  row.price(prices.low());
  row.price(prices.close());
}

}  // namespace

void write_tick(RowWriter& row, const RowHead& head, bus::Side side, std::int64_t points) {
  row.head(head, head.event_time_ns);
  row.name(bus::Side_Name(side));
  row.price(points);
  row.boolean(head.synthetic);
}

void write_depth(RowWriter& row, const RowHead& head, const bus::Book& book) {
  row.head(head, head.receive_time_ns);
  row.cause(head.cause);
  row.pairs(span(book.bid_prices_points()), as_signed(row, book.bid_sizes_cents()));
  row.pairs(span(book.ask_prices_points()), as_signed(row, book.ask_sizes_cents()));
  if (book.has_mid_half_points()) {
    row.half_price(book.mid_half_points());
  } else {
    row.null();
  }
  if (book.has_spread_points()) {
    row.price(book.spread_points());
  } else {
    row.null();
  }
  if (book.has_imbalance()) {
    row.real(book.imbalance());
  } else {
    row.null();
  }
  if (book.has_weighted_mid_points()) {
    row.real(book.weighted_mid_points() / market::points_per_unit);
  } else {
    row.null();
  }
  row.size(book.bid_depth_cents());
  row.size(book.ask_depth_cents());
}

void write_candle(RowWriter& row, const RowHead& head, const bus::Bar& bar) {
  row.head(head, bar.open_time_ns());
  row.cause(head.cause);
  row.name(bar.period() == bus::period_unknown ? "" : bus::Period_Name(bar.period()));
  row.name(bus::Bar::Origin_Name(bar.origin()));
  write_prices(row, bar.bid());
  if (bar.has_ask()) {
    write_prices(row, bar.ask());
  } else {
    for (int i = 0; i < 4; ++i) row.null();
  }
  row.count(bar.tick_count());
  row.null();  // real_volume: no provider of ours reports traded size
  row.boolean(head.synthetic);
}

void write_connection(RowWriter& row, const RowHead& head, const bus::Connection& connection) {
  row.head(head, head.receive_time_ns);
  row.name(bus::Connection::State_Name(connection.state()));
  row.text(connection.reason());
  row.text(connection.connection());
  row.text(connection.endpoint());
  row.number(connection.account_id());
}

void write_quality(RowWriter& row, const RowHead& head, const bus::DataQuality& quality) {
  row.head(head, head.receive_time_ns);
  row.text(quality.check());
  row.text(quality.detail());
  row.real(quality.value());
}

void write_news(RowWriter& row, const RowHead& head, const bus::News& news) {
  row.head(head, head.receive_time_ns);
  row.text(news.title());
  row.text(news.content());
  row.text(news.currency());
  row.text(news.impact());
  row.text(news.category());
}

void write_calendar(RowWriter& row, const RowHead& head, const bus::CalendarEvent& event) {
  row.head(head, head.receive_time_ns);
  row.text(event.event());
  row.text(event.currency());
  row.text(event.impact());
  row.text(event.actual());
  row.text(event.forecast());
  row.text(event.previous());
}

}  // namespace depthwire::persister
