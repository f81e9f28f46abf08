#include "common/bus/stage.hpp"

#include "common/bus/topic.hpp"
#include "common/codec/wire.hpp"
#include "common/journal/reader.hpp"
#include "proto/bus/envelope.pb.h"

#include <exception>

namespace depthwire::bus {
namespace {

constexpr std::size_t max_steps_per_group = 512;
constexpr std::uint32_t cause_field = 5;  // of Envelope

// Appends the field `cause` to a serialized envelope.
void append_cause(std::string& envelope, const std::string& source, journal::Position position) {
  using codec::wire::varint_bytes;
  const auto length = 1 + varint_bytes(source.size()) + source.size() +  //
                      1 + varint_bytes(position.epoch) +                 //
                      1 + varint_bytes(position.offset);
  const auto start = envelope.size();
  envelope.resize(start + 1 + varint_bytes(length) + length);
  codec::wire::Writer writer(envelope.data() + start);
  writer.message_field(cause_field, length);
  writer.bytes_field(1, source);
  writer.varint_field(2, position.epoch);
  writer.varint_field(3, position.offset);
}

struct Discard final : StepOutputs {
  void publish(std::string_view, std::string_view, int, std::string_view) override {}
};

}  // namespace

class StageRunner::Impl {
 public:
  Impl(zmq::context_t& context, PublisherOptions publisher, SubscriberOptions input,
       std::unique_ptr<Stage> stage)
      : journal_(publisher.journal),
        input_source_(input.source),
        stage_(std::move(stage)),
        publisher_(context, as_stage(std::move(publisher))),
        silent_until_(last_cause()),
        input_(context, std::move(input)),
        outputs_(*this) {}

  void run_once(std::chrono::milliseconds timeout) {
    const auto batch = input_.receive(timeout);
    for (const auto& notice : batch.notices) take(notice);
    std::size_t in_group = 0;
    for (const auto& record : batch.records) {
      step(record);
      if (++in_group % max_steps_per_group == 0) publisher_.flush();
    }
    publisher_.flush();
    publisher_.tick();
    acknowledge();
  }

  std::filesystem::path journal_;
  std::string input_source_;
  std::unique_ptr<Stage> stage_;
  Publisher publisher_;
  journal::Position silent_until_;
  Subscriber input_;
  std::uint64_t steps_ = 0;
  std::uint64_t dead_letters_ = 0;
  bool stale_ = false;
  std::string halted_;

 private:
  struct Output {
    journal::TopicId topic;
    int payload_type = 0;
    std::string envelope;
  };

  // Gathers the outputs of one step: only its end tells which was the last.
  class Outputs final : public StepOutputs {
   public:
    explicit Outputs(Impl& runner) : runner_(runner) {}
    void publish(std::string_view kind, std::string_view symbol, int payload_type,
                 std::string_view envelope) override {
      if (count_ == gathered_.size()) gathered_.emplace_back();
      auto& output = gathered_[count_++];
      output.topic = runner_.publisher_.topic(kind, symbol);
      output.payload_type = payload_type;
      output.envelope.assign(envelope);
    }
    void append_all(const std::string& source, journal::Position cause) {
      for (std::size_t i = 0; i < count_; ++i) {
        append_cause(gathered_[i].envelope, source, cause);
        runner_.publisher_.append(gathered_[i].topic, gathered_[i].payload_type,
                                  gathered_[i].envelope,
                                  i + 1 == count_ ? journal::end_of_step : journal::no_flags);
      }
      count_ = 0;
    }
    void clear() { count_ = 0; }

   private:
    Impl& runner_;
    std::vector<Output> gathered_;  // storage is reused from step to step
    std::size_t count_ = 0;
  };

  static PublisherOptions as_stage(PublisherOptions options) {
    options.stage = true;
    return options;
  }

  void step(const journal::Record& record) {
    ++steps_;
    const bool silent = record.position() <= silent_until_;
    try {
      if (silent) {
        Discard discard;
        stage_->step(record, discard);
        return;
      }
      stage_->step(record, outputs_);
    } catch (const std::exception& error) {
      if (silent) return;  // it was dead-lettered before the restart
      outputs_.clear();
      ++dead_letters_;
      dead_letter(record, error.what());
      return;
    }
    outputs_.append_all(input_source_, record.position());
  }

  void dead_letter(const journal::Record& record, const std::string& reason) {
    Envelope envelope;
    auto& letter = *envelope.mutable_dead_letter();
    letter.set_reason(reason);
    letter.set_source(input_source_);
    letter.set_epoch(record.position().epoch);
    letter.set_offset(record.position().offset);
    letter.set_frame(record.frame.data(), record.frame.size());
    auto bytes = envelope.SerializeAsString();
    append_cause(bytes, input_source_, record.position());
    publisher_.append(publisher_.control_topic(), Envelope::kDeadLetter, bytes,
                      journal::end_of_step);
  }

  void take(const Notice& notice) {
    if (const auto* lost = std::get_if<Lost>(&notice)) stage_->lost(lost->after, lost->first);
    if (std::holds_alternative<Stale>(notice)) stale_ = true;
    if (std::holds_alternative<Fresh>(notice)) stale_ = false;
    if (const auto* halted = std::get_if<Halted>(&notice)) halted_ = halted->reason;
  }

  // The cause of our last whole step: up to there our journal holds every output already.
  [[nodiscard]] journal::Position last_cause() const {
    const auto own_last = publisher_.recovered().last;
    const auto control = bus::control_topic(publisher_.source());
    std::uint64_t newest = 0;
    for (const auto& [topic, offset, last] : publisher_.newest("")) {
      if (topic != control && offset <= own_last.offset) newest = std::max(newest, offset);
    }
    journal::Reader reader(journal_);
    // Not found: its segment has aged out; then reading begins at the oldest record.
    (void)(newest > 0 && reader.seek_offset(newest));
    journal::Position cause;
    while (true) {
      const auto result = reader.next(own_last);
      const auto* record = std::get_if<journal::Record>(&result);
      if (record == nullptr) return cause;
      Envelope envelope;
      if (envelope.ParseFromArray(record->payload.data(),
                                  static_cast<int>(record->payload.size())) &&
          envelope.has_cause()) {
        cause = {envelope.cause().epoch(), envelope.cause().offset()};
      }
    }
  }

  void acknowledge() {
    const auto now = std::chrono::steady_clock::now();
    if (now < next_acknowledgement_ || input_.last() == journal::Position{}) return;
    next_acknowledgement_ = now + std::chrono::seconds(1);
    input_.acknowledge(input_.last());
  }

  Outputs outputs_;
  std::chrono::steady_clock::time_point next_acknowledgement_;
};

StageRunner::StageRunner(zmq::context_t& context, PublisherOptions publisher,
                         SubscriberOptions input, std::unique_ptr<Stage> stage)
    : impl_(std::make_unique<Impl>(context, std::move(publisher), std::move(input),
                                   std::move(stage))) {}
StageRunner::~StageRunner() = default;

void StageRunner::run_once(std::chrono::milliseconds timeout) { impl_->run_once(timeout); }
void StageRunner::close() { impl_->publisher_.close("stop"); }
const Subscriber& StageRunner::input() const { return impl_->input_; }
const Publisher& StageRunner::output() const { return impl_->publisher_; }
std::uint64_t StageRunner::steps() const { return impl_->steps_; }
std::uint64_t StageRunner::dead_letters() const { return impl_->dead_letters_; }
bool StageRunner::stale() const { return impl_->stale_; }
const std::string& StageRunner::halted() const { return impl_->halted_; }

}  // namespace depthwire::bus
