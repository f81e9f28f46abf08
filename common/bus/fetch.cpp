#include "common/bus/fetch.hpp"

#include "common/bus/topic.hpp"
#include "common/journal/segment.hpp"

#include <algorithm>

namespace depthwire::bus {
namespace {

constexpr std::size_t page_bytes = 1 << 20;
constexpr std::uint64_t most_bytes_read = 8ULL << 20;
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

void set_corrupt(Reply& reply, const std::string& text) {
  reply.mutable_error()->set_code(Error::corrupt);
  reply.mutable_error()->set_text(text);
}

std::string text_of(const journal::Corrupt& corrupt) {
  return corrupt.file + " is damaged at byte " + std::to_string(corrupt.at) + ": " +
         std::string(journal::to_string(corrupt.error));
}

// Finds records by offset, each beyond the one before: those of one segment in one pass.
class Finder {
 public:
  explicit Finder(const std::filesystem::path& journal)
      : segments_(journal::list_segments(journal)), reader_(journal) {}

  journal::ReadResult find(std::uint64_t offset, journal::Position head) {
    const auto segment = std::find_if(segments_.rbegin(), segments_.rend(), [&](const auto& each) {
      return each.first_offset <= offset;
    });
    if (segment == segments_.rend()) return journal::AtEnd{};
    if (segment->path != current_) {
      if (!reader_.seek_offset(offset)) return journal::AtEnd{};
      current_ = segment->path;
    }
    while (true) {
      auto result = reader_.next(head);
      const auto* record = std::get_if<journal::Record>(&result);
      if (record != nullptr) bytes_read_ += journal::entry_bytes(record->frame.size());
      if (record == nullptr || record->position().offset == offset) return result;
      if (record->position().offset > offset) return journal::AtEnd{};
    }
  }

  [[nodiscard]] std::uint64_t bytes_read() const { return bytes_read_; }

 private:
  std::vector<journal::Segment> segments_;
  journal::Reader reader_;
  std::filesystem::path current_;
  std::uint64_t bytes_read_ = 0;
};

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

std::uint64_t Fetcher::answer(const Fetch& fetch, journal::Position head, Reply& reply) {
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
  entries.reserve(limit);
  std::uint64_t read = 0;
  auto next = after;
  while (entries.size() < limit && read < most_bytes_read) {
    const auto result = reader.next(up_to);
    if (const auto* record = std::get_if<journal::Record>(&result)) {
      const auto entry = entry_of(*record);
      read += entry.size();
      next = record->position();
      if (wanted(record->topic)) entries.append(entry);
      continue;
    }
    if (const auto* aged_out = std::get_if<journal::AgedOut>(&result)) {
      set(*reply.mutable_aged_out()->mutable_first(), source_, aged_out->first);
      return read;
    }
    // What is whole before the damage is served first; the next request meets the damage.
    if (const auto* corrupt = std::get_if<journal::Corrupt>(&result)) {
      if (entries.empty()) {
        set_corrupt(reply, text_of(*corrupt));
        return read;
      }
      break;
    }
    // In the newest epoch the record at `up_to` exists: an end before it is damage.
    if (up_to.epoch == head.epoch && next < up_to && after < up_to) {
      if (entries.empty()) {
        set_corrupt(reply, "the journal cannot be read after " + journal::to_string(next) +
                               ", although it goes on to " + journal::to_string(head));
        return read;
      }
      break;
    }
    next = std::max(next, up_to);
    break;
  }
  auto& data = *reply.mutable_data();
  set(*data.mutable_first(), source_, journal::first_position(journal_));
  set(*data.mutable_head(), source_, head);
  set(*data.mutable_next(), source_, next);
  data.set_entries(std::move(entries));
  readers_.push_front(std::move(reader));
  if (readers_.size() > kept_readers) readers_.pop_back();
  return read;
}

std::uint64_t Fetcher::answer(const Latest& latest, std::vector<journal::Newest> newest,
                              journal::Position head, Reply& reply) {
  std::erase_if(newest, [&](const auto& topic) { return topic.offset <= latest.after().offset(); });
  std::sort(newest.begin(), newest.end(),
            [](const auto& a, const auto& b) { return a.offset < b.offset; });

  Finder finder(journal_);
  std::string entries;
  auto next = head;
  for (const auto& topic : newest) {
    const auto result = finder.find(topic.offset, head);
    if (const auto* record = std::get_if<journal::Record>(&result)) {
      entries.append(entry_of(*record));
      if (entries.size() < page_bytes) continue;
      next = record->position();
      break;
    }
    if (const auto* corrupt = std::get_if<journal::Corrupt>(&result)) {
      set_corrupt(reply, text_of(*corrupt));
      return finder.bytes_read();
    }
    // Not there: aged out, the topic has been quiet that long.
  }
  auto& data = *reply.mutable_data();
  set(*data.mutable_first(), source_, journal::first_position(journal_));
  set(*data.mutable_head(), source_, head);
  set(*data.mutable_next(), source_, next);
  data.set_entries(std::move(entries));
  return finder.bytes_read();
}

}  // namespace depthwire::bus
