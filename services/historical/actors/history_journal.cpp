#include "services/historical/actors/history_journal.hpp"

#include "common/bus/topic.hpp"
#include "common/journal/reader.hpp"

#include <utility>
#include <vector>

namespace depthwire::historical {
namespace {

/// What a bar or tick says, whenever it was received.
std::string key_of(const bus::Envelope& record) {
  const auto what =
      record.has_bar() ? record.bar().SerializeAsString() : record.tick().SerializeAsString();
  return record.symbol() + '|' + std::to_string(record.event_time_ns()) + '|' + what;
}

class Reading {
 public:
  void take(const journal::Record& record) {
    const auto type = record.header.payload_type;
    const bool of_a_page = (type == bus::Envelope::kBar || type == bus::Envelope::kTick) &&
                           (record.header.flags & journal::synthetic) != 0;
    if (type == bus::Envelope::kEpochStart) return cut_off();
    if (type == bus::Envelope::kHealingState) return page_.clear();
    if (!of_a_page && type != bus::Envelope::kJob && type != bus::Envelope::kHistoryState) return;
    bus::Envelope envelope;
    if (!envelope.ParseFromArray(record.payload.data(), static_cast<int>(record.payload.size()))) {
      return;
    }
    if (of_a_page) return page_.push_back(std::move(envelope));
    page_.clear();
    if (envelope.has_job()) found_.book.replay(envelope.job());
    if (envelope.has_history_state()) found_.book.restore(envelope.history_state());
  }
  /// What was journaled of a page by now is all there will be.
  void cut_off() {
    for (const auto& record : std::exchange(page_, {})) found_.loose.add(record);
  }
  HistoryJournal end() {
    cut_off();
    return std::move(found_);
  }

 private:
  HistoryJournal found_;
  std::vector<bus::Envelope> page_;
};

}  // namespace

void LoosePages::add(const bus::Envelope& record) { ++records_[key_of(record)]; }

bool LoosePages::take(const bus::Envelope& record) {
  if (records_.empty()) return false;
  const auto found = records_.find(key_of(record));
  if (found == records_.end()) return false;
  if (--found->second == 0) records_.erase(found);
  return true;
}

std::uint64_t newest_offset(const bus::Publisher& publisher, std::string_view kind) {
  const auto environment = publisher.source().substr(0, publisher.source().find('.'));
  const auto newest = publisher.newest(bus::topic(environment, kind, ""));
  return newest.empty() ? 0 : newest.front().offset;
}

bus::HealingState read_healing_state(const std::filesystem::path& directory, journal::Position last,
                                     std::uint64_t offset) {
  journal::Reader reader(directory);
  reader.seek_offset(offset);
  const auto next = reader.next(last);
  bus::Envelope envelope;
  if (const auto* record = std::get_if<journal::Record>(&next)) {
    (void)envelope.ParseFromArray(record->payload.data(), static_cast<int>(record->payload.size()));
  }
  return envelope.healing_state();
}

HistoryJournal read_history_journal(const std::filesystem::path& directory, journal::Position last,
                                    std::uint64_t state_offset) {
  Reading reading;
  if (last == journal::Position{}) return reading.end();
  journal::Reader reader(directory);
  if (state_offset != 0) reader.seek_offset(state_offset);
  while (true) {
    const auto next = reader.next(last);
    if (const auto* record = std::get_if<journal::Record>(&next)) {
      reading.take(*record);
    } else if (const auto* aged_out = std::get_if<journal::AgedOut>(&next)) {
      reader = journal::Reader(directory, {aged_out->first.epoch, aged_out->first.offset - 1});
    } else {
      return reading.end();
    }
  }
}

}  // namespace depthwire::historical
