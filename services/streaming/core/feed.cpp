#include "services/streaming/core/feed.hpp"

#include "common/codec/envelope.hpp"
#include "common/ctrader/bars.hpp"
#include "proto/bus/envelope.pb.h"

namespace depthwire::streaming {
namespace {

constexpr std::string_view provider = "ctrader";
constexpr std::int64_t ns_per_ms = 1'000'000;
constexpr std::int64_t look_every_ns = 1'000'000'000;

codec::EnvelopeHead head_of(const std::string& symbol, std::int64_t receive_ns,
                            std::int64_t event_ns) {
  return {provider, symbol, receive_ns, event_ns};
}

bus::Envelope envelope_of(const std::string& symbol, std::int64_t receive_ns,
                          std::int64_t event_ns) {
  bus::Envelope envelope;
  envelope.set_provider(std::string(provider));
  envelope.set_symbol(symbol);
  envelope.set_receive_time_ns(receive_ns);
  envelope.set_event_time_ns(event_ns);
  return envelope;
}

}  // namespace

SymbolQuality& Feed::checks_of(const std::string& name) {
  return quality_.try_emplace(name, limits_).first->second;
}

void Feed::set_hours(const std::string& name, TradingHours hours) {
  checks_of(name).set_hours(std::move(hours));
}

void Feed::add(std::int64_t id, const std::string& name) {
  auto symbol = std::make_unique<Symbol>();
  symbol->name = name;
  symbol->id = id;
  symbol->watch = BookWatch(patience_);
  symbol->checks = &checks_of(name);
  // Before its first event the simulator's time is not known.
  if (!clock_.is_simulated()) symbol->checks->expect_spots(clock_.stamp());
  symbol->spots = records_.topic("spot", name);
  symbol->depth = records_.topic("depth", name);
  symbol->bars = records_.topic("bar", name);
  symbol->quality = records_.topic("data_quality", name);
  reset(*symbol);
  names_[name] = symbol.get();
  symbols_[id] = std::move(symbol);
}

void Feed::remove(std::int64_t id) {
  const auto found = symbols_.find(id);
  if (found == symbols_.end()) return;
  reset(*found->second);
  found->second->checks->forget();
  names_.erase(found->second->name);
  symbols_.erase(found);
}

void Feed::remove_all() {
  for (const auto& [name, symbol] : names_) {
    reset(*symbol);
    symbol->checks->interrupt();
  }
  names_.clear();
  symbols_.clear();
}

Feed::Symbol* Feed::find(std::int64_t id) {
  const auto found = symbols_.find(id);
  return found == symbols_.end() ? nullptr : found->second.get();
}

const market::Book* Feed::book(std::int64_t id) const {
  const auto found = symbols_.find(id);
  return found == symbols_.end() ? nullptr : &found->second->book;
}

void Feed::spot(std::string_view payload) {
  if (!ctrader::decode_spot(payload, spot_event_)) {
    ++counts_.undecodable;
    return;
  }
  counts_.unknown_fields += spot_event_.unknown_fields;
  auto* symbol = find(spot_event_.symbol_id);
  if (symbol == nullptr) {
    ++counts_.unknown_symbols;
    return;
  }
  ++counts_.spots;
  const auto stamp = clock_.stamp(spot_event_.simulator_time_ns);
  const auto event_ns = spot_event_.timestamp_ms ? *spot_event_.timestamp_ms * ns_per_ms : stamp;
  codec::encode_spot(head_of(symbol->name, stamp, event_ns), spot_event_.spot, envelope_);
  records_.append(symbol->spots, codec::spot_type, envelope_, journal::no_flags);
  symbol->checks->spot(stamp, spot_event_.spot, symbol->watch, findings_);
  symbol->watch.spot(stamp, spot_event_.spot);
  symbol->checks->book(stamp, symbol->watch, findings_);
  if (!findings_.empty()) tell_findings(*symbol);
  if (!spot_event_.bars.empty()) publish_bars(*symbol, stamp, event_ns);
  if (clock_.is_simulated()) look_at_all(stamp);
}

void Feed::publish_bars(Symbol& symbol, std::int64_t receive_ns, std::int64_t event_ns) {
  bar_updates_.clear();
  symbol.live_bars.take(spot_event_, bar_updates_);
  for (const auto& update : bar_updates_) {
    ++counts_.bars;
    auto envelope = envelope_of(symbol.name, receive_ns, event_ns);
    *envelope.mutable_bar() = ctrader::to_bus(update.bar, bus::Bar::live);
    envelope.mutable_bar()->set_closed(update.closed);
    envelope.SerializeToString(&envelope_);
    records_.append(symbol.bars, bus::Envelope::kBar, envelope_, journal::no_flags);
  }
}

void Feed::depth(std::string_view payload) {
  if (!ctrader::decode_depth(payload, depth_event_)) {
    ++counts_.undecodable;
    return;
  }
  counts_.unknown_fields += depth_event_.unknown_fields;
  auto* symbol = find(depth_event_.symbol_id);
  if (symbol == nullptr || symbol->closed) {
    ++counts_.unknown_symbols;
    return;
  }
  const auto stamp = clock_.stamp(depth_event_.simulator_time_ns);
  take_depth(*symbol, stamp);
  if (!findings_.empty()) tell_findings(*symbol);
  if (clock_.is_simulated()) look_at_all(stamp);
}

void Feed::take_depth(Symbol& symbol, std::int64_t stamp) {
  const bool again = symbol.checks->depth(stamp, depth_event_.update, findings_);
  const auto applied = symbol.book.apply(depth_event_.update);
  if (!applied) {
    ++counts_.refused;
    symbol.checks->refused(stamp, market::to_string(applied.error()), findings_);
    return;
  }
  // What is sent twice removes its ids twice, which says nothing about the book.
  const auto unknown_removals = again ? 0 : applied->unknown_removals;
  counts_.unknown_removals += unknown_removals;
  ++counts_.depth_events;
  publish_depth(symbol, depth_event_.update, stamp, journal::no_flags);
  symbol.watch.depth(stamp, symbol.book, unknown_removals);
  symbol.checks->book(stamp, symbol.watch, findings_);
  symbol.checks->applied(stamp, depth_event_.update);
}

bool Feed::look() { return !clock_.is_simulated() && look_at_all(clock_.stamp()); }

bool Feed::look_at_all(std::int64_t time_ns) {
  if (looked_ && time_ns - *looked_ < look_every_ns) return false;
  looked_ = time_ns;
  bool found = false;
  for (const auto& [name, symbol] : names_) {
    symbol->checks->look(time_ns, findings_);
    symbol->checks->book(time_ns, symbol->watch, findings_);
    if (findings_.empty()) continue;
    tell_findings(*symbol);
    found = true;
  }
  return found;
}

std::vector<SymbolRef> Feed::due_resubscriptions() {
  std::vector<SymbolRef> due;
  const auto now = clock_.stamp();
  for (const auto& [name, symbol] : names_) {
    if (!symbol->closed && symbol->watch.is_due(now)) due.push_back({name, symbol->id});
  }
  return due;
}

void Feed::close(std::int64_t id) {
  if (auto* symbol = find(id)) symbol->closed = true;
}

void Feed::reopen(std::int64_t id) {
  auto* symbol = find(id);
  if (symbol == nullptr) return;
  symbol->closed = false;
  reset(*symbol);
}

void Feed::publish_depth(Symbol& symbol, const market::DepthUpdate& update, std::int64_t stamp,
                         std::uint16_t flags) {
  codec::encode_depth(head_of(symbol.name, stamp, stamp), update, envelope_);
  records_.append(symbol.depth, codec::depth_type, envelope_, flags);
}

// A reset starts a reader as well as a keyframe does: the book is empty from here on.
void Feed::reset(Symbol& symbol) {
  ++counts_.resets;
  symbol.book.clear();
  const auto stamp = clock_.stamp();
  symbol.watch.reset(stamp);
  symbol.checks->book_emptied();
  symbol.checks->book(stamp, symbol.watch, findings_);
  if (!findings_.empty()) tell_findings(symbol);
  publish_depth(symbol, {.kind = market::DepthKind::reset}, stamp, journal::keyframe);
}

void Feed::keyframes() {
  for (const auto& [name, symbol] : names_) keyframe(*symbol);
}

void Feed::restate() {
  for (const auto& [name, symbol] : names_) {
    publish_depth(*symbol, {.kind = market::DepthKind::reset}, clock_.stamp(), journal::keyframe);
    keyframe(*symbol);
  }
}

void Feed::keyframe(Symbol& symbol) {
  if (symbol.book.empty()) return;
  ++counts_.keyframes;
  const auto quotes = symbol.book.quotes();
  publish_depth(symbol,
                {.kind = market::DepthKind::keyframe, .added = {quotes.begin(), quotes.end()}},
                clock_.stamp(), journal::keyframe);
}

void Feed::tell_findings(const Symbol& symbol) {
  for (const auto& finding : findings_) {
    auto envelope = envelope_of(symbol.name, clock_.stamp(), finding.since_ns);
    envelope.mutable_data_quality()->set_check(std::string(finding.check));
    envelope.mutable_data_quality()->set_detail(finding.detail);
    envelope.mutable_data_quality()->set_value(finding.value);
    envelope.SerializeToString(&envelope_);
    records_.append(symbol.quality, bus::Envelope::kDataQuality, envelope_, journal::no_flags);
  }
  findings_.clear();
}

}  // namespace depthwire::streaming
