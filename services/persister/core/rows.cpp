#include "services/persister/core/rows.hpp"

#include "proto/bus/envelope.pb.h"
#include "services/persister/core/analysis_rows.hpp"
#include "services/persister/core/market_rows.hpp"

#include <algorithm>

namespace depthwire::persister {

namespace {

constexpr std::int64_t day_ns = 86'400LL * 1'000'000'000LL;

std::int32_t day_of(std::int64_t unix_ns) {
  return static_cast<std::int32_t>(unix_ns / day_ns - (unix_ns % day_ns < 0 ? 1 : 0));
}

template <class Message>
bool parse(std::string_view bytes, Message& message) {
  return message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()));
}

// A dead letter's topic and reason must themselves be storable.
std::string printable(std::string_view text) {
  std::string out;
  for (const char c : text) out += c >= ' ' && c <= '~' ? c : '?';
  return out;
}

std::string_view symbol_of(std::string_view topic) {
  const auto last = topic.rfind('.');
  if (last == std::string_view::npos || !topic.ends_with('|')) return "";
  const auto symbol = topic.substr(last + 1, topic.size() - last - 2);
  return symbol == "-" || symbol == "_control" ? "" : symbol;
}

}  // namespace

struct Rows::Messages {
  bus::Spot spot;
  bus::Bar bar;
  bus::Tick tick;
  bus::SymbolInfo symbol;
  bus::Connection connection;
  bus::DataQuality quality;
  bus::Book book;
  bus::Signal signal;
  bus::Sentiment sentiment;
  bus::Alert alert;
  bus::News news;
  bus::CalendarEvent calendar;
  bus::SourceDown down;
  bus::SourceUp up;
  bus::Loss loss;
  bus::DeadLetter dead_letter;
};

Rows::Rows() : messages_(std::make_unique<Messages>()) {}
Rows::~Rows() = default;
Rows::Rows(Rows&&) noexcept = default;
Rows& Rows::operator=(Rows&&) noexcept = default;

void Rows::add(const std::string& source, const journal::Record& record) {
  const Outcome outcome = dispatch(source, record);
  if (!outcome) {
    add_dead_letter(source, record, to_string(outcome.error()));
    return;
  }
  advance(source, record);
}

template <class Write>
Rows::Outcome Rows::row(Table table, std::int64_t time_ns, Write write) {
  Filled& to = filled(table);
  RowWriter writer(to.buffer, table);
  write(writer);
  if (const auto& error = writer.error()) {
    to.buffer.drop_row();
    return tl::unexpected(*error);
  }
  ++rows_;
  const std::int32_t day = day_of(time_ns);
  if (std::find(to.days.rbegin(), to.days.rend(), day) == to.days.rend()) to.days.push_back(day);
  return {};
}

Rows::Outcome Rows::statement(StatementOrError statement) {
  if (!statement) return tl::unexpected(statement.error());
  statements_.push_back(std::move(*statement));
  ++rows_;
  return {};
}

Rows::Outcome Rows::dispatch(const std::string& source, const journal::Record& record) {
  // Kinds that become no row are passed over unread; so are kinds of a later release.
  switch (record.header.payload_type) {
    case bus::Envelope::kSpot:
    case bus::Envelope::kBar:
    case bus::Envelope::kTick:
    case bus::Envelope::kSymbolInfo:
    case bus::Envelope::kConnection:
    case bus::Envelope::kDataQuality:
    case bus::Envelope::kBook:
    case bus::Envelope::kSignal:
    case bus::Envelope::kSentiment:
    case bus::Envelope::kAlert:
    case bus::Envelope::kNews:
    case bus::Envelope::kCalendarEvent:
    case bus::Envelope::kSourceDown:
    case bus::Envelope::kSourceUp:
    case bus::Envelope::kLoss:
    case bus::Envelope::kDeadLetter: break;
    default: return {};
  }
  const auto opened = open(source, record);
  if (!opened) return tl::unexpected(opened.error());
  const RowHead& head = opened->head;
  const auto malformed = tl::unexpected(RowError::malformed);

  // One payload, one row of `table` at `time_ns`.
  const auto one = [&](auto& message, Table table, std::int64_t time_ns, auto write) -> Outcome {
    if (!parse(opened->payload, message)) return malformed;
    return row(table, time_ns, [&](RowWriter& writer) { write(writer, head, message); });
  };

  Messages& m = *messages_;
  const std::int64_t received = head.receive_time_ns;
  switch (record.header.payload_type) {
    case bus::Envelope::kBook: return one(m.book, Table::market_depth, received, write_depth);
    case bus::Envelope::kSpot: {
      if (!parse(opened->payload, m.spot)) return malformed;
      // The first event of a subscription tells the last tick before it: a row already, or missed.
      if (m.spot.has_session_close_points()) return {};
      const auto tick = [&](bus::Side side, std::int64_t points) {
        return row(Table::ticks, head.event_time_ns,
                   [&](RowWriter& writer) { write_tick(writer, head, side, points); });
      };
      // What makes one side's row fail makes the other's fail as well: both or none.
      if (m.spot.has_bid_points()) {
        if (auto bid = tick(bus::bid, m.spot.bid_points()); !bid) return bid;
      }
      return m.spot.has_ask_points() ? tick(bus::ask, m.spot.ask_points()) : Outcome();
    }
    case bus::Envelope::kTick:
      return one(m.tick, Table::ticks, head.event_time_ns,
                 [](RowWriter& writer, const RowHead& of, const bus::Tick& tick) {
                   write_tick(writer, of, tick.side(), tick.price_points());
                 });
    case bus::Envelope::kBar: {
      if (!parse(opened->payload, m.bar)) return malformed;
      if (!m.bar.closed()) return {};
      if (!m.bar.has_bid()) return tl::unexpected(RowError::no_bid);
      return row(Table::market_data_candles, m.bar.open_time_ns(),
                 [&](RowWriter& writer) { write_candle(writer, head, m.bar); });
    }
    case bus::Envelope::kSignal:
      return one(m.signal, Table::order_flow_signals, received, write_signal);
    case bus::Envelope::kSentiment:
      return one(m.sentiment, Table::sentiment_data, received, write_sentiment);
    case bus::Envelope::kAlert: return one(m.alert, Table::alerts, received, write_alert);
    case bus::Envelope::kDataQuality:
      return one(m.quality, Table::data_quality, received, write_quality);
    case bus::Envelope::kNews: return one(m.news, Table::news_events, received, write_news);
    case bus::Envelope::kCalendarEvent:
      return one(m.calendar, Table::economic_calendar, received, write_calendar);
    case bus::Envelope::kConnection:
      return one(m.connection, Table::connection_log, received, write_connection);
    case bus::Envelope::kSymbolInfo:
      if (!parse(opened->payload, m.symbol)) return malformed;
      return statement(upsert_symbol(head, m.symbol));
    case bus::Envelope::kSourceDown:
      if (!parse(opened->payload, m.down)) return malformed;
      return statement(open_outage(head, m.down));
    case bus::Envelope::kSourceUp:
      if (!parse(opened->payload, m.up)) return malformed;
      return statement(close_outage(head, m.up));
    case bus::Envelope::kLoss:
      return one(m.loss, Table::loss, received,
                 [](RowWriter& writer, const RowHead& of, const bus::Loss& loss) {
                   writer.key(of, of.receive_time_ns);
                   writer.text(of.symbol);
                   writer.name("declared");
                   writer.text(loss.source().empty() ? of.source : loss.source());
                   writer.count(loss.from_epoch());
                   writer.count(loss.from_offset());
                   writer.count(loss.to_epoch());
                   writer.count(loss.to_offset());
                   for (const auto time : {loss.from_time_ns(), loss.to_time_ns()}) {
                     if (time != 0) {
                       writer.time(time);
                     } else {
                       writer.null();
                     }
                   }
                   writer.text(loss.cause());
                 });
    default:  // kDeadLetter: what a stage could not take
      return one(m.dead_letter, Table::dead_letter, received,
                 [&](RowWriter& writer, const RowHead& of, const bus::DeadLetter& letter) {
                   writer.key(of, of.receive_time_ns);
                   writer.text(of.symbol);
                   writer.text(record.topic);
                   writer.number(record.header.payload_type);
                   writer.text(letter.reason());
                   writer.text(letter.source());
                   writer.count(letter.epoch());
                   writer.count(letter.offset());
                   writer.bytes(letter.frame());
                 });
  }
}

void Rows::add_dead_letter(const std::string& source, const journal::Record& record,
                           std::string_view reason) {
  RowWriter writer(filled(Table::dead_letter).buffer, Table::dead_letter);
  RowHead head;
  head.source = source;
  head.environment = environment_of(source);
  head.position = record.position();
  // Of a record that cannot be read only its header is known.
  writer.key(head, record.header.publish_time_ns);
  const std::string topic = printable(record.topic);
  writer.text(symbol_of(topic));
  writer.text(topic);
  writer.number(record.header.payload_type);
  writer.text(printable(reason));
  writer.text(source);
  writer.count(head.position.epoch);
  writer.count(head.position.offset);
  writer.bytes(record.frame);
  ++rows_;
  ++dead_letters_;
  advance(source, record);
}

void Rows::note_loss(const std::string& source, journal::Position after, journal::Position first,
                     bool replaced) {
  noted_losses_[source] = {after, first, replaced};
}

// Every record of a source comes through here, whatever became of it.
void Rows::advance(const std::string& source, const journal::Record& record) {
  ++records_;
  checkpoints_[source] = record.position();
  const auto loss = noted_losses_.find(source);
  if (loss == noted_losses_.end()) return;
  RowWriter writer(filled(Table::loss).buffer, Table::loss);
  RowHead head;
  head.source = source;
  head.environment = environment_of(source);
  head.position = loss->second.first;
  writer.key(head, record.header.publish_time_ns);
  writer.text("");
  writer.name(loss->second.replaced ? "declared" : "aged_out");
  writer.text(source);
  for (const auto& end : {loss->second.after, loss->second.first}) {
    writer.count(end.epoch);
    writer.count(end.offset);
  }
  writer.null();
  writer.null();
  writer.text(loss->second.replaced
                  ? "the journal was replaced, and an operator accepted that"
                  : "the journal no longer holds what lies between these two records");
  ++rows_;
  noted_losses_.erase(loss);
}

void Rows::clear() {
  for (Filled& table : filled_) {
    table.buffer.clear();
    table.days.clear();
  }
  statements_.clear();
  checkpoints_.clear();
  noted_losses_.clear();
  records_ = 0;
  rows_ = 0;
  dead_letters_ = 0;
}

std::size_t Rows::rows(Table table) const {
  return filled_.at(static_cast<std::size_t>(table)).buffer.rows();
}

std::size_t Rows::bytes() const {
  std::size_t bytes = 0;
  for (const Filled& table : filled_) bytes += table.buffer.size();
  return bytes;
}

std::string_view Rows::stream(Table table) { return filled(table).buffer.stream(); }

std::span<const std::int32_t> Rows::days(Table table) const {
  return filled_.at(static_cast<std::size_t>(table)).days;
}

}  // namespace depthwire::persister
