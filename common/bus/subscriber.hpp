#pragma once

#include "common/bus/curve.hpp"
#include "common/journal/format.hpp"

#include <zmq.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace depthwire::bus {

/// Where a subscriber begins.
struct FromOldest {};  ///< everything the journal still holds
struct After {
  journal::Position last;
};                     ///< a checkpoint: what follows it
struct FromNewest {};  ///< a view: the newest record of each topic, then live
using Start = std::variant<FromOldest, After, FromNewest>;

struct SubscriberOptions {
  std::string source;    ///< whose journal: <environment>.<service>
  std::string publish;   ///< its PUB address
  std::string requests;  ///< its ROUTER address
  std::string consumer;  ///< our name, for lag and ACK
  Start start = FromOldest{};
  /// Views only: topics by prefix ("sim.book."). Empty: everything. Durable consumers take all.
  std::vector<std::string> topic_prefixes;
  Curve curve;
  std::string server_public_key;
  std::chrono::milliseconds stale_after{750};
};

/// Something beside records that a consumer has to know.
struct Stale {};  ///< no frame for `stale_after`
struct Fresh {};  ///< records or heartbeats flow again
struct Lost {
  journal::Position after, first;
};  ///< what lies between is gone for good
struct Halted {
  std::string reason;
};  ///< an old copy of a journal is being served
using Notice = std::variant<Stale, Fresh, Lost, Halted>;

/// What one receive() gave. Notices come before the records. The records point into `bytes`.
struct Batch {
  std::vector<Notice> notices;
  std::vector<journal::Record> records;  ///< in position order, without gap or duplicate
  bool caught_up = false;                ///< the last record was the head when it was read
  [[nodiscard]] bool empty() const { return notices.empty() && records.empty(); }

  std::shared_ptr<const void> bytes;  ///< keeps the records alive; a batch may cross threads
};

/// Follows one publisher: records in order, each once. What PUB/SUB dropped is fetched from the
/// journal before anything later is delivered. Used by one thread.
class Subscriber {
 public:
  Subscriber(zmq::context_t& context, SubscriberOptions options);
  ~Subscriber();
  Subscriber(const Subscriber&) = delete;
  Subscriber& operator=(const Subscriber&) = delete;

  /// Waits up to `timeout` for records or a notice; at most about 256 live records or one fetched
  /// page (1 MiB) at a time.
  [[nodiscard]] Batch receive(std::chrono::milliseconds timeout);

  /// Tells the publisher what is durably processed. Never blocks.
  void acknowledge(journal::Position position);

  [[nodiscard]] journal::Position last() const;  ///< the last record delivered
  [[nodiscard]] journal::Position head() const;  ///< the publisher's, as far as is known
  [[nodiscard]] std::uint64_t gaps() const;      ///< how often something had to be fetched
  [[nodiscard]] std::uint64_t fetched() const;   ///< records that came by FETCH
  [[nodiscard]] bool live() const;               ///< not catching up, not stale, not halted

  [[nodiscard]] bool halted() const;  ///< waits for an operator

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace depthwire::bus
