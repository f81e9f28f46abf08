#pragma once

#include "common/bus/publisher.hpp"
#include "common/bus/snapshot_writer.hpp"
#include "common/bus/subscriber.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace depthwire::bus {

/// Takes the outputs of one step, in order. The driver adds the cause.
class StepOutputs {
 public:
  virtual ~StepOutputs() = default;
  /// `envelope` is a serialized depthwire.bus.Envelope WITHOUT its `cause` field, which the driver
  /// appends (fields of a protobuf message may be concatenated).
  virtual void publish(std::string_view kind, std::string_view symbol, int payload_type,
                       std::string_view envelope) = 0;
};

/// A stage's whole behaviour: a pure function over one log. No clock, no randomness, no I/O.
class Stage {
 public:
  virtual ~Stage() = default;
  /// One input record, control records included (EPOCH_START and SOURCE_DOWN invalidate books). The
  /// same inputs give the same outputs, byte for byte. May throw for a record it cannot take: that
  /// record is dead-lettered after what the step has published so far, and the stage's state must
  /// still be sound.
  virtual void step(const journal::Record& input, StepOutputs& outputs) = 0;
  /// Records before the next one are gone: forget what cannot be known. The driver declares it.
  virtual void lost() = 0;

  /// Appends the whole state to `bytes`.
  virtual void save(std::string& bytes) const = 0;
  /// Goes on as the stage would that saved `bytes` under the same settings. Throws std::exception
  /// for bytes that are no such state; this one is then as it was.
  virtual void load(std::string_view bytes) = 0;
  /// To be raised whenever the bytes of save(), or what they mean, change.
  [[nodiscard]] virtual std::uint32_t state_version() const = 0;
};

struct StageOptions {
  /// Between two snapshots of the state, by the steady clock: no output depends on it. 0: none.
  std::chrono::milliseconds snapshot_interval{60'000};
};

/// Runs a stage on its input. After a restart it goes on from the newest snapshot of its state, or
/// from the oldest input, steps in silence up to the cause of its last whole step, then steps each
/// batch whole, appends and publishes. One thread.
class StageRunner {
 public:
  /// Throws service::ExitError as Publisher does; 65 too when the stage's own journal is damaged,
  /// or one input has crashed this build three times and nobody has decided to skip it.
  StageRunner(zmq::context_t& context, const PublisherOptions& publisher,
              const SubscriberOptions& input, std::unique_ptr<Stage> stage,
              const StageOptions& options = {});
  ~StageRunner();

  /// Waits up to `timeout` for input and steps it; also sends heartbeats. Call it in a loop.
  /// Throws service::ExitError when the journal fails.
  void run_once(std::chrono::milliseconds timeout);

  /// Ends the epoch: EPOCH_END, a last snapshot, sync.
  void close();

  [[nodiscard]] const Subscriber& input() const;
  [[nodiscard]] const Publisher& output() const;
  [[nodiscard]] std::uint64_t steps() const;
  [[nodiscard]] std::uint64_t dead_letters() const;
  /// The input of the newest dead letter, and what was wrong with it.
  [[nodiscard]] const std::string& last_dead_letter() const;
  /// How often inputs were lost, and which the newest time. Each is a LOSS in the stage's journal.
  [[nodiscard]] std::uint64_t losses() const;
  [[nodiscard]] const std::string& last_loss() const;
  [[nodiscard]] bool stale() const;
  [[nodiscard]] const std::string& halted() const;  ///< why the input halted; empty: it has not
  /// Still stepping in silence what was stepped before the restart.
  [[nodiscard]] bool replaying() const;
  /// Which snapshot it went on from, and why others were not taken.
  [[nodiscard]] const std::vector<std::string>& notes() const;
  [[nodiscard]] SnapshotCounts snapshots() const;
  /// How long this thread took for the newest snapshot; the rest is done by another.
  [[nodiscard]] std::chrono::nanoseconds snapshot_time() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace depthwire::bus
