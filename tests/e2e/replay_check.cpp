// Steps a stage over a source's journal, without any process or socket, and holds what it gives
// against what the live stage journaled: every topic and every envelope, byte for byte, up to and
// including a position of the input.
//
//   replay_check aggregator|analyzer CONFIG INPUT_JOURNAL OUTPUT_JOURNAL [LAST_INPUT_OFFSET]

#include "common/bus/stage.hpp"
#include "common/bus/topic.hpp"
#include "common/config/describe.hpp"
#include "common/config/load.hpp"
#include "common/journal/reader.hpp"
#include "proto/bus/envelope.pb.h"
#include "services/aggregator/config.hpp"
#include "services/aggregator/core/aggregator_stage.hpp"
#include "services/analyzer/config.hpp"
#include "services/analyzer/core/record_stage.hpp"

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <limits>
#include <memory>
#include <string>

namespace depthwire {
namespace {

template <class Config>
Config loaded(const std::string& name, const std::string& file) {
  Config config;
  (void)config::load(config::describe(name, "", config), {.file = file});
  return config;
}

std::unique_ptr<bus::Stage> stage_named(const std::string& name, const std::string& file) {
  if (name == "aggregator") {
    return std::make_unique<aggregator::AggregatorStage>(
        loaded<aggregator::Config>(name, file).settings());
  }
  return std::make_unique<analyzer::RecordStage>(loaded<analyzer::Config>(name, file).params(),
                                                 "sim.streaming");
}

// The data records of the live stage's journal, one after another.
class Recorded {
 public:
  explicit Recorded(const std::string& directory) : reader_(directory) {}

  // The next record, or nullptr at the end.
  const journal::Record* next() {
    do {
      result_ = reader_.next();
      if (!std::holds_alternative<journal::Record>(result_)) return nullptr;
    } while (std::get<journal::Record>(result_).control());
    return &std::get<journal::Record>(result_);
  }

 private:
  journal::Reader reader_;
  journal::ReadResult result_;
};

class Compare final : public bus::StepOutputs {
 public:
  explicit Compare(const std::string& directory) : recorded_(directory) {}

  void publish(std::string_view kind, std::string_view symbol, int type,
               std::string_view envelope) override {
    if (differs_) return;
    const auto topic = bus::topic("sim", kind, symbol);
    const auto* record = recorded_.next();
    ++outputs_;
    if (record == nullptr) return differ("the replay gives more: " + topic);
    if (record->topic != topic) {
      return differ("topic " + std::string(record->topic) + " recorded, " + topic + " replayed");
    }
    if (record->header.payload_type != type || !record->payload.starts_with(envelope)) {
      return differ("another envelope of " + topic);
    }
    bus::Envelope whole;
    if (!whole.ParseFromArray(record->payload.data(), static_cast<int>(record->payload.size())) ||
        whole.cause().epoch() != cause.epoch || whole.cause().offset() != cause.offset) {
      return differ("another cause of " + topic);
    }
  }

  // Whether all was equal; says what was not.
  bool finish(bool whole) {
    if (!differs_ && whole && recorded_.next() != nullptr) differ("the journal holds more");
    std::printf("%llu outputs\n", static_cast<unsigned long long>(outputs_));
    return !differs_ && outputs_ > 0;
  }

  journal::Position cause;

 private:
  void differ(const std::string& what) {
    differs_ = true;
    std::fprintf(stderr, "output %llu, caused by %s: %s\n",
                 static_cast<unsigned long long>(outputs_), to_string(cause).c_str(), what.c_str());
  }

  Recorded recorded_;
  unsigned long long outputs_ = 0;
  bool differs_ = false;
};

int compare(std::unique_ptr<bus::Stage> stage, const std::string& input, const std::string& output,
            std::uint64_t last_offset) {
  Compare outputs(output);
  journal::Reader reader(input);
  while (true) {
    const auto result = reader.next();
    const auto* record = std::get_if<journal::Record>(&result);
    if (record == nullptr || record->position().offset > last_offset) break;
    outputs.cause = record->position();
    stage->step(*record, outputs);
  }
  const bool whole = last_offset == std::numeric_limits<std::uint64_t>::max();
  return outputs.finish(whole) ? EXIT_SUCCESS : EXIT_FAILURE;
}

}  // namespace
}  // namespace depthwire

int main(int argc, char** argv) {
  if (argc < 5) {
    std::fprintf(stderr,
                 "replay_check aggregator|analyzer CONFIG INPUT OUTPUT [LAST_INPUT_OFFSET]\n");
    return 64;
  }
  try {
    const auto last =
        argc > 5 ? std::strtoull(argv[5], nullptr, 10) : std::numeric_limits<std::uint64_t>::max();
    return depthwire::compare(depthwire::stage_named(argv[1], argv[2]), argv[3], argv[4], last);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return EXIT_FAILURE;
  }
}
