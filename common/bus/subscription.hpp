#pragma once

#include "common/bus/curve.hpp"
#include "common/journal/format.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace depthwire::bus {

/// Where a subscriber begins.
struct FromOldest {};  ///< everything the journal still holds
struct After {
  journal::Position last;
};  ///< a checkpoint: what follows it
/// A view: the state of each topic (its newest keyframe and what followed that, or its newest
/// record where there are no keyframes), then live.
struct FromNewest {
  bool what_followed = true;  ///< false: of each topic only that one record
};
using Start = std::variant<FromOldest, After, FromNewest>;

struct SubscriberOptions {
  std::string source;    ///< whose journal: <environment>.<service>
  std::string publish;   ///< its PUB address
  std::string requests;  ///< its ROUTER address
  std::string consumer;  ///< our name, for lag and ACK
  Start start = FromOldest{};
  /// The newest record that an earlier life was given, where that is later than `start`: a journal
  /// that does not know it is not the one we knew.
  journal::Position seen;
  /// Views only: topics by prefix ("sim.book."). Empty: everything. Durable consumers take all.
  std::vector<std::string> topic_prefixes;
  Curve curve;
  std::string server_public_key;
  std::string server;  ///< whose key it is: read again from `curve.directory` at each connection
  std::chrono::milliseconds stale_after{750};
  std::uint32_t page_bytes = 1 << 20;  ///< of a FETCH; publishers give no more than this
};

/// Something beside records that a consumer has to know.
struct Stale {};  ///< no frame for `stale_after`
struct Fresh {};  ///< records or heartbeats flow again
/// What lies between is gone for good.
struct Lost {
  enum class Cause : std::uint8_t {
    aged_out,  ///< retention removed it
    replaced,  ///< the journal was replaced, and an operator accepted that
  };
  journal::Position after, first;
  Cause cause = Cause::aged_out;
};
/// Nothing is delivered any more: the journal is damaged, or is not the one we knew.
struct Halted {
  std::string reason;
};
struct Resumed {};  ///< the halt is over
using Notice = std::variant<Stale, Fresh, Lost, Halted, Resumed>;

/// Why the records are gone, for people.
[[nodiscard]] constexpr std::string_view to_string(Lost::Cause cause) {
  return cause == Lost::Cause::replaced ? "the journal was replaced, and an operator accepted that"
                                        : "the journal no longer holds what lies between";
}

/// What one receive() gave. Notices come before the records. The records point into `bytes`.
struct Batch {
  std::vector<Notice> notices;
  /// In position order, without gap or duplicate; with `topic_prefixes` or FromNewest that holds
  /// for each topic by itself.
  std::vector<journal::Record> records;
  [[nodiscard]] bool empty() const { return notices.empty() && records.empty(); }

  std::shared_ptr<const void> bytes;  ///< keeps the records alive; a batch may cross threads
};

}  // namespace depthwire::bus
