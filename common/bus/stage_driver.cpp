#include "common/bus/stage_driver.hpp"

#include "common/bus/topic.hpp"
#include "common/codec/wire.hpp"
#include "common/journal/reader.hpp"
#include "common/journal/segment.hpp"
#include "common/service/exit_error.hpp"
#include "proto/bus/envelope.pb.h"

#include <exception>

namespace depthwire::bus {
namespace {

constexpr std::uint32_t cause_field = 5;  // of Envelope
// What a DEAD_LETTER has beside the frame fits in the rest of a record.
constexpr std::size_t longest_frame = journal::max_payload_bytes - 8'192;
constexpr std::size_t longest_text = 1'024;

// Appends the field `cause` to a serialized envelope.
void append_cause(std::string& envelope, const std::string& source, journal::Position position) {
  using codec::wire::varint_bytes;
  const auto length = 1 + varint_bytes(source.size()) + source.size() +  //
                      1 + varint_bytes(position.epoch) +                 //
                      1 + varint_bytes(position.offset);
  const auto start = envelope.size();
  envelope.resize(start + 1 + varint_bytes(length) + length);
  codec::wire::Writer writer(envelope.data() + start);
  writer.message_field(cause_field, length);
  writer.bytes_field(1, source);
  writer.varint_field(2, position.epoch);
  writer.varint_field(3, position.offset);
}

Envelope head_of(const journal::Record& input) {
  Envelope head;
  (void)head.ParsePartialFromArray(input.payload.data(), static_cast<int>(input.payload.size()));
  // A record that does not tell its time has no other than that of its publication.
  if (head.receive_time_ns() == 0) head.set_receive_time_ns(input.header.publish_time_ns);
  return head;
}

// When and of what symbol a record was, as far as it can be read.
void copy_head(const journal::Record& input, Envelope& letter) {
  const auto head = head_of(input);
  letter.set_receive_time_ns(head.receive_time_ns());
  letter.set_provider(head.provider().substr(0, longest_text));
  const auto topic = parse_topic(input.topic);
  if (topic && !input.control()) letter.set_symbol(std::string(topic->symbol));
}

// Payload of the newest record in (after, up_to] that has a cause; "" when there is none.
std::string newest_caused(const std::filesystem::path& directory, journal::Position after,
                          journal::Position up_to) {
  journal::Reader reader(directory, after);
  std::string newest;
  while (true) {
    const auto result = reader.next(up_to);
    const auto* record = std::get_if<journal::Record>(&result);
    if (record == nullptr) break;
    if (has_cause(*record)) newest.assign(record->payload);
  }
  if (reader.last() == up_to) return newest;
  throw service::ExitError(service::exit_code::corrupt,
                           "the stage's own journal " + directory.string() + " is damaged after " +
                               journal::to_string(reader.last()) +
                               "; `depthwire journal verify` tells the place. Restore the file "
                               "from a copy, or move the journal away to begin a new one.");
}

struct Discard final : StepOutputs {
  void publish(std::string_view, std::string_view, int, std::string_view) override {}
};

}  // namespace

bool StageDriver::step(const journal::Record& input) {
  add_losses(input);
  bool taken = true;
  try {
    stage_.step(input, *this);
  } catch (const std::exception& error) {
    // What it has published so far stays, for its state has moved on by that.
    add_dead_letter(input, error.what(), false);
    taken = false;
  }
  append_all(input.position());
  return taken;
}

void StageDriver::step_silently(const journal::Record& input) {
  Discard discard;
  try {
    stage_.step(input, discard);
  } catch (const std::exception&) {
    // It was dead-lettered when it was stepped aloud.
  }
}

void StageDriver::lost(const Lost& loss) {
  stage_.lost();
  losses_.push_back(loss);
}

void StageDriver::skip(const journal::Record& input, std::string_view reason) {
  add_losses(input);
  add_dead_letter(input, reason, true);
  append_all(input.position());
}

StageDriver::Output& StageDriver::next_output() {
  if (count_ == gathered_.size()) gathered_.emplace_back();
  return gathered_[count_++];
}

void StageDriver::publish(std::string_view kind, std::string_view symbol, int payload_type,
                          std::string_view envelope) {
  auto& output = next_output();
  output.topic = journal_.topic(kind, symbol);
  output.payload_type = payload_type;
  output.envelope.assign(envelope);
}

void StageDriver::add_dead_letter(const journal::Record& input, std::string_view reason,
                                  bool skipped) {
  last_error_ = reason;
  Envelope envelope;
  copy_head(input, envelope);
  auto& letter = *envelope.mutable_dead_letter();
  letter.set_reason(std::string(reason.substr(0, longest_text)));
  letter.set_source(source_);
  letter.set_epoch(input.position().epoch);
  letter.set_offset(input.position().offset);
  letter.set_frame(std::string(input.frame.substr(0, longest_frame)));
  letter.set_skipped(skipped);
  auto& output = next_output();
  output.topic = journal_.control_topic();
  output.payload_type = Envelope::kDeadLetter;
  envelope.SerializeToString(&output.envelope);
}

// Part of the step at which the stage goes on, so that it is told once whatever ends the process.
void StageDriver::add_losses(const journal::Record& input) {
  for (const auto& lost : losses_) {
    Envelope envelope;
    envelope.set_receive_time_ns(head_of(input).receive_time_ns());
    auto& loss = *envelope.mutable_loss();
    loss.set_source(source_);
    loss.set_from_epoch(lost.after.epoch);
    loss.set_from_offset(lost.after.offset + 1);
    loss.set_to_epoch(lost.first.epoch);
    loss.set_to_offset(lost.first.offset - 1);
    // Across epochs nobody knows how many they were.
    if (lost.after.epoch == lost.first.epoch) {
      loss.set_records(lost.first.offset - lost.after.offset - 1);
    }
    loss.set_cause(std::string(to_string(lost.cause)));
    auto& output = next_output();
    output.topic = journal_.control_topic();
    output.payload_type = Envelope::kLoss;
    envelope.SerializeToString(&output.envelope);
  }
  losses_.clear();
}

void StageDriver::append_all(journal::Position cause) {
  for (std::size_t i = 0; i < count_; ++i) {
    append_cause(gathered_[i].envelope, source_, cause);
    journal_.append(gathered_[i].topic, gathered_[i].payload_type, gathered_[i].envelope,
                    i + 1 == count_ ? journal::end_of_step : journal::no_flags);
  }
  count_ = 0;
}

bool has_cause(const journal::Record& record) {
  if (!record.control()) return true;
  const int type = record.header.payload_type;
  if (type != Envelope::kLoss) return type == Envelope::kDeadLetter;
  Envelope envelope;  // a LOSS of the stage's own records has none
  return envelope.ParseFromArray(record.payload.data(), static_cast<int>(record.payload.size())) &&
         envelope.has_cause();
}

journal::Position last_cause(const std::filesystem::path& directory, journal::Position last) {
  const auto segments = journal::list_segments(directory);
  auto up_to = last;
  for (auto segment = segments.rbegin(); segment != segments.rend(); ++segment) {
    const journal::Position before{segment->epoch, segment->first_offset - 1};
    if (before >= up_to) continue;
    const auto newest = newest_caused(directory, before, up_to);
    Envelope envelope;
    if (!newest.empty() && envelope.ParseFromString(newest) && envelope.has_cause()) {
      return {envelope.cause().epoch(), envelope.cause().offset()};
    }
    // Offsets go on across epochs: here ends what lies in the segment before.
    if (segment + 1 != segments.rend()) up_to = {(segment + 1)->epoch, before.offset};
  }
  return {};
}

}  // namespace depthwire::bus
