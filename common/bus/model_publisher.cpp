#include "common/bus/model_publisher.hpp"

#include "proto/bus/envelope.pb.h"

#include <algorithm>
#include <map>

namespace depthwire::bus {
namespace {

constexpr std::size_t most_records_read = 24;  // for one answer, wanted or not
constexpr std::size_t latest_page_bytes = 512;

journal::Position from_proto(const Position& position) {
  return {position.epoch(), position.offset()};
}

void set(Position& out, journal::Position position) {
  out.set_source(ModelPublisher::source);
  out.set_epoch(position.epoch);
  out.set_offset(position.offset);
}

template <class Prefixes>
bool wanted(const Prefixes& prefixes, std::string_view topic) {
  return prefixes.empty() || topic == ModelPublisher::control ||
         std::any_of(prefixes.begin(), prefixes.end(),
                     [&](const auto& prefix) { return topic.starts_with(prefix); });
}

}  // namespace

std::string_view ModelPublisher::Record::frame() const {
  return journal::decode_entry(entry)->frame;
}

const ModelPublisher::Record* ModelPublisher::newest(std::string_view topic) const {
  for (auto held = held_.rbegin(); held != held_.rend(); ++held) {
    if (history_[*held].topic == topic) return &history_[*held];
  }
  return nullptr;
}

const ModelPublisher::Record& ModelPublisher::append(const std::string& topic,
                                                     std::string_view payload, int payload_type,
                                                     bool keyframe) {
  // A publisher knows its topics also when their records have aged out.
  const auto previous = std::find_if(history_.rbegin(), history_.rend(), [&](const auto& each) {
    return each.topic == topic && !each.cut;
  });
  Record record{
      .position = {epoch_, next_offset_++}, .topic = topic, .entry = {}, .is_keyframe = keyframe};
  journal::append_entry(
      record.entry, topic,
      {.position = record.position,
       .topic_prev = previous == history_.rend() ? 0 : previous->position.offset,
       .payload_type = static_cast<std::uint16_t>(payload_type),
       .flags = static_cast<std::uint16_t>(keyframe ? journal::keyframe : journal::no_flags)},
      payload);
  held_.push_back(history_.size());
  history_.push_back(std::move(record));
  return history_.back();
}

void ModelPublisher::restart(std::size_t cut, std::uint64_t epochs, bool same_boot) {
  for (; cut > 0; --cut) {
    history_[held_.back()].cut = true;
    held_.pop_back();
  }
  const auto previous = held_.empty() ? journal::Position{} : head();
  epoch_ += epochs;
  next_offset_ = previous.offset + 1;
  Envelope envelope;
  envelope.mutable_epoch_start()->set_previous_epoch(previous.epoch);
  envelope.mutable_epoch_start()->set_previous_offset(previous.offset);
  envelope.mutable_epoch_start()->set_same_boot(same_boot);
  append(control, envelope.SerializeAsString(), Envelope::kEpochStart);
}

void ModelPublisher::accept() {
  Envelope envelope;
  envelope.mutable_accepted()->set_reason("test");
  append(control, envelope.SerializeAsString(), Envelope::kAccepted);
}

void ModelPublisher::age_out(std::size_t records) {
  records = std::min(records, held_.size() - 1);
  for (std::size_t i = 0; i < records; ++i) history_[held_[i]].aged = true;
  held_.erase(held_.begin(), held_.begin() + static_cast<std::ptrdiff_t>(records));
}

void ModelPublisher::damage(journal::Position position, bool damaged) {
  std::erase(damaged_, position);
  if (damaged) damaged_.push_back(position);
}

std::size_t ModelPublisher::records_in_epoch() const {
  return static_cast<std::size_t>(std::count_if(held_.begin(), held_.end(), [&](auto held) {
    return history_[held].position.epoch == epoch_;
  }));
}

std::string ModelPublisher::heartbeat() const {
  std::string entry;
  journal::append_entry(
      entry, control,
      {.position = head(), .payload_type = static_cast<std::uint16_t>(Envelope::kHeartbeat)}, "");
  return std::string(journal::decode_entry(entry)->frame);
}

Reply ModelPublisher::answer(const Request& request) const {
  Reply reply;
  reply.set_id(request.id());
  if (request.has_fetch()) fetch(request.fetch(), reply);
  if (request.has_latest()) latest(request.latest(), reply);
  return reply;
}

void ModelPublisher::fetch(const Fetch& fetch, Reply& reply) const {
  const auto after = from_proto(fetch.after());
  const auto up_to = fetch.has_to() ? std::min(from_proto(fetch.to()), head()) : head();
  const auto oldest = history_[held_.front()].position;
  if (after != journal::Position{} && after.offset + 1 < oldest.offset) {
    return set(*reply.mutable_aged_out()->mutable_first(), oldest);
  }
  std::string entries;
  auto next = after;
  std::size_t read = 0;
  bool ended = true;
  for (const auto held : held_) {
    const auto& record = history_[held];
    if (record.position <= after) continue;
    if (record.position > up_to) break;
    if (entries.size() >= fetch.max_bytes() || read == most_records_read) {
      ended = false;
      break;
    }
    if (std::find(damaged_.begin(), damaged_.end(), record.position) != damaged_.end()) {
      if (entries.empty()) {
        reply.mutable_error()->set_code(Error::corrupt);
        reply.mutable_error()->set_text("damaged");
        return;
      }
      ended = false;
      break;
    }
    ++read;
    next = record.position;
    if (wanted(fetch.topic_prefixes(), record.topic)) entries += record.entry;
  }
  auto& data = *reply.mutable_data();
  set(*data.mutable_first(), oldest);
  set(*data.mutable_head(), head());
  set(*data.mutable_next(), ended ? std::max(next, up_to) : next);
  data.set_entries(std::move(entries));
}

void ModelPublisher::latest(const Latest& latest, Reply& reply) const {
  auto& data = *reply.mutable_data();
  set(*data.mutable_head(), head());
  set(*data.mutable_next(), head());
  if (latest.heads_only()) return heads(latest, data);
  std::map<std::string_view, const Record*> newest;
  for (const auto held : held_) {
    const auto& record = history_[held];
    if (!wanted(latest.topic_prefixes(), record.topic)) continue;
    const auto known = newest.find(record.topic);
    if (known == newest.end() || record.is_keyframe || !known->second->is_keyframe) {
      newest[record.topic] = &record;
    }
  }
  std::map<std::uint64_t, const Record*> by_offset;
  for (const auto& [topic, record] : newest) by_offset[record->position.offset] = record;
  for (const auto& [offset, record] : by_offset) {
    if (offset <= latest.after().offset()) continue;
    *data.mutable_entries() += record->entry;
    if (data.entries().size() < latest_page_bytes) continue;
    set(*data.mutable_next(), record->position);
    return;
  }
}

void ModelPublisher::heads(const Latest& latest, Data& data) const {
  std::map<std::string_view, std::uint64_t> offsets;
  for (const auto& record : history_) {
    if (!record.cut && wanted(latest.topic_prefixes(), record.topic)) {
      offsets[record.topic] = record.position.offset;
    }
  }
  for (const auto& [topic, offset] : offsets) {
    auto& out = *data.add_heads();
    out.set_topic(std::string(topic));
    out.set_offset(offset);
  }
}

}  // namespace depthwire::bus
