#include "services/analyzer/core/records/record_stage.hpp"

#include "common/codec/envelope.hpp"
#include "common/state/state.hpp"
#include "services/analyzer/core/records/encode.hpp"

#include <algorithm>
#include <stdexcept>

namespace depthwire::analyzer {
namespace {

using depthwire::bus::Envelope;

[[noreturn]] void refuse(std::string_view why) { throw std::runtime_error(std::string(why)); }

BarUpdate to_bar(const bus::Bar& bar) {
  const auto& bid = bar.bid();
  return {bar.open_time_ns(),
          {bid.open(), bid.high(), bid.low(), bid.close(), bar.tick_count()},
          bar.closed()};
}

SymbolFacts to_facts(const bus::SymbolInfo& info) {
  // Out of range is not ours to guess: the usual five digits then stand.
  SymbolFacts facts;
  if (info.digits() <= 5) facts.digits = static_cast<int>(info.digits());
  if (info.pip_position() >= 0 && info.pip_position() <= 5) {
    facts.pip_position = info.pip_position();
  }
  facts.lot_size_cents = std::max<std::int64_t>(0, info.lot_size_cents());
  return facts;
}

}  // namespace

void RecordStage::step(const journal::Record& input, bus::StepOutputs& outputs) {
  switch (input.header.payload_type) {
    case Envelope::kSpot: return take_spot(input, outputs);
    case Envelope::kDepth: return take_depth(input, outputs);
    case Envelope::kBar:
    case Envelope::kSymbolInfo:
    case Envelope::kEpochStart:
    case Envelope::kSourceDown:
    case Envelope::kLoss:
    case Envelope::kClock: return take_other(input, outputs);
    default: return;
  }
}

void RecordStage::save(std::string& bytes) const { state::save(*this, bytes); }

void RecordStage::load(std::string_view bytes) {
  RecordStage loaded(params_, source_);
  state::load(bytes, loaded);
  *this = std::move(loaded);
}

void RecordStage::take_spot(const journal::Record& record, bus::StepOutputs& outputs) {
  const auto head = codec::decode_spot(record.payload, spot_);
  if (!head) refuse(codec::to_string(head.error()));
  step_input({record.position().epoch, record.position().offset, head->receive_time_ns,
              head->symbol, &spot_},
             head->provider, outputs);
}

void RecordStage::take_depth(const journal::Record& record, bus::StepOutputs& outputs) {
  const auto head = codec::decode_depth(record.payload, update_);
  if (!head) refuse(codec::to_string(head.error()));
  // What a book refuses is refused before it moves the time.
  for (const market::Quote& quote : update_.added) {
    if (quote.price.points <= 0) refuse(market::to_string(market::BookError::nonpositive_price));
    if (quote.size.cents <= 0) refuse(market::to_string(market::BookError::nonpositive_size));
  }
  step_input({record.position().epoch, record.position().offset, head->receive_time_ns,
              head->symbol, &update_},
             head->provider, outputs);
}

void RecordStage::take_other(const journal::Record& record, bus::StepOutputs& outputs) {
  if (!other_.ParseFromArray(record.payload.data(), static_cast<int>(record.payload.size()))) {
    refuse("the record is cut or not protobuf");
  }
  Input input{record.position().epoch, record.position().offset, other_.receive_time_ns(),
              other_.symbol(), TimeOnly{}};
  switch (record.header.payload_type) {
    case Envelope::kBar: {
      const bus::Bar& bar = other_.bar();
      const bool usable =
          bar.period() == bus::m1 && bar.has_bid() && bar.origin() == bus::Bar::live;
      if (usable) input.value = to_bar(bar);
      break;
    }
    case Envelope::kSymbolInfo: input.value = to_facts(other_.symbol_info()); break;
    case Envelope::kEpochStart:
    case Envelope::kSourceDown: input.value = SourceLost{}; break;
    case Envelope::kLoss:
      // A range of positions was lost to others long after it was read here.
      if (other_.loss().to_offset() == 0) stage_.lost();
      break;
    default: break;
  }
  step_input(input, other_.provider(), outputs);
}

void RecordStage::step_input(const Input& input, std::string_view provider,
                             bus::StepOutputs& outputs) {
  if (!input.symbol.empty() && !provider.empty() && !providers_.contains(input.symbol)) {
    providers_.emplace(input.symbol, provider);
  }
  made_.clear();
  stage_.step(input, made_);
  for (const Output& output : made_) {
    const auto found = providers_.find(output.symbol);
    const EncodeContext context{
        found == providers_.end() ? std::string_view() : std::string_view(found->second), source_,
        stage_.params_hash()};
    const int type = encode(output, context, envelope_);
    if (!envelope_.SerializeToString(&bytes_)) refuse("an output cannot be serialized");
    outputs.publish(kind_of(output), output.symbol, type, bytes_);
  }
}

}  // namespace depthwire::analyzer
