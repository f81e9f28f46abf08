#include "services/gateway/core/protocol.hpp"

#include "services/gateway/core/json.hpp"

#include <algorithm>

namespace depthwire::gateway {
namespace {

using json::append_key;

void open(std::string& out, std::string_view type) {
  out += "{\"type\":\"";
  out += type;
  out += '"';
}

void append_text(std::string& out, std::string_view name, std::string_view text) {
  append_key(out, name);
  json::append_string(out, text);
}

void append_optional_price(std::string& out, std::string_view name,
                           const std::optional<std::int64_t>& points) {
  append_key(out, name);
  if (points) {
    json::append_price(out, *points);
  } else {
    out += "null";
  }
}

void append_number(std::string& out, std::string_view name, double value) {
  append_key(out, name);
  json::append_double(out, value);
}

void append_cause(std::string& out, const bus::Envelope& envelope) {
  if (!envelope.has_cause()) return;
  append_key(out, "cause");
  std::string text = envelope.cause().source();
  text += ':';
  json::append_unsigned(text, envelope.cause().epoch());
  text += ':';
  json::append_unsigned(text, envelope.cause().offset());
  json::append_string(out, text);
}

/// What every message that comes of a record ends with.
void close(std::string& out, const bus::Envelope& envelope, std::string_view position) {
  append_key(out, "t");
  json::append_time(out, envelope.receive_time_ns());
  append_cause(out, envelope);
  append_text(out, "position", position);
  out += '}';
}

template <class Prices, class Sizes>
void append_levels(std::string& out, std::string_view name, const Prices& prices,
                   const Sizes& sizes) {
  append_key(out, name);
  out += '[';
  const int levels = std::min(prices.size(), sizes.size());
  for (int i = 0; i < levels; ++i) {
    if (i != 0) out += ',';
    out += '[';
    json::append_price(out, prices.Get(i));
    out += ',';
    json::append_size(out, sizes.Get(i));
    out += ']';
  }
  out += ']';
}

void append_prices(std::string& out, std::string_view name, const bus::Prices& prices) {
  append_key(out, name);
  out += '[';
  json::append_price(out, prices.open());
  out += ',';
  json::append_price(out, prices.high());
  out += ',';
  json::append_price(out, prices.low());
  out += ',';
  json::append_price(out, prices.close());
  out += ']';
}

void append_inputs(std::string& out, const bus::InputRange& inputs) {
  append_key(out, "inputs");
  out += "{\"source\":";
  json::append_string(out, inputs.source());
  append_key(out, "epoch");
  json::append_unsigned(out, inputs.epoch());
  append_key(out, "from_offset");
  json::append_unsigned(out, inputs.from_offset());
  append_key(out, "to_offset");
  json::append_unsigned(out, inputs.to_offset());
  out += '}';
}

}  // namespace

void BestPrices::apply(const bus::Spot& spot) {
  if (spot.has_bid_points()) bid_points = spot.bid_points();
  if (spot.has_ask_points()) ask_points = spot.ask_points();
  if (spot.has_session_close_points()) close_points = spot.session_close_points();
}

std::string_view to_string(SourceState state) {
  switch (state) {
    case SourceState::catching_up: return "catching_up";
    case SourceState::live: return "live";
    case SourceState::stale: return "stale";
    case SourceState::halted: return "halted";
  }
  return "halted";
}

std::string_view state_name(const bus::Connection& connection) {
  switch (connection.state()) {
    case bus::Connection::disconnected:
      return connection.reason().starts_with("disabled") ? "disabled" : "disconnected";
    case bus::Connection::connecting: return "connecting";
    case bus::Connection::app_auth: return "app-auth";
    case bus::Connection::account_auth: return "account-auth";
    case bus::Connection::ready: return "ready";
    default: return "error";
  }
}

bool is_event(const bus::Signal& signal) { return !signal.state().empty(); }

void append_book(std::string& out, const bus::Envelope& envelope, std::string_view position) {
  const auto& book = envelope.book();
  open(out, "book");
  append_text(out, "symbol", envelope.symbol());
  append_levels(out, "bids", book.bid_prices_points(), book.bid_sizes_cents());
  append_levels(out, "asks", book.ask_prices_points(), book.ask_sizes_cents());
  append_key(out, "mid");
  if (book.has_mid_half_points()) {
    json::append_half_points(out, book.mid_half_points());
  } else {
    out += "null";
  }
  append_optional_price(
      out, "spread", book.has_spread_points() ? std::optional{book.spread_points()} : std::nullopt);
  append_key(out, "imbalance");
  if (book.has_imbalance()) {
    json::append_double(out, book.imbalance());
  } else {
    out += "null";
  }
  append_key(out, "weighted_mid");
  if (book.has_weighted_mid_points()) {
    json::append_double(out, book.weighted_mid_points() / 100'000.0);
  } else {
    out += "null";
  }
  append_key(out, "bid_depth");
  json::append_size(out, book.bid_depth_cents());
  append_key(out, "ask_depth");
  json::append_size(out, book.ask_depth_cents());
  close(out, envelope, position);
}

void append_no_book(std::string& out, std::string_view symbol, std::string_view reason,
                    std::string_view position) {
  open(out, "book");
  append_text(out, "symbol", symbol);
  out += R"(,"bids":[],"asks":[],"mid":null,"spread":null,"imbalance":null,"weighted_mid":null)"
         R"(,"bid_depth":0,"ask_depth":0,"t":null)";
  append_text(out, "reason", reason);
  append_text(out, "position", position);
  out += '}';
}

void append_no_spot(std::string& out, std::string_view symbol, std::string_view reason,
                    std::string_view position) {
  open(out, "spot");
  append_text(out, "symbol", symbol);
  out += R"(,"bid":null,"ask":null,"session_close":null,"t":null)";
  append_text(out, "reason", reason);
  append_text(out, "position", position);
  out += '}';
}

void append_spot(std::string& out, const bus::Envelope& envelope, const BestPrices& best,
                 std::string_view position) {
  open(out, "spot");
  append_text(out, "symbol", envelope.symbol());
  append_optional_price(out, "bid", best.bid_points);
  append_optional_price(out, "ask", best.ask_points);
  append_optional_price(out, "session_close", best.close_points);
  close(out, envelope, position);
}

void append_bar(std::string& out, const bus::Envelope& envelope, std::string_view position) {
  const auto& bar = envelope.bar();
  open(out, "bar");
  append_text(out, "symbol", envelope.symbol());
  append_text(out, "period", bus::Period_Name(bar.period()));
  append_text(out, "origin", bus::Bar::Origin_Name(bar.origin()));
  append_key(out, "open_time");
  json::append_time(out, bar.open_time_ns());
  if (bar.has_bid()) append_prices(out, "bid", bar.bid());
  if (bar.has_ask()) append_prices(out, "ask", bar.ask());
  append_key(out, "ticks");
  json::append_unsigned(out, bar.tick_count());
  append_key(out, "closed");
  out += bar.closed() ? "true" : "false";
  close(out, envelope, position);
}

void append_signal(std::string& out, const bus::Envelope& envelope, std::string_view position) {
  const auto& signal = envelope.signal();
  open(out, is_event(signal) ? "signal" : "series");
  append_text(out, "symbol", envelope.symbol());
  append_text(out, "signal", signal.signal());
  if (!signal.state().empty()) append_text(out, "state", signal.state());
  append_key(out, "direction");
  json::append_integer(out, signal.direction());
  append_number(out, "strength", signal.strength());
  append_number(out, "confidence", signal.confidence());
  if (signal.has_value()) append_number(out, "value", signal.value());
  if (signal.has_z()) append_number(out, "z", signal.z());
  append_text(out, "basis", bus::Basis_Name(signal.basis()));
  append_text(out, "quality", bus::Quality_Name(signal.quality()));
  append_key(out, "n");
  json::append_unsigned(out, signal.n());
  append_key(out, "window_ms");
  json::append_decimal(out, static_cast<std::int64_t>(signal.window_ns()), 6);
  append_inputs(out, signal.inputs());
  close(out, envelope, position);
}

void append_flow(std::string& out, const bus::Envelope& envelope, std::string_view position) {
  const auto& flow = envelope.flow();
  open(out, "flow");
  append_text(out, "symbol", envelope.symbol());
  append_text(out, "flavour", flow.flavour());
  append_number(out, "buy", flow.buy());
  append_number(out, "sell", flow.sell());
  append_number(out, "removed_bid", flow.removed_bid());
  append_number(out, "removed_ask", flow.removed_ask());
  if (flow.has_pi()) append_number(out, "pi", flow.pi());
  append_text(out, "basis", bus::Basis_Name(flow.basis()));
  append_text(out, "quality", bus::Quality_Name(flow.quality()));
  close(out, envelope, position);
}

void append_sentiment(std::string& out, const bus::Envelope& envelope, std::string_view position) {
  const auto& sentiment = envelope.sentiment();
  open(out, "sentiment");
  append_text(out, "symbol", envelope.symbol());
  if (sentiment.has_value()) append_number(out, "value", sentiment.value());
  if (sentiment.has_long_pct()) append_number(out, "long_pct", sentiment.long_pct());
  append_text(out, "label", sentiment.label());
  append_number(out, "confidence", sentiment.confidence());
  append_text(out, "quality", bus::Quality_Name(sentiment.quality()));
  close(out, envelope, position);
}

void append_symbol(std::string& out, const bus::Envelope& envelope, std::string_view position) {
  const auto& info = envelope.symbol_info();
  open(out, "symbol");
  append_text(out, "symbol", envelope.symbol());
  append_text(out, "description", info.description());
  append_key(out, "digits");
  json::append_unsigned(out, info.digits());
  append_key(out, "pip_position");
  json::append_integer(out, info.pip_position());
  append_text(out, "base", info.base_asset());
  append_text(out, "quote", info.quote_asset());
  append_key(out, "enabled");
  out += info.enabled() ? "true" : "false";
  close(out, envelope, position);
}

void append_connection(std::string& out, const bus::Envelope& envelope, std::string_view position) {
  const auto& connection = envelope.connection();
  open(out, "connection");
  append_text(out, "connection", connection.connection());
  append_text(out, "state", state_name(connection));
  append_text(out, "reason", connection.reason());
  append_text(out, "endpoint", connection.endpoint());
  append_key(out, "account");
  json::append_integer(out, connection.account_id());
  close(out, envelope, position);
}

void append_alert(std::string& out, const bus::Envelope& envelope, std::string_view position) {
  const auto& alert = envelope.alert();
  open(out, "alert");
  append_text(out, "symbol", envelope.symbol());
  append_text(out, "rule", alert.rule());
  append_text(out, "text", alert.text());
  append_number(out, "value", alert.value());
  close(out, envelope, position);
}

void append_status(std::string& out, std::string_view source, SourceState state,
                   std::uint64_t lag_records, std::string_view reason) {
  open(out, "status");
  append_text(out, "source", source);
  append_text(out, "state", to_string(state));
  append_key(out, "lag");
  json::append_unsigned(out, lag_records);
  if (!reason.empty()) append_text(out, "reason", reason);
  out += '}';
}

}  // namespace depthwire::gateway
