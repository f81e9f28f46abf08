#pragma once

#include "common/bus/stage.hpp"
#include "common/bus/stage_driver.hpp"
#include "common/journal/writer.hpp"
#include "common/replay/recorded.hpp"

#include <cstdint>
#include <deque>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>

namespace depthwire::replay {

/// One stage to be replayed.
struct StageOptions {
  std::string source;          ///< <environment>.<stage>
  std::string input;           ///< source of the records that it steps
  std::filesystem::path out;   ///< directory of the journal to be made
  Recorded recorded;           ///< at least one stretch
  std::set<std::string> only;  ///< symbols of which outputs are kept; empty: all
  std::string build;
  std::function<std::unique_ptr<bus::Stage>(const Parameters&)> make;
};

/// Steps one stage over records as the live one was stepped, and journals what it gives. Where its
/// parameters changed in between, the later stage has stepped all that was before in silence, as
/// the live one had.
class StageReplay final : public bus::StepJournal {
 public:
  /// Throws service::ExitError as journal::Writer does.
  explicit StageReplay(StageOptions options);

  /// Steps the next record; what it gives is kept when it is stepped `aloud`.
  void take(const journal::Record& record, bool aloud);
  /// Writes what has gathered.
  void flush();
  /// Ends the journal.
  void finish();

  [[nodiscard]] const std::string& source() const { return options_.source; }
  [[nodiscard]] std::uint64_t outputs() const { return outputs_; }
  [[nodiscard]] std::uint64_t dead_letters() const { return dead_letters_; }

 private:
  /// A stage that speaks up to the end of its stretch.
  struct Turn {
    Turn(Stretch given, const StageOptions& options, bus::StepJournal& journal)
        : stretch(std::move(given)),
          stage(options.make(stretch.parameters)),
          driver(*stage, options.input, journal) {}
    Stretch stretch;
    std::unique_ptr<bus::Stage> stage;
    bus::StageDriver driver;
    std::size_t next_loss = 0;

    /// False for a record that was lost to the live stage. What is lost is told only `aloud`.
    bool had(journal::Position position, bool aloud);
  };

  journal::TopicId topic(std::string_view kind, std::string_view symbol) override;
  journal::TopicId control_topic() override { return control_; }
  void append(journal::TopicId topic, int payload_type, std::string_view envelope,
              std::uint16_t flags) override;
  void step(bus::StageDriver& driver, const journal::Record& record);
  void write_pending(std::uint16_t flags);
  void write_control(int payload_type, const std::string& envelope);

  StageOptions options_;
  journal::Writer writer_;
  journal::TopicId control_;
  std::string environment_;
  std::deque<Turn> turns_;  // the first is whose turn it is; does not move what it holds

  // The output that is held back until it is known whether another follows in its step.
  struct Pending {
    bool held = false;
    journal::TopicId topic;
    int payload_type = 0;
    std::string envelope;
  };
  Pending pending_;
  std::int64_t publish_time_ns_ = 0;  // that of the input: two replays give the same
  std::uint64_t in_group_ = 0;
  std::uint64_t outputs_ = 0;
  std::uint64_t dead_letters_ = 0;
};

}  // namespace depthwire::replay
