#pragma once

#include "common/bus/publisher.hpp"
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
  /// Records before the next one are gone: forget what cannot be known.
  virtual void lost() = 0;
};

/// Runs a stage on its input: restores it after a restart by silent replay up to the cause of the
/// last whole step, then steps each batch whole, appends and publishes. One thread.
class StageRunner {
 public:
  /// Throws service::ExitError as Publisher does; 65 too when the stage's own journal is damaged.
  StageRunner(zmq::context_t& context, PublisherOptions publisher, SubscriberOptions input,
              std::unique_ptr<Stage> stage);
  ~StageRunner();

  /// Waits up to `timeout` for input and steps it; also sends heartbeats. Call it in a loop.
  /// Throws service::ExitError when the journal fails.
  void run_once(std::chrono::milliseconds timeout);

  /// Ends the epoch: EPOCH_END, sync.
  void close();

  [[nodiscard]] const Subscriber& input() const;
  [[nodiscard]] const Publisher& output() const;
  [[nodiscard]] std::uint64_t steps() const;
  [[nodiscard]] std::uint64_t dead_letters() const;
  [[nodiscard]] bool stale() const;
  [[nodiscard]] const std::string& halted() const;  ///< why the input halted; empty: it has not

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace depthwire::bus
