#pragma once

#include "common/journal/format.hpp"
#include "proto/bus/request.pb.h"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace depthwire::bus {

/// A publisher for tests of the subscriber: a journal in memory that answers as the real one does,
/// and what happened to each record that was ever published.
class ModelPublisher {
 public:
  struct Record {
    journal::Position position;
    std::string topic;
    std::string entry;
    bool is_keyframe = false;
    bool cut = false;   ///< a power cut took it after it was published
    bool aged = false;  ///< retention took it
    [[nodiscard]] std::string_view frame() const;
  };

  explicit ModelPublisher(std::uint64_t first_epoch = 1) : epoch_(first_epoch - 1) { restart(0); }

  const Record& append(const std::string& topic, std::string_view payload = "x",
                       int payload_type = 10, bool keyframe = false);
  /// Dies and comes back in a later epoch, without the last `cut` records that it had published.
  void restart(std::size_t cut, std::uint64_t epochs = 1, bool same_boot = false);
  void age_out(std::size_t records);
  /// Flips a byte of the record: it can no longer be served.
  void damage(journal::Position position, bool damaged = true);
  /// Journals an operator's decision.
  void accept();

  [[nodiscard]] Reply answer(const Request& request) const;
  [[nodiscard]] std::string heartbeat() const;

  [[nodiscard]] journal::Position head() const { return history_[held_.back()].position; }
  [[nodiscard]] std::size_t records_in_epoch() const;
  /// All that was ever published, in that order.
  [[nodiscard]] const std::vector<Record>& history() const { return history_; }
  [[nodiscard]] const Record* newest(std::string_view topic) const;

  static inline const std::string source = "sim.model";
  static inline const std::string control = "sim.model._control|";

 private:
  void fetch(const Fetch& fetch, Reply& reply) const;
  void latest(const Latest& latest, Reply& reply) const;
  void heads(const Latest& latest, Data& data) const;

  std::vector<Record> history_;
  std::vector<std::size_t> held_;  // what the journal holds
  std::uint64_t epoch_;
  std::uint64_t next_offset_ = 1;
  std::vector<journal::Position> damaged_;
};

}  // namespace depthwire::bus
