#include "common/bus/subscriber_state.hpp"

#include "common/bus/topic.hpp"
#include "common/journal/crc32c.hpp"
#include "proto/bus/envelope.pb.h"

#include <algorithm>
#include <utility>

namespace depthwire::bus {
namespace {

constexpr std::size_t max_waiting_records = 65'536;
constexpr std::size_t max_waiting_bytes = 64ULL << 20;
constexpr std::chrono::seconds halted_every{1};

}  // namespace

SubscriberState::SubscriberState(const SubscriberOptions& options, Time now)
    : options_(options),
      control_topic_(control_topic(options.source)),
      filtered_(!options.topic_prefixes.empty() ||
                std::holds_alternative<FromNewest>(options.start)),
      continuity_(filtered_, options.seen),
      page_records_(options.page_bytes / 512 + 1),
      next_ask_(now),
      last_frame_(now),
      want_newest_(std::holds_alternative<FromNewest>(options.start)) {
  if (const auto* after = std::get_if<After>(&options.start)) continuity_.jump(after->last);
  catch_up();
}

void SubscriberState::tick(Time now, Batch& out) {
  if (std::exchange(heard_, false) && std::exchange(stale_, false)) {
    out.notices.emplace_back(Fresh{});
  }
  if (now - last_frame_ >= options_.stale_after) {
    if (!std::exchange(stale_, true)) out.notices.emplace_back(Stale{});
    actions_.reconnect = true;
    reconnected(now);
  }
  if (heads_ && now >= heads_->due && !frames_wait_) compare_heads();
  ask(now);
}

void SubscriberState::heard(Time now, std::size_t waiting, std::size_t bytes) {
  last_frame_ = now;
  heard_ = true;
  frames_wait_ = waiting > 0;
  if (waiting <= max_waiting_records && bytes <= max_waiting_bytes) return;
  discard();
  if (live()) doubt();
}

void SubscriberState::reconnected(Time now) {
  last_frame_ = now;
  next_ask_ = now;
  frames_wait_ = false;
  if (phase_ != Phase::halted) catch_up();
  asked_.clear();
}

void SubscriberState::discard() {
  actions_.discard = true;
  frames_wait_ = false;
}

// --- Frames ------------------------------------------------------------------------------------

void SubscriberState::take_frames(std::span<const std::string_view> frames, bool more, Batch& out) {
  frames_wait_ = more;
  const auto before = out.records.size();
  for (const auto frame : frames) {
    if (!take_frame(frame, out)) break;
  }
  if (out.records.size() > before) note_crc(out.records.back());
}

bool SubscriberState::take_frame(std::string_view frame, Batch& out) {
  const auto record = journal::decode_frame(frame);
  if (!record) {
    ++malformed_;
    return true;
  }
  if (record->header.payload_type == Envelope::kHeartbeat) return take_heartbeat(*record);
  switch (continuity_.judge(*record)) {
    case Verdict::doubt: doubt(); return false;
    case Verdict::drop:
      if (record->position().epoch < continuity_.last().epoch) ++zombies_;
      // Another record in the place of the one we delivered: the journal tells which it holds.
      if (record->position() == crc_of_ && journal::crc32c(frame) != crc_) {
        doubt();
        return false;
      }
      return true;
    case Verdict::accept: break;
  }
  continuity_.delivered(*record);
  head_ = std::max(head_, record->position());
  out.records.push_back(*record);
  return true;
}

// Frames of one connection come in order, so what a heartbeat is ahead of us has been missed; but
// with a filter it may be of topics that we did not ask for (see compare_heads).
bool SubscriberState::take_heartbeat(const journal::Record& record) {
  const auto position = record.position();
  head_ = std::max(head_, position);
  const bool missed =
      filtered_ ? position.epoch > continuity_.whole().epoch : position > continuity_.last();
  if (missed) doubt();
  return live();
}

void SubscriberState::compare_heads() {
  const auto heads = *std::exchange(heads_, std::nullopt);
  if (!live()) return;
  for (const auto& [topic, offset] : heads.offsets) {
    if (continuity_.known(topic).offset < offset) return doubt();
  }
  continuity_.jump(heads.at);
}

void SubscriberState::note_crc(const journal::Record& record) {
  crc_of_ = record.position();
  crc_ = journal::crc32c(record.frame);
}

// --- From state to state -----------------------------------------------------------------------

void SubscriberState::catch_up() {
  phase_ = Phase::catch_up;
  asked_.clear();
  heads_.reset();
  cursor_ = continuity_.whole();
  prove_last_ = !filtered_ && crc_of_ == continuity_.last() && crc_of_.offset > 0;
}

void SubscriberState::become_live() {
  phase_ = Phase::live;
  asked_.clear();
  next_heads_ = {};
}

void SubscriberState::doubt() {
  ++doubts_;
  catch_up();
}

void SubscriberState::halt(const std::string& reason, bool damaged, Time now, Batch& out) {
  if (!halted() || reason != halt_reason_) {
    out.notices.emplace_back(Halted{options_.source + ": " + reason});
  }
  phase_ = Phase::halted;
  halt_reason_ = reason;
  damaged_ = damaged;
  asked_.clear();
  cursor_ = continuity_.whole();
  next_ask_ = now + halted_every;
}

void SubscriberState::resume(Batch& out) {
  catch_up();
  out.notices.emplace_back(Resumed{});
}

void SubscriberState::lose(journal::Position first, Lost::Cause cause, Batch& out) {
  out.notices.emplace_back(Lost{continuity_.before(first), first, cause});
  continuity_.jump({first.epoch, first.offset - 1});
  cursor_ = continuity_.whole();
  crc_of_ = {};
  prove_last_ = false;
}

bool SubscriberState::wanted(std::string_view topic) const {
  return options_.topic_prefixes.empty() || topic == control_topic_ ||
         std::any_of(options_.topic_prefixes.begin(), options_.topic_prefixes.end(),
                     [&](const auto& prefix) { return topic.starts_with(prefix); });
}

}  // namespace depthwire::bus
