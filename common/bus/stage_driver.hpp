#pragma once

#include "common/bus/stage.hpp"
#include "common/bus/subscription.hpp"
#include "common/journal/writer.hpp"

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace depthwire::bus {

/// Where a stage's records go: its publisher, or a journal that nobody publishes.
class StepJournal {
 public:
  virtual ~StepJournal() = default;
  virtual journal::TopicId topic(std::string_view kind, std::string_view symbol) = 0;
  virtual journal::TopicId control_topic() = 0;
  virtual void append(journal::TopicId topic, int payload_type, std::string_view envelope,
                      std::uint16_t flags) = 0;
};

/// Steps a stage record by record, live and in a replay alike: each output gets its cause, the last
/// of a step is marked, and what the stage cannot take becomes a DEAD_LETTER.
class StageDriver final : private StepOutputs {
 public:
  /// `source` is that of the input. The stage and the journal have to outlive the driver.
  StageDriver(Stage& stage, std::string source, StepJournal& journal)
      : stage_(stage), source_(std::move(source)), journal_(journal) {}

  /// Steps `input` and appends what it gives. False when it was dead-lettered.
  bool step(const journal::Record& input);
  /// Why the newest dead letter was one.
  [[nodiscard]] const std::string& last_error() const { return last_error_; }
  /// Steps `input` for the state alone: its outputs are in the journal already.
  void step_silently(const journal::Record& input);
  /// Dead-letters `input` instead of stepping it, as an operator decided.
  void skip(const journal::Record& input, std::string_view reason);
  /// Inputs before the next one are gone. The next step that is not silent begins with a LOSS.
  void lost(const Lost& loss);
  /// A loss has not been told yet.
  [[nodiscard]] bool owes_loss() const { return !losses_.empty(); }

 private:
  struct Output {
    journal::TopicId topic;
    int payload_type = 0;
    std::string envelope;
  };

  void publish(std::string_view kind, std::string_view symbol, int payload_type,
               std::string_view envelope) override;
  void add_dead_letter(const journal::Record& input, std::string_view reason, bool skipped);
  void add_losses(const journal::Record& input);
  void append_all(journal::Position cause);
  Output& next_output();

  Stage& stage_;
  std::string source_;
  StepJournal& journal_;
  std::vector<Output> gathered_;  // only its end tells which output was the last; reused
  std::size_t count_ = 0;
  std::vector<Lost> losses_;
  std::string last_error_;
};

/// Whether the record of a stage's journal was caused by an input: an output, a DEAD_LETTER, or the
/// LOSS of inputs.
[[nodiscard]] bool has_cause(const journal::Record& record);

/// The cause of the last step that the stage's journal in `directory` holds up to `last`: up to
/// there it has every output. {0, 0} when there is none. Throws service::ExitError 65 for a damaged
/// journal.
[[nodiscard]] journal::Position last_cause(const std::filesystem::path& directory,
                                           journal::Position last);

}  // namespace depthwire::bus
