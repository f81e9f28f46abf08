#pragma once

#include "common/bus/curve.hpp"
#include "common/journal/keeper.hpp"
#include "common/journal/writer.hpp"

#include <zmq.hpp>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

namespace depthwire::bus {

/// What a process answers to a COMMAND.
struct CommandAnswer {
  enum class Status : std::uint8_t { done, refused, unknown_command, failed };
  Status status = Status::done;
  std::string text;
  std::string body;
};
using AnswerCommand = std::function<void(CommandAnswer)>;  ///< callable once, from any thread
/// Called on the request thread; answers now or later.
using CommandHandler =
    std::function<void(const std::string& name, const std::string& body, AnswerCommand)>;

/// What the requests of a publisher came to, beside answers.
struct RequestCounts {
  std::uint64_t malformed = 0;    ///< no request at all
  std::uint64_t unreachable = 0;  ///< answers to peers that have gone
  std::uint64_t failed = 0;       ///< answered with an error of ours
};

struct PublisherOptions {
  std::string environment;        ///< sim, demo, live
  std::string source;             ///< <environment>.<service>
  std::filesystem::path journal;  ///< directory of this source's journal
  std::string publish;            ///< PUB address, e.g. tcp://127.0.0.1:5560
  std::string requests;           ///< ROUTER address
  Curve curve;
  std::uint64_t segment_bytes = 64ULL << 20;
  bool stage = false;  ///< recovery cuts back to the last whole step
  std::string build;
  std::string reason = "start";
  std::map<std::string, std::string> parameters;  ///< of a stage, for EPOCH_START
  CommandHandler commands;                        ///< all but `accept`, which every publisher knows
  /// Called at the start while the disk is full, with what to tell people; waits a little and says
  /// whether to try again. Without it a full disk ends the start: journal::DiskFull.
  std::function<bool(const std::string& why)> wait_for_room;
  /// Called on the publisher's thread when its disk gets full, and when there is room again; also
  /// once after a start that had to wait.
  std::function<void(bool full)> full_changed;
  journal::Storage* storage = &journal::disk();
  std::uint64_t fetch_bytes_per_second = 64ULL << 20;  ///< what serving may read; 0: no limit
  journal::KeeperOptions keep;  ///< retention; directory and storage are set by the publisher
};

/// Owns a journal, a PUB socket and the thread that serves requests. One thread uses it: append()
/// records, then flush() writes them in one write and publishes the same bytes. Nothing is
/// published that is not in the journal.
class Publisher {
 public:
  /// Recovers the journal, begins an epoch, binds, serves. Throws service::ExitError: 75, 65 or 74
  /// as journal::Writer, 69 when an address is in use, 78 for a bind that is not loopback without
  /// CURVE keys.
  Publisher(zmq::context_t& context, PublisherOptions options);
  ~Publisher();
  Publisher(const Publisher&) = delete;
  Publisher& operator=(const Publisher&) = delete;

  [[nodiscard]] const std::string& source() const;
  [[nodiscard]] const journal::Recovered& recovered() const;
  /// The last record written.
  [[nodiscard]] journal::Position head() const;
  /// The addresses as bound, with the port the system chose where 0 was asked for.
  [[nodiscard]] std::string publish_address() const;
  [[nodiscard]] std::string requests_address() const;

  /// A topic for append(): kind and symbol ("" = none), looked up once.
  [[nodiscard]] journal::TopicId topic(std::string_view kind, std::string_view symbol);
  [[nodiscard]] journal::TopicId control_topic();

  /// Adds a serialized depthwire.bus.Envelope to the group; `payload_type` is the number of its
  /// payload field. Control records are synced at once.
  journal::Position append(journal::TopicId topic, int payload_type, std::string_view envelope,
                           std::uint16_t flags = journal::no_flags);

  /// Writes the group, then publishes it. Throws service::ExitError 74 when the disk fails. While
  /// the disk is full a source drops the group and counts it; a stage keeps it for the next
  /// flush(), as its input waits.
  void flush();

  /// To be called at least every 100 ms, between groups: heartbeats every 250 ms; journals what an
  /// operator accepted; ends a hole once there is room again, with a LOSS record.
  void tick();

  /// The disk is full: nothing is published, until a flush() or tick() finds room.
  [[nodiscard]] bool full() const;
  /// Records that a full disk has cost so far. Any thread.
  [[nodiscard]] std::uint64_t dropped() const;
  /// Any thread.
  [[nodiscard]] RequestCounts requests() const;
  /// Peers so far that tried to subscribe with an unknown key, without one, or in another language.
  /// Any thread.
  [[nodiscard]] std::uint64_t refused() const;
  /// How far each consumer has acknowledged since the start. Any thread.
  [[nodiscard]] std::map<std::string, journal::Position> acknowledged() const;
  /// True once after a LOSS record: readers know nothing of what was told before.
  [[nodiscard]] bool take_resumed();
  /// What stamps the publisher's own LOSS records, where that is not this machine's clock.
  void stamp_with(std::function<std::int64_t()> receive_time_ns);

  /// The newest keyframe or record of each topic with the prefix.
  [[nodiscard]] std::vector<journal::Newest> newest(std::string_view topic_prefix) const;

  /// True once after the journal began a segment (and at start): time for keyframes.
  [[nodiscard]] bool take_segment_started();

  /// Writes EPOCH_END, syncs. append() is over then.
  void close(std::string_view reason);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace depthwire::bus
