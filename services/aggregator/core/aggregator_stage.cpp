#include "services/aggregator/core/aggregator_stage.hpp"

#include "common/codec/bar.hpp"
#include "common/codec/envelope.hpp"
#include "common/state/state.hpp"

#include <algorithm>
#include <stdexcept>

namespace depthwire::aggregator {
namespace {

using bus::Envelope;

constexpr auto bar_topic = "bar";
constexpr auto book_topic = "book";

}  // namespace

void AggregatorStage::step(const journal::Record& input, bus::StepOutputs& outputs) {
  switch (input.header.payload_type) {
    case Envelope::kDepth: return take_depth(input, outputs);
    case Envelope::kSpot: return take_spot(input, outputs);
    case Envelope::kEpochStart:
    case Envelope::kSourceDown:
    case Envelope::kLoss:
    case Envelope::kClock: return take_control(input, outputs);
    default: return;
  }
}

void AggregatorStage::lost() {
  // Without its missing changes no book is what it was; the next reset or keyframe brings it back.
  for (auto& [name, symbol] : symbols_) {
    symbol.bars.forget_prices();
    forget_book(symbol);
    symbol.book_changed = false;
  }
}

void AggregatorStage::save(std::string& bytes) const { state::save(*this, bytes); }

void AggregatorStage::load(std::string_view bytes) {
  AggregatorStage loaded(settings_);
  state::load(bytes, loaded);
  *this = std::move(loaded);
}

void AggregatorStage::take_depth(const journal::Record& input, bus::StepOutputs& outputs) {
  const auto head = codec::decode_depth(input.payload, update_);
  if (!head) throw std::runtime_error(std::string(codec::to_string(head.error())));
  fire_timers(head->receive_time_ns, outputs);

  auto& known = symbol(head->symbol, head->provider);
  // A keyframe says nothing new to who has followed, nor a change anything to who has not.
  const bool change = update_.kind == market::DepthKind::change;
  const bool keyframe = update_.kind == market::DepthKind::keyframe;
  if (keyframe ? known.book_known : change && !known.book_known) return;
  const bool was_empty = known.book.empty();
  const auto applied = known.book.apply(update_);
  if (!applied) throw std::runtime_error(std::string(market::to_string(applied.error())));
  known.book_known = true;
  // A keyframe is no change, nor is a reset to who has nothing.
  if (keyframe || (!change && was_empty)) return;

  known.event_time_ns = head->event_time_ns;
  known.book_changed = true;
  const auto due = known.book_published_ns + settings_.book_interval.count();
  if (settings_.book_interval.count() == 0 || head->receive_time_ns >= due) {
    publish_book(std::string(head->symbol), known, head->receive_time_ns, outputs);
  } else {
    plan(due);
  }
}

void AggregatorStage::take_spot(const journal::Record& input, bus::StepOutputs& outputs) {
  market::Spot spot;
  const auto head = codec::decode_spot(input.payload, spot);
  if (!head) throw std::runtime_error(std::string(codec::to_string(head.error())));
  fire_timers(head->receive_time_ns, outputs);

  auto& known = symbol(head->symbol, head->provider);
  // The first event after a subscription tells the last known price, which may be days old.
  if (spot.session_close) {
    known.bars.forget_prices();
    known.bars.note(spot);
    return;
  }
  known.event_time_ns = head->event_time_ns;
  ended_.clear();
  known.bars.take(spot, head->event_time_ns, ended_);
  publish_bars(std::string(head->symbol), known, head->receive_time_ns, outputs);
  // A spot that comes late begins a bar that was due before it arrived; time does not go back.
  if (const auto due = known.bars.due()) plan(std::max(*due, head->receive_time_ns));
}

void AggregatorStage::take_control(const journal::Record& input, bus::StepOutputs& outputs) {
  if (!envelope_.ParseFromArray(input.payload.data(), static_cast<int>(input.payload.size()))) {
    throw std::runtime_error("the control record is cut or not protobuf");
  }
  const auto time_ns = envelope_.receive_time_ns();
  if (time_ns != 0) fire_timers(time_ns, outputs);
  const auto type = input.header.payload_type;
  // A range of positions was lost to others long after it was read here.
  const bool is_past = type == Envelope::kLoss && envelope_.loss().to_offset() != 0;
  if (type != Envelope::kClock && !is_past) invalidate_all(time_ns, outputs);
}

void AggregatorStage::invalidate_all(std::int64_t time_ns, bus::StepOutputs& outputs) {
  for (auto& [name, symbol] : symbols_) {
    symbol.bars.forget_prices();
    const bool was_empty = symbol.book.empty();
    forget_book(symbol);
    if (was_empty) continue;
    publish_book(name, symbol, std::max(time_ns, symbol.book_published_ns), outputs);
  }
}

void AggregatorStage::fire_timers(std::int64_t now_ns, bus::StepOutputs& outputs) {
  while (next_due_ns_ && *next_due_ns_ <= now_ns) {
    const auto due_ns = *next_due_ns_;
    next_due_ns_.reset();
    for (auto& [name, symbol] : symbols_) {
      if (symbol.book_changed) {
        const auto book_due = symbol.book_published_ns + settings_.book_interval.count();
        if (book_due <= due_ns) {
          publish_book(name, symbol, due_ns, outputs);
        } else {
          plan(book_due);
        }
      }
      ended_.clear();
      symbol.bars.tick(due_ns, ended_);
      publish_bars(name, symbol, due_ns, outputs);
      plan(symbol.bars.due());
    }
  }
}

void AggregatorStage::plan(std::optional<std::int64_t> due_ns) {
  if (due_ns && (!next_due_ns_ || *due_ns < *next_due_ns_)) next_due_ns_ = due_ns;
}

AggregatorStage::Symbol& AggregatorStage::symbol(std::string_view name, std::string_view provider) {
  const auto found = symbols_.find(name);
  if (found != symbols_.end()) return found->second;
  auto& fresh = symbols_.try_emplace(std::string(name), settings_.bar_grace.count()).first->second;
  fresh.provider = provider;
  return fresh;
}

void AggregatorStage::forget_book(Symbol& symbol) {
  symbol.book.clear();
  symbol.book_known = false;
}

void AggregatorStage::publish_book(const std::string& name, Symbol& symbol, std::int64_t time_ns,
                                   bus::StepOutputs& outputs) {
  look(symbol.book, settings_.depth, view_);
  symbol.book_changed = false;
  symbol.book_published_ns = time_ns;

  envelope_.Clear();
  envelope_.set_provider(symbol.provider);
  envelope_.set_symbol(name);
  envelope_.set_receive_time_ns(time_ns);
  envelope_.set_event_time_ns(symbol.event_time_ns);
  auto& book = *envelope_.mutable_book();
  for (const auto& level : view_.bids) {
    book.add_bid_prices_points(level.price.points);
    book.add_bid_sizes_cents(static_cast<std::uint64_t>(level.size.cents));
  }
  for (const auto& level : view_.asks) {
    book.add_ask_prices_points(level.price.points);
    book.add_ask_sizes_cents(static_cast<std::uint64_t>(level.size.cents));
  }
  if (view_.mid_half_points) book.set_mid_half_points(*view_.mid_half_points);
  if (view_.spread_points) book.set_spread_points(*view_.spread_points);
  if (view_.imbalance) book.set_imbalance(*view_.imbalance);
  if (view_.weighted_mid_points) book.set_weighted_mid_points(*view_.weighted_mid_points);
  book.set_bid_depth_cents(static_cast<std::uint64_t>(view_.bid_depth_cents));
  book.set_ask_depth_cents(static_cast<std::uint64_t>(view_.ask_depth_cents));
  envelope_.SerializeToString(&bytes_);
  outputs.publish(book_topic, name, Envelope::kBook, bytes_);
}

void AggregatorStage::publish_bars(const std::string& name, const Symbol& symbol,
                                   std::int64_t time_ns, bus::StepOutputs& outputs) {
  for (const auto& ended : ended_) {
    envelope_.Clear();
    envelope_.set_provider(symbol.provider);
    envelope_.set_symbol(name);
    envelope_.set_receive_time_ns(time_ns);
    envelope_.set_event_time_ns(symbol.event_time_ns);
    *envelope_.mutable_bar() = codec::to_bus(ended);
    envelope_.SerializeToString(&bytes_);
    outputs.publish(bar_topic, name, Envelope::kBar, bytes_);
  }
}

}  // namespace depthwire::aggregator
