#pragma once

#include "common/journal/format.hpp"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace depthwire::bus {

/// What a subscriber does with a record that arrived live.
enum class Verdict : std::uint8_t {
  accept,  ///< it follows what was delivered
  drop,    ///< it was delivered already, or comes from an earlier epoch
  doubt,   ///< something between may be missing: fetch
};

/// How a record of the journal's own order relates to what has been delivered.
enum class Step : std::uint8_t {
  known,    ///< delivered already
  follows,  ///< nothing is between
  hole,     ///< something is between
  forgot,   ///< begins an epoch in a journal that does not know what was delivered
};

/// How an epoch began, as its EPOCH_START tells.
struct EpochBegin {
  journal::Position previous;  ///< the last record that was kept of the epoch before
  bool same_boot = false;      ///< nothing that had been published can have been lost since
};
/// Nothing for a record that is no EPOCH_START.
[[nodiscard]] std::optional<EpochBegin> epoch_begin(const journal::Record& record);

/// What has been delivered, and whether a record follows it. Pure.
/// Source: docs/decisions and reliability, "Subscriber".
class Continuity {
 public:
  /// `filtered`: only some topics are received, so offsets have holes and the previous offset of
  /// the record's own topic decides. `seen`: the newest record that an earlier life was given.
  explicit Continuity(bool filtered, journal::Position seen = {})
      : filtered_(filtered), seen_(seen) {}

  /// A record from the PUB socket.
  [[nodiscard]] Verdict judge(const journal::Record& record) const;
  /// A record from the journal, in its order.
  [[nodiscard]] Step step(const journal::Record& record) const;

  /// `record` has been delivered.
  void delivered(const journal::Record& record);
  /// Everything up to `position` has been delivered or is known to be gone.
  void jump(journal::Position position);

  /// The newest record delivered.
  [[nodiscard]] journal::Position last() const { return last_; }
  /// The newest record that this or an earlier life was given: the journal has to hold it.
  [[nodiscard]] journal::Position seen() const { return std::max(last_, seen_); }
  /// After which record those are missing that end before `position`.
  [[nodiscard]] journal::Position before(journal::Position position) const {
    return seen_ < position ? std::max(whole_, seen_) : whole_;
  }
  /// Up to here nothing is missing; of single topics more may have been delivered.
  [[nodiscard]] journal::Position whole() const { return whole_; }
  /// How far `topic` has been delivered.
  [[nodiscard]] journal::Position known(std::string_view topic) const;

 private:
  [[nodiscard]] bool forgets_us(const journal::Record& record,
                                const std::optional<EpochBegin>& begin) const;
  [[nodiscard]] Step step_after(journal::Position base, const journal::Record& record,
                                const std::optional<EpochBegin>& begin) const;

  bool filtered_;
  journal::Position seen_;
  journal::Position last_;
  journal::Position whole_;
  std::map<std::string, journal::Position, std::less<>> topics_;  // filtered: beyond whole_
};

}  // namespace depthwire::bus
