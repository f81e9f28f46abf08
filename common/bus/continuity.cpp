#include "common/bus/continuity.hpp"

namespace depthwire::bus {

Verdict Continuity::judge(const journal::Record& record, bool epoch_start,
                          journal::Position epoch_previous) const {
  const auto position = record.position();
  if (position <= last_) return Verdict::drop;
  if (position.epoch != last_.epoch) {
    return epoch_start && epoch_previous <= last_ ? Verdict::accept : Verdict::doubt;
  }
  if (!filtered_) {
    return position.offset == last_.offset + 1 ? Verdict::accept : Verdict::doubt;
  }
  const auto topic = topics_.find(record.topic);
  const auto known = topic == topics_.end() ? whole_.offset : topic->second;
  return record.header.topic_prev <= known ? Verdict::accept : Verdict::doubt;
}

void Continuity::delivered(const journal::Record& record) {
  last_ = record.position();
  if (!filtered_) return;
  const auto topic = topics_.find(record.topic);
  if (topic == topics_.end()) {
    topics_.emplace(record.topic, last_.offset);
  } else {
    topic->second = last_.offset;
  }
}

void Continuity::jump(journal::Position position) {
  last_ = position;
  whole_ = position;
  topics_.clear();
}

}  // namespace depthwire::bus
