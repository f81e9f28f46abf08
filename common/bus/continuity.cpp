#include "common/bus/continuity.hpp"

#include "proto/bus/envelope.pb.h"

#include <algorithm>

namespace depthwire::bus {

std::optional<EpochBegin> epoch_begin(const journal::Record& record) {
  if (record.header.payload_type != Envelope::kEpochStart) return std::nullopt;
  Envelope envelope;
  if (!envelope.ParseFromArray(record.payload.data(), static_cast<int>(record.payload.size()))) {
    return std::nullopt;
  }
  const auto& start = envelope.epoch_start();
  return EpochBegin{{start.previous_epoch(), start.previous_offset()}, start.same_boot()};
}

Verdict Continuity::judge(const journal::Record& record) const {
  const auto position = record.position();
  if (!filtered_) {
    if (position.epoch == last_.epoch && position.offset == last_.offset + 1) {
      return Verdict::accept;
    }
    if (position <= last_) return Verdict::drop;
    return step(record) == Step::follows ? Verdict::accept : Verdict::doubt;
  }
  const auto known_position = known(record.topic);
  if (position <= known_position) return Verdict::drop;
  // Offsets that a cut tail took back may come again in a new epoch, and topic_prev names no
  // epoch: only the journal's order tells what is missing there.
  if (position.epoch != known_position.epoch) return Verdict::doubt;
  return record.header.topic_prev <= known_position.offset ? Verdict::accept : Verdict::doubt;
}

Step Continuity::step(const journal::Record& record) const {
  const auto position = record.position();
  if (position <= (filtered_ ? known(record.topic) : last_)) return Step::known;
  const auto begin = epoch_begin(record);
  if (forgets_us(record, begin)) return Step::forgot;
  const auto here = step_after(filtered_ ? whole_ : last_, record, begin);
  // Whoever begins before what an earlier life was given has to meet it on the way.
  if (last_ >= seen_ || position <= seen_) return here;
  return std::max(here, step_after(seen_, record, begin));
}

// The journal went on from a place before what we were given. A power cut does that to the newest
// epoch, and to no other.
bool Continuity::forgets_us(const journal::Record& record,
                            const std::optional<EpochBegin>& begin) const {
  if (!begin || record.position().epoch <= seen().epoch) return false;
  if (begin->previous.epoch != seen().epoch) return begin->previous.epoch < seen().epoch;
  return begin->same_boot && begin->previous.offset < seen().offset;
}

Step Continuity::step_after(journal::Position base, const journal::Record& record,
                            const std::optional<EpochBegin>& begin) const {
  const auto position = record.position();
  if (filtered_ || base == journal::Position{}) return Step::follows;
  if (position.epoch == base.epoch) {
    return position.offset == base.offset + 1 ? Step::follows : Step::hole;
  }
  // Before `base` in its epoch: the tail that we saw was cut, which the record declares.
  const bool joins =
      begin && begin->previous.epoch == base.epoch && begin->previous.offset <= base.offset;
  return joins ? Step::follows : Step::hole;
}

void Continuity::delivered(const journal::Record& record) {
  const auto position = record.position();
  last_ = std::max(last_, position);
  if (!filtered_) {
    whole_ = last_;
    return;
  }
  const auto topic = topics_.find(record.topic);
  if (topic == topics_.end()) {
    topics_.emplace(record.topic, position);
  } else {
    topic->second = position;
  }
}

void Continuity::jump(journal::Position position) {
  whole_ = position;
  last_ = std::max(last_, position);
  std::erase_if(topics_, [&](const auto& topic) { return topic.second <= position; });
}

journal::Position Continuity::known(std::string_view topic) const {
  const auto found = topics_.find(topic);
  return found == topics_.end() ? whole_ : std::max(whole_, found->second);
}

}  // namespace depthwire::bus
