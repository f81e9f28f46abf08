// What a SubscriberState does with the answers of a publisher.
#include "common/bus/subscriber_state.hpp"
#include "common/journal/crc32c.hpp"
#include "proto/bus/envelope.pb.h"

#include <algorithm>
#include <utility>

namespace depthwire::bus {
namespace {

constexpr std::chrono::seconds try_again{1};
constexpr std::chrono::milliseconds frames_may_take{250};
constexpr std::uint64_t most_page_records = 65'536;

journal::Position from_proto(const bus::Position& position) {
  return {position.epoch(), position.offset()};
}

// The records of `entries` until `take` gives false; an error when one cannot be read.
template <class Take>
tl::expected<void, journal::FormatError> each_record(std::string_view entries, Take take) {
  while (!entries.empty()) {
    const auto record = journal::decode_entry(entries);
    if (!record) return tl::unexpected(record.error());
    if (!take(*record)) break;
    entries.remove_prefix(std::min(entries.size(), journal::entry_bytes(record->frame.size())));
  }
  return {};
}

}  // namespace

void SubscriberState::take_reply(Reply&& reply, Time now, Batch& out) {
  const auto found = std::find_if(asked_.begin(), asked_.end(),
                                  [&](const Asked& asked) { return asked.id == reply.id(); });
  if (found == asked_.end()) return;  // given up, or answered already
  last_frame_ = now;
  heard_ = true;
  if (found->question == Question::page && !has_its_turn(*found)) {
    // Asked for again once the one before it has come; not now, or a lost page would mean that the
    // next one is sent over and over.
    found->came_too_early = true;
    return;
  }
  const Asked asked = *found;
  asked_.erase(found);
  switch (reply.reply_case()) {
    case Reply::kData: return take_data(asked, std::move(*reply.mutable_data()), now, out);
    case Reply::kAgedOut: return take_aged_out(asked, from_proto(reply.aged_out().first()), out);
    case Reply::kError:
      next_ask_ = now + try_again;
      if (reply.error().code() != Error::corrupt || asked.question == Question::decision) return;
      return halt("the publisher answers: " + reply.error().text(), true, now, out);
    default: ++malformed_;
  }
}

void SubscriberState::take_data(const Asked& asked, Data&& data, Time now, Batch& out) {
  switch (asked.question) {
    case Question::page: return take_page(asked, std::move(data), now, out);
    case Question::newest: return take_newest(std::move(data), now, out);
    case Question::heads: return take_heads(data, now);
    case Question::decision: return take_decision(data, now, out);
  }
}

// --- FETCH -------------------------------------------------------------------------------------

bool SubscriberState::has_its_turn(const Asked& asked) const {
  return asked.proves_last || asked.after == cursor_;
}

void SubscriberState::take_page(const Asked& asked, Data&& data, Time now, Batch& out) {
  const auto last = continuity_.last();
  const auto head = from_proto(data.head());
  if (head < continuity_.seen()) {
    return halt("its journal ends at " + journal::to_string(head) + ", but " +
                    journal::to_string(continuity_.seen()) +
                    " has been delivered: an old copy is served",
                false, now, out);
  }
  head_ = head;
  const auto oldest = from_proto(data.first());
  const auto bytes = std::make_shared<const std::string>(std::move(*data.mutable_entries()));
  const auto before = out.records.size();
  if (filtered_ && begins_after_a_hole(*bytes, oldest)) lose(oldest, Lost::Cause::aged_out, out);
  Taken taken = Taken::yes;
  const auto read = each_record(*bytes, [&](const journal::Record& record) {
    if (asked.proves_last && record.position() == last && !prove_last(record, now, out)) {
      taken = Taken::halted;
    } else {
      taken = take_fetched(record, oldest, now, out);
    }
    return taken == Taken::yes;
  });
  if (out.records.size() > before) {
    fetched_ += out.records.size() - before;
    note_crc(out.records.back());
    out.bytes = bytes;
  }
  if (taken == Taken::halted) return;
  if (taken == Taken::later || !read) {
    cursor_ = continuity_.whole();
    asked_.clear();
    if (read || out.records.size() > before) return;
    return halt("it served a damaged record after " + journal::to_string(last) + ": " +
                    std::string(to_string(read.error())),
                true, now, out);
  }
  guess_page_records(asked.after, from_proto(data.next()), bytes->size());
  finish_page(asked, data, now, out);
}

// After a cut tail offsets come again, so that the oldest record held may lie in a later epoch than
// ours without an offset that shows a hole. Without a filter its continuity shows it.
bool SubscriberState::begins_after_a_hole(std::string_view entries,
                                          journal::Position oldest) const {
  if (cursor_ == journal::Position{} || oldest.epoch <= cursor_.epoch) return false;
  const auto record = journal::decode_entry(entries);
  if (!record || record->position() != oldest) return true;
  const auto begin = epoch_begin(*record);
  return !begin || begin->previous > cursor_;
}

SubscriberState::Taken SubscriberState::take_fetched(const journal::Record& record,
                                                     journal::Position oldest, Time now,
                                                     Batch& out) {
  if (!wanted(record.topic)) return Taken::yes;
  const auto position = record.position();
  const auto step = continuity_.step(record);
  if (step == Step::known) return Taken::yes;
  // Notices come before records, so what needs one begins a batch.
  if (step != Step::follows && !out.records.empty()) return Taken::later;
  if (step == Step::forgot) {
    if (position > accepted_) {
      halt("its journal was replaced: it goes on with " + journal::to_string(position) +
               " and does not know " + journal::to_string(continuity_.seen()),
           false, now, out);
      return Taken::halted;
    }
    lose(position, Lost::Cause::replaced, out);
  } else if (step == Step::hole) {
    if (position != oldest) {
      halt("its journal holds " + journal::to_string(position) + " after " +
               journal::to_string(continuity_.before(position)) +
               ", which do not follow each other",
           true, now, out);
      return Taken::halted;
    }
    lose(position, Lost::Cause::aged_out, out);
  }
  if (halted()) resume(out);
  continuity_.delivered(record);
  out.records.push_back(record);
  return Taken::yes;
}

bool SubscriberState::prove_last(const journal::Record& record, Time now, Batch& out) {
  const auto last = continuity_.last();
  if (crc_of_ != last || journal::crc32c(record.frame) == crc_) return true;
  if (accepted_ > last) {
    lose({last.epoch, last.offset + 1}, Lost::Cause::replaced, out);
    return true;
  }
  halt("its journal holds another record at " + journal::to_string(last) +
           " than has been delivered",
       false, now, out);
  return false;
}

void SubscriberState::guess_page_records(journal::Position after, journal::Position next,
                                         std::size_t bytes) {
  if (next.epoch != after.epoch || next <= after) return;
  const auto records = next.offset - after.offset;
  // A quarter of the page is left, since records differ.
  page_records_ =
      std::clamp(bytes == 0 ? 2 * records : records * options_.page_bytes * 3 / 4 / bytes,
                 std::uint64_t{1}, most_page_records);
}

void SubscriberState::finish_page(const Asked& asked, const Data& data, Time now, Batch& out) {
  if (halted()) resume(out);
  prove_last_ = false;
  const auto next = from_proto(data.next());
  const auto before = cursor_;
  cursor_ = std::max({cursor_, next, continuity_.whole()});
  if (filtered_) continuity_.jump(cursor_);
  if (asked.to && next < *asked.to) asked_.clear();
  if (cursor_ >= head_) return become_live();
  if (cursor_ == before && !asked.proves_last) next_ask_ = now + try_again;
}

void SubscriberState::take_aged_out(const Asked& asked, journal::Position first, Batch& out) {
  if (asked.question == Question::decision) {
    cursor_ = std::max(cursor_, journal::Position{first.epoch, first.offset - 1});
    return;
  }
  if (asked.question != Question::page) return;
  if (asked.proves_last) {  // what follows it may still be there
    prove_last_ = false;
    asked_.clear();
    return;
  }
  if (first <= cursor_ || first.offset == 0) return;
  if (halted()) resume(out);
  lose(first, Lost::Cause::aged_out, out);
  asked_.clear();
}

// --- LATEST ------------------------------------------------------------------------------------

void SubscriberState::take_newest(Data&& data, Time now, Batch& out) {
  const auto head = from_proto(data.head());
  if (!newest_head_) newest_head_ = head;
  head_ = head;
  const bool what_followed = std::get<FromNewest>(options_.start).what_followed;
  const auto bytes = std::make_shared<const std::string>(std::move(*data.mutable_entries()));
  const auto read = each_record(*bytes, [&](const journal::Record& record) {
    // What came after the first page is fetched afterwards.
    if (record.position() > *newest_head_ || !wanted(record.topic)) return true;
    continuity_.delivered(record);
    out.records.push_back(record);
    if (what_followed && (record.header.flags & journal::keyframe) != 0) {
      newest_from_ = std::min(newest_from_.value_or(record.position()), record.position());
    }
    return true;
  });
  if (!out.records.empty()) out.bytes = bytes;
  fetched_ += out.records.size();
  if (!read) {
    return halt("it served a damaged record: " + std::string(to_string(read.error())), true, now,
                out);
  }
  const auto next = from_proto(data.next());
  const bool more = next < *newest_head_ && next.offset > newest_after_.offset;
  newest_after_ = next;
  if (more) return;
  want_newest_ = false;
  continuity_.jump(std::min(newest_from_.value_or(*newest_head_), *newest_head_));
  cursor_ = continuity_.whole();
  if (cursor_ >= head_) become_live();
}

void SubscriberState::take_heads(const Data& data, Time now) {
  const auto at = from_proto(data.head());
  // Another epoch is for the heartbeats to tell.
  if (!live() || at.epoch != continuity_.whole().epoch || at < continuity_.whole()) return;
  heads_ = Heads{.at = at, .offsets = {}, .due = now + frames_may_take};
  for (const auto& head : data.heads()) {
    if (wanted(head.topic())) heads_->offsets.emplace(head.topic(), head.offset());
  }
}

// --- HALT --------------------------------------------------------------------------------------

void SubscriberState::take_decision(const Data& data, Time now, Batch& out) {
  if (!halted()) return;
  const auto read = each_record(data.entries(), [&](const journal::Record& record) {
    if (record.header.payload_type == Envelope::kAccepted) accepted_ = record.position();
    return true;
  });
  if (accepted_ > continuity_.seen()) return resume(out);
  const auto next = from_proto(data.next());
  const bool more = read && next > cursor_ && next < from_proto(data.head());
  cursor_ = std::max(cursor_, next);
  // Replaced once more: from there on everything is new.
  if (from_proto(data.head()) < cursor_) cursor_ = continuity_.whole();
  if (!more) next_ask_ = now + try_again;
}

}  // namespace depthwire::bus
