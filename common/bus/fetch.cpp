#include "common/bus/fetch.hpp"

#include "common/bus/topic.hpp"

#include <algorithm>

namespace depthwire::bus {
namespace {

constexpr std::size_t page_bytes = 1 << 20;
constexpr std::size_t kept_readers = 16;

void set(Position& out, const std::string& source, journal::Position position) {
  out.set_source(source);
  out.set_epoch(position.epoch);
  out.set_offset(position.offset);
}

// A record as its entry: the length and CRC lie before the frame, the padding after it.
std::string_view entry_of(const journal::Record& record) {
  return {record.frame.data() - 8, journal::entry_bytes(record.frame.size())};
}

void set_corrupt(Reply& reply, const journal::Corrupt& corrupt) {
  auto& error = *reply.mutable_error();
  error.set_code(Error::corrupt);
  error.set_text(corrupt.file + " is damaged at byte " + std::to_string(corrupt.at) + ": " +
                 std::string(journal::to_string(corrupt.error)));
}

}  // namespace

Fetcher::Fetcher(std::filesystem::path journal, std::string source)
    : journal_(std::move(journal)),
      control_topic_(control_topic(source)),
      source_(std::move(source)) {}

journal::Reader Fetcher::take_reader(journal::Position after) {
  const auto found = std::find_if(readers_.begin(), readers_.end(),
                                  [&](const auto& reader) { return reader.last() == after; });
  if (found == readers_.end()) return journal::Reader(journal_, after);
  auto reader = std::move(*found);
  readers_.erase(found);
  return reader;
}

void Fetcher::answer(const Fetch& fetch, journal::Position head, Reply& reply) {
  const journal::Position after{fetch.after().epoch(), fetch.after().offset()};
  const journal::Position to{fetch.to().epoch(), fetch.to().offset()};
  const auto up_to = fetch.has_to() ? std::min(to, head) : head;
  const std::size_t limit =
      fetch.max_bytes() == 0 ? page_bytes : std::min<std::size_t>(fetch.max_bytes(), page_bytes);
  const auto wanted = [&](std::string_view topic) {
    return fetch.topic_prefixes().empty() || topic == control_topic_ ||
           std::any_of(fetch.topic_prefixes().begin(), fetch.topic_prefixes().end(),
                       [&](const std::string& prefix) { return topic.starts_with(prefix); });
  };

  auto reader = take_reader(after);
  std::string entries;
  while (entries.size() < limit) {
    const auto result = reader.next(up_to);
    if (const auto* record = std::get_if<journal::Record>(&result)) {
      if (wanted(record->topic)) entries.append(entry_of(*record));
      continue;
    }
    if (const auto* aged_out = std::get_if<journal::AgedOut>(&result)) {
      set(*reply.mutable_aged_out()->mutable_first(), source_, aged_out->first);
      return;
    }
    if (const auto* corrupt = std::get_if<journal::Corrupt>(&result)) {
      // What is whole before the damage is served first; the next request meets the damage.
      if (entries.empty()) return set_corrupt(reply, *corrupt);
    }
    break;
  }
  auto& data = *reply.mutable_data();
  set(*data.mutable_first(), source_, journal::first_position(journal_));
  set(*data.mutable_head(), source_, head);
  set(*data.mutable_next(), source_, reader.last());
  data.set_entries(std::move(entries));
  readers_.push_front(std::move(reader));
  if (readers_.size() > kept_readers) readers_.pop_back();
}

void Fetcher::answer(const std::vector<journal::Newest>& newest, journal::Position head,
                     Reply& reply) {
  std::vector<std::uint64_t> offsets;
  offsets.reserve(newest.size());
  for (const auto& topic : newest) offsets.push_back(topic.offset);
  std::sort(offsets.begin(), offsets.end());

  std::string entries;
  for (const auto offset : offsets) {
    journal::Reader reader(journal_);
    if (!reader.seek_offset(offset)) continue;  // aged out: the topic has been quiet that long
    const auto result = reader.next(head);
    if (const auto* record = std::get_if<journal::Record>(&result)) {
      entries.append(entry_of(*record));
    } else if (const auto* corrupt = std::get_if<journal::Corrupt>(&result)) {
      return set_corrupt(reply, *corrupt);
    }
    if (entries.size() >= page_bytes) break;
  }
  auto& data = *reply.mutable_data();
  set(*data.mutable_first(), source_, journal::first_position(journal_));
  set(*data.mutable_head(), source_, head);
  set(*data.mutable_next(), source_, head);
  data.set_entries(std::move(entries));
}

}  // namespace depthwire::bus
