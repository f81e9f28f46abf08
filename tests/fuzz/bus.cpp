// Arbitrary messages on the bus: frames and replies at a subscriber, requests at a publisher, and
// records at all that look into them. The subscriber never hands on a record twice or out of order.
#include "common/bus/fetch.hpp"
#include "common/bus/subscriber_state.hpp"
#include "common/journal/writer.hpp"
#include "proto/bus/envelope.pb.h"
#include "services/aggregator/core/aggregator_stage.hpp"
#include "services/analyzer/core/records/record_stage.hpp"
#include "services/gateway/core/board.hpp"
#include "tests/fuzz/fuzz.hpp"
#include "tests/support/temp_dir.hpp"

#include <fuzzer/FuzzedDataProvider.h>
#include <google/protobuf/stubs/logging.h>

#include <array>
#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace {

using namespace depthwire;
using journal::Position;

constexpr std::array<std::string_view, 4> topics = {"sim.streaming._control|", "sim.spot.A|",
                                                    "sim.depth.A|", "sim.depth.B|"};
constexpr std::size_t longest_payload = 256;

class NoOutputs final : public bus::StepOutputs {
 public:
  void publish(std::string_view, std::string_view, int, std::string_view) override {}
};

/// Whoever takes records from a subscriber.
class Readers {
 public:
  void take(const journal::Record& record) {
    frames_.clear();
    board_.apply("sim.streaming", record, frames_);
    step(aggregator_, record);
    step(analyzer_, record);
  }
  void lost() {
    aggregator_.lost();
    analyzer_.lost();
  }

 private:
  static void step(bus::Stage& stage, const journal::Record& record) {
    NoOutputs outputs;
    try {
      stage.step(record, outputs);
    } catch (const std::exception&) {
      return;  // a dead letter
    }
  }
  gateway::Board board_{"sim"};
  aggregator::AggregatorStage aggregator_{{}};
  analyzer::RecordStage analyzer_{{}, "sim.streaming"};
  std::vector<gateway::FramePtr> frames_;
};

class Subscriber {
 public:
  explicit Subscriber(FuzzedDataProvider& input)
      : input_(input),
        is_view_(input.ConsumeBool()),
        state_({.source = "sim.streaming",
                .start = is_view_ ? bus::Start{bus::FromNewest{}} : bus::Start{bus::FromOldest{}},
                .page_bytes = 4096},
               now_) {}

  void run() {
    while (input_.remaining_bytes() > 0) {
      bus::Batch batch;
      state_.tick(now_, batch);
      note_requests();
      deliver(batch);
      batch = {};
      act(batch);
      deliver(batch);
    }
  }

 private:
  void act(bus::Batch& batch) {
    switch (input_.ConsumeIntegralInRange(0, 5)) {
      case 0: return take_frame(input_.ConsumeRandomLengthString(longest_payload), batch);
      case 1: return take_frame(entry().substr(8), batch);
      case 2: {
        bus::Reply reply;
        if (reply.ParseFromString(input_.ConsumeRandomLengthString(longest_payload))) {
          answer(std::move(reply), batch);
        }
        return;
      }
      case 3: return answer(page(), batch);
      case 4: now_ += std::chrono::milliseconds(input_.ConsumeIntegral<std::uint16_t>()); return;
      default: state_.reconnected(now_); return;
    }
  }

  void take_frame(const std::string& frame, bus::Batch& batch) {
    state_.heard(now_, 1, frame.size());
    if (!state_.live()) return;
    frame_ = frame;
    const std::array<std::string_view, 1> frames = {frame_};
    state_.take_frames(frames, false, batch);
  }

  void answer(bus::Reply reply, bus::Batch& batch) {
    if (!asked_.empty()) reply.set_id(asked_.back());
    state_.take_reply(std::move(reply), now_, batch);
  }

  bus::Reply page() {
    bus::Reply reply;
    auto& data = *reply.mutable_data();
    set(*data.mutable_first());
    set(*data.mutable_head());
    set(*data.mutable_next());
    for (auto records = input_.ConsumeIntegralInRange(0, 4); records > 0; --records) {
      data.mutable_entries()->append(entry());
    }
    return reply;
  }

  void set(bus::Position& position) {
    position.set_epoch(input_.ConsumeIntegralInRange(0U, 3U));
    position.set_offset(input_.ConsumeIntegralInRange(0U, 15U));
  }

  std::string entry() {
    journal::Header header;
    header.position = {input_.ConsumeIntegralInRange<std::uint64_t>(0, 3),
                       input_.ConsumeIntegralInRange<std::uint64_t>(0, 15)};
    header.topic_prev = input_.ConsumeIntegralInRange<std::uint64_t>(0, 15);
    header.payload_type = input_.ConsumeIntegralInRange<std::uint16_t>(0, 120);
    header.flags = input_.ConsumeIntegralInRange<std::uint16_t>(0, 7);
    std::string out;
    journal::append_entry(out, input_.PickValueInArray(topics), header,
                          input_.ConsumeRandomLengthString(longest_payload));
    return out;
  }

  void note_requests() {
    for (const auto& request : state_.take_actions().requests) asked_.push_back(request.id());
  }

  void deliver(const bus::Batch& batch) {
    for (const auto& notice : batch.notices) {
      if (std::holds_alternative<bus::Lost>(notice)) readers_.lost();
    }
    for (const auto& record : batch.records) {
      if (!is_view_) fuzz::require(last_ < record.position(), "positions rise");
      last_ = record.position();
      readers_.take(record);
    }
  }

  FuzzedDataProvider& input_;
  bool is_view_;
  std::chrono::steady_clock::time_point now_;
  bus::SubscriberState state_;
  std::vector<std::uint64_t> asked_;
  std::string frame_;
  Position last_;
  Readers readers_;
};

/// A journal of a few records, and what answers requests from it.
class Publisher {
 public:
  Publisher() : writer_({.directory = dir_.path(), .segment_bytes = 4096}) {
    for (int i = 0; i < 50; ++i) {
      writer_.append(writer_.topic(topics[static_cast<std::size_t>(i) % topics.size()]), 10,
                     i % 7 == 0 ? journal::keyframe : journal::no_flags, "payload", i);
      fuzz::require(writer_.commit(), "there is room");
      writer_.clear_group();
    }
  }

  void answer(const std::string& bytes) {
    bus::Request request;
    if (!request.ParseFromString(bytes)) return;
    bus::Reply reply;
    const auto head = writer_.head();
    if (request.has_fetch()) (void)fetcher_.answer(request.fetch(), head, reply);
    if (request.has_latest()) {
      (void)fetcher_.answer(request.latest(), writer_.newest(""), head, reply);
    }
    fuzz::require(reply.ByteSizeLong() < 2U << 20U, "a reply is bounded");
  }

 private:
  tests::TempDir dir_;
  journal::Writer writer_;
  bus::Fetcher fetcher_{dir_.path(), "sim.streaming"};
};

}  // namespace

extern "C" int LLVMFuzzerInitialize(int*, char***) {
  google::protobuf::SetLogHandler(nullptr);
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static Publisher publisher;
  FuzzedDataProvider input(data, size);
  publisher.answer(input.ConsumeRandomLengthString(64));
  Subscriber(input).run();
  return 0;
}
