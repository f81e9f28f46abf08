#pragma once

#include "common/bus/publisher.hpp"
#include "common/journal/writer.hpp"
#include "proto/bus/envelope.pb.h"
#include "services/historical/core/job_book.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <unordered_map>

namespace depthwire::historical {

/// Bars and ticks that an earlier life had journaled when it died, without the Job or HealingState
/// record that ends their page: the page is fetched again, and these are left out of it.
class LoosePages {
 public:
  void add(const bus::Envelope& record);
  /// True when `record` is in the journal already; it is forgotten then.
  [[nodiscard]] bool take(const bus::Envelope& record);
  [[nodiscard]] bool empty() const { return records_.empty(); }

 private:
  std::unordered_map<std::string, int> records_;  // how many, by what they say
};

/// What historical's own journal tells a new life of it.
struct HistoryJournal {
  JobBook book;
  LoosePages loose;
};

/// The offset of the newest record of `kind` that is about no symbol; 0 when there is none.
[[nodiscard]] std::uint64_t newest_offset(const bus::Publisher& publisher, std::string_view kind);

/// The HealingState at `offset` of the journal in `directory`; an empty one when there is none.
[[nodiscard]] bus::HealingState read_healing_state(const std::filesystem::path& directory,
                                                   journal::Position last, std::uint64_t offset);

/// Reads the journal in `directory` up to `last`, from the newest HistoryState on, whose offset is
/// `state_offset`; from the oldest record where there is none (0). What cannot be read ends the
/// reading: the publisher's recovery has judged the journal already.
[[nodiscard]] HistoryJournal read_history_journal(const std::filesystem::path& directory,
                                                  journal::Position last,
                                                  std::uint64_t state_offset);

}  // namespace depthwire::historical
