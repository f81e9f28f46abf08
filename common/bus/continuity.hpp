#pragma once

#include "common/journal/format.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace depthwire::bus {

/// What a subscriber does with a record that arrived live.
enum class Verdict : std::uint8_t {
  accept,  ///< it follows what was delivered
  drop,    ///< it was delivered already, or comes from an earlier epoch
  doubt,   ///< something between may be missing: fetch
};

/// The rule that decides whether a live record follows what has been delivered. Pure.
/// Source: docs/decisions and reliability, "Subscriber".
class Continuity {
 public:
  /// `filtered`: only some topics are received, so offsets have holes and the previous offset of
  /// the record's own topic decides.
  explicit Continuity(bool filtered) : filtered_(filtered) {}

  /// `epoch_previous` is the previous position that an EPOCH_START names; ignored for others.
  [[nodiscard]] Verdict judge(const journal::Record& record, bool epoch_start,
                              journal::Position epoch_previous) const;
  /// `record` has been delivered.
  void delivered(const journal::Record& record);
  /// Everything up to `position` has been delivered or is known to be gone.
  void jump(journal::Position position);

  [[nodiscard]] journal::Position last() const { return last_; }

 private:
  bool filtered_;
  journal::Position last_;
  journal::Position whole_;  // up to here every record of every topic is known
  std::map<std::string, std::uint64_t, std::less<>> topics_;  // filtered: delivered since then
};

}  // namespace depthwire::bus
