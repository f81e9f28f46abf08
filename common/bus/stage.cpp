#include "common/bus/stage.hpp"

#include "common/bus/stage_driver.hpp"

#include <algorithm>
#include <thread>

namespace depthwire::bus {
namespace {

constexpr std::size_t max_steps_per_group = 512;
constexpr std::chrono::milliseconds room_every{50};

}  // namespace

class StageRunner::Impl final : StepJournal {
 public:
  Impl(zmq::context_t& context, PublisherOptions publisher, SubscriberOptions input,
       std::unique_ptr<Stage> stage)
      : stage_(std::move(stage)),
        driver_(*stage_, input.source, *this),
        journal_(publisher.journal),
        publisher_(context, as_stage(std::move(publisher))),
        silent_until_(last_cause(journal_, publisher_.recovered().last)),
        input_(context, std::move(input)) {}

  void run_once(std::chrono::milliseconds timeout) {
    if (publisher_.full()) return wait_for_room(timeout);
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

  std::unique_ptr<Stage> stage_;
  StageDriver driver_;
  std::filesystem::path journal_;
  Publisher publisher_;
  journal::Position silent_until_;  // up to there our journal holds every output already
  Subscriber input_;
  std::uint64_t steps_ = 0;
  std::uint64_t dead_letters_ = 0;
  bool stale_ = false;
  std::string halted_;

 private:
  static PublisherOptions as_stage(PublisherOptions options) {
    options.stage = true;
    return options;
  }

  journal::TopicId topic(std::string_view kind, std::string_view symbol) override {
    return publisher_.topic(kind, symbol);
  }
  journal::TopicId control_topic() override { return publisher_.control_topic(); }
  void append(journal::TopicId topic, int payload_type, std::string_view envelope,
              std::uint16_t flags) override {
    publisher_.append(topic, payload_type, envelope, flags);
  }

  // A stage loses nothing on a full disk: its input is in another journal, and waits.
  void wait_for_room(std::chrono::milliseconds timeout) {
    publisher_.flush();
    publisher_.tick();
    if (publisher_.full()) std::this_thread::sleep_for(std::min(timeout, room_every));
  }

  void step(const journal::Record& record) {
    ++steps_;
    if (record.position() <= silent_until_) {
      driver_.step_silently(record);
    } else if (!driver_.step(record)) {
      ++dead_letters_;
    }
  }

  void take(const Notice& notice) {
    if (std::holds_alternative<Lost>(notice)) stage_->lost();
    if (std::holds_alternative<Stale>(notice)) stale_ = true;
    if (std::holds_alternative<Fresh>(notice)) stale_ = false;
    if (const auto* halted = std::get_if<Halted>(&notice)) halted_ = halted->reason;
    if (std::holds_alternative<Resumed>(notice)) halted_.clear();
  }

  void acknowledge() {
    const auto now = std::chrono::steady_clock::now();
    if (now < next_acknowledgement_ || input_.last() == journal::Position{}) return;
    next_acknowledgement_ = now + std::chrono::seconds(1);
    input_.acknowledge(input_.last());
  }

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
