#include "services/gateway/core/board.hpp"

#include "services/gateway/core/json.hpp"

#include <memory>
#include <utility>

namespace depthwire::gateway {
namespace {

using Payload = bus::Envelope::PayloadCase;

/// A browser need not be sent what it cannot show; depth alone is most of the bus.
bool is_shown(std::uint16_t payload_type) {
  switch (payload_type) {
    case Payload::kSpot:
    case Payload::kBar:
    case Payload::kSymbolInfo:
    case Payload::kConnection:
    case Payload::kBook:
    case Payload::kSignal:
    case Payload::kFlow:
    case Payload::kSentiment:
    case Payload::kAlert: return true;
    default: return false;
  }
}

}  // namespace

std::string position_text(std::string_view source, journal::Position position) {
  std::string text;
  text.reserve(source.size() + 42);
  text += source;
  text += ':';
  json::append_unsigned(text, position.epoch);
  text += ':';
  json::append_unsigned(text, position.offset);
  return text;
}

Board::Board(std::string environment, std::size_t kept_events)
    : environment_(std::move(environment)), kept_events_(kept_events) {}

void Board::add_source(const std::string& source) {
  std::vector<FramePtr> unsent;
  sources_[source].state = SourceState::halted;  // so that the first state is a change
  set_status(source, SourceState::catching_up, 0, "", unsent);
}

void Board::apply(const std::string& source, const journal::Record& record,
                  std::vector<FramePtr>& out) {
  const auto type = record.header.payload_type;
  if (type == Payload::kEpochStart || type == Payload::kSourceDown || type == Payload::kLoss) {
    return apply_control(source, record, out);
  }
  if (!is_shown(type)) return;
  if (!envelope_.ParseFromArray(record.payload.data(), static_cast<int>(record.payload.size())) ||
      envelope_.payload_case() != static_cast<Payload>(type)) {
    ++undecodable_;
    return;
  }
  encode(source, position_text(source, record.position()), out);
}

void Board::lost(const std::string& source, const bus::Lost& lost, std::vector<FramePtr>& out) {
  take_back(source, lost.first,
            "records of " + source + " were lost: " + std::string(bus::to_string(lost.cause)), out);
}

void Board::set_status(const std::string& source, SourceState state, std::uint64_t lag_records,
                       const std::string& reason, std::vector<FramePtr>& out) {
  auto& status = sources_[source];
  Status now{state, lag_records, reason};
  if (status == now) return;
  status = std::move(now);
  json_.clear();
  append_status(json_, source, state, lag_records, reason);
  emit(Stream::status, "", source, out);
}

std::vector<FramePtr> Board::snapshot() const {
  std::vector<FramePtr> frames = latest_;
  frames.insert(frames.end(), events_.begin(), events_.end());
  return frames;
}

void Board::apply_control(const std::string& source, const journal::Record& record,
                          std::vector<FramePtr>& out) {
  const bool read =
      envelope_.ParseFromArray(record.payload.data(), static_cast<int>(record.payload.size()));
  std::string reason = source + " has begun anew";
  if (!read) {
    ++undecodable_;
  } else if (envelope_.has_source_down()) {
    reason = source + " is cut off: " + envelope_.source_down().reason();
  } else if (envelope_.has_loss()) {
    const auto& loss = envelope_.loss();
    // Positions that the source itself gave were read here long before others lost them.
    if (loss.source() == source && loss.to_offset() != 0) return;
    reason = "records of " + loss.source() + " were lost: " + loss.cause();
  }
  take_back(source, record.position(), reason, out);
}

void Board::take_back(const std::string& source, journal::Position position,
                      std::string_view reason, std::vector<FramePtr>& out) {
  const auto at = position_text(source, position);
  for (auto& [name, symbol] : symbols_) {
    if (symbol.spot_source == source) {
      symbol.spot_source.clear();
      symbol.best = {};
      json_.clear();
      append_no_spot(json_, name, reason, at);
      emit(Stream::spot, name, "", out);
    }
    if (symbol.book_source == source) {
      symbol.book_source.clear();
      json_.clear();
      append_no_book(json_, name, reason, at);
      emit(Stream::book, name, "", out);
    }
  }
}

void Board::encode(const std::string& source, std::string_view position,
                   std::vector<FramePtr>& out) {
  json_.clear();
  const auto& name = envelope_.symbol();
  switch (envelope_.payload_case()) {
    case Payload::kBook:
      symbols_[name].book_source = source;
      append_book(json_, envelope_, position);
      return emit(Stream::book, name, "", out);
    case Payload::kSpot: {
      auto& symbol = symbols_[name];
      symbol.spot_source = source;
      symbol.best.apply(envelope_.spot());
      append_spot(json_, envelope_, symbol.best, position);
      return emit(Stream::spot, name, "", out);
    }
    case Payload::kSignal:
      append_signal(json_, envelope_, position);
      if (is_event(envelope_.signal())) return emit_event(Stream::signal, name, out);
      return emit(Stream::series, name, envelope_.signal().signal(), out);
    case Payload::kFlow:
      append_flow(json_, envelope_, position);
      return emit(Stream::flow, name, envelope_.flow().flavour(), out);
    case Payload::kSentiment:
      append_sentiment(json_, envelope_, position);
      return emit(Stream::sentiment, name, "", out);
    case Payload::kBar:
      append_bar(json_, envelope_, position);
      return emit(Stream::bar, name,
                  bus::Bar::Origin_Name(envelope_.bar().origin()) +
                      bus::Period_Name(envelope_.bar().period()),
                  out);
    case Payload::kSymbolInfo: {
      auto& symbol = symbols_[name];
      symbol.digits = envelope_.symbol_info().digits();
      symbol.description = envelope_.symbol_info().description();
      symbol.known = true;
      append_symbol(json_, envelope_, position);
      return emit(Stream::symbol, name, "", out);
    }
    case Payload::kConnection:
      append_connection(json_, envelope_, position);
      connections_[envelope_.connection().connection()] = json_;
      return emit(Stream::connection, "", envelope_.connection().connection(), out);
    case Payload::kAlert:
      append_alert(json_, envelope_, position);
      return emit_event(Stream::alert, name, out);
    default: return;  // is_shown() has let nothing else pass
  }
}

void Board::emit(Stream stream, std::string_view symbol, std::string_view part,
                 std::vector<FramePtr>& out) {
  const auto at = slot(stream, symbol, part);
  auto frame =
      std::make_shared<const Frame>(Frame{stream, std::string(symbol), at, text_frame(json_)});
  latest_[at] = frame;
  out.push_back(std::move(frame));
}

void Board::emit_event(Stream stream, std::string_view symbol, std::vector<FramePtr>& out) {
  auto frame = std::make_shared<const Frame>(
      Frame{stream, std::string(symbol), Frame::no_slot, text_frame(json_)});
  events_.push_back(frame);
  if (events_.size() > kept_events_) events_.pop_front();
  out.push_back(std::move(frame));
}

std::uint32_t Board::slot(Stream stream, std::string_view symbol, std::string_view part) {
  key_.clear();
  key_ += static_cast<char>('a' + static_cast<int>(stream));
  key_ += symbol;
  key_ += '|';  // no topic, hence no symbol, holds one
  key_ += part;
  const auto [found, is_new] = slots_.try_emplace(key_, static_cast<std::uint32_t>(latest_.size()));
  if (is_new) latest_.emplace_back();
  return found->second;
}

std::string Board::symbols_json() const {
  std::string out = "[";
  for (const auto& [name, symbol] : symbols_) {
    if (out.size() > 1) out += ',';
    out += "{\"symbol\":";
    json::append_string(out, name);
    json::append_key(out, "description");
    json::append_string(out, symbol.description);
    json::append_key(out, "digits");
    if (symbol.known) {
      json::append_unsigned(out, symbol.digits);
    } else {
      out += "null";
    }
    for (const auto& [key, points] :
         {std::pair{"bid", symbol.best.bid_points}, std::pair{"ask", symbol.best.ask_points}}) {
      json::append_key(out, key);
      if (points) {
        json::append_price(out, *points);
      } else {
        out += "null";
      }
    }
    out += '}';
  }
  return out + "]";
}

std::string Board::sources_json() const {
  std::string out = "[";
  for (const auto& [source, status] : sources_) {
    if (out.size() > 1) out += ',';
    append_status(out, source, status.state, status.lag_records, status.reason);
  }
  return out + "]";
}

std::string Board::connections_json() const {
  std::string out = "[";
  for (const auto& [name, message] : connections_) {
    if (out.size() > 1) out += ',';
    out += message;
  }
  return out + "]";
}

}  // namespace depthwire::gateway
