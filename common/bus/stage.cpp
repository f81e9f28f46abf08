#include "common/bus/stage.hpp"

#include "common/bus/skips.hpp"
#include "common/bus/stage_driver.hpp"
#include "common/bus/stage_restore.hpp"
#include "common/bus/step_mark.hpp"
#include "common/service/exit_error.hpp"

#include <algorithm>
#include <system_error>
#include <thread>

namespace depthwire::bus {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr std::size_t max_steps_per_group = 512;
constexpr std::chrono::milliseconds room_every{50};
constexpr std::uint64_t patient_crashes = 2;

}  // namespace

class StageRunner::Impl final : StepJournal {
 public:
  Impl(zmq::context_t& context, const PublisherOptions& publisher, const SubscriberOptions& input,
       std::unique_ptr<Stage> stage, const StageOptions& options)
      : stage_(std::move(stage)),
        driver_(*stage_, input.source, *this),
        options_(options),
        build_(publisher.build),
        kind_{input.source, hash_of(publisher.parameters), stage_->state_version()},
        journal_(publisher.journal),
        publisher_(context, as_stage(publisher)),  // from here on the journal is ours
        skips_(read_skips(journal_)),
        mark_(journal_ / "stepping", build_),
        silent_until_(last_cause(journal_, publisher_.recovered().last)),
        restored_(restore(*stage_, journal_, kind_, publisher_.recovered().last, skips_)),
        stepped_(restored_.cause),
        input_(context, from(input, stepped_, silent_until_)),
        snapshots_(journal_) {
    refuse_a_crasher();
  }

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
    const bool due = SteadyClock::now() >= next_snapshot_ && snapshots_.idle();
    if (due && !publisher_.full()) take_snapshot();
  }

  void close() {
    const bool whole = !publisher_.full();  // else outputs of this state go with the process
    publisher_.close("stop");
    if (whole) take_snapshot();
    snapshots_.finish();
  }

  std::unique_ptr<Stage> stage_;
  StageDriver driver_;
  StageOptions options_;
  std::string build_;
  StateKind kind_;
  std::filesystem::path journal_;
  Publisher publisher_;
  Skips skips_;
  StepMark mark_;
  journal::Position silent_until_;  // up to there our journal holds every output already
  Restored restored_;
  journal::Position stepped_;  // the last input that the state has seen
  Subscriber input_;
  SnapshotWriter snapshots_;
  std::chrono::nanoseconds snapshot_time_{0};
  std::uint64_t steps_ = 0;
  std::uint64_t dead_letters_ = 0;
  std::string last_dead_letter_;
  std::uint64_t losses_ = 0;
  std::string last_loss_;
  bool stale_ = false;
  std::string halted_;

 private:
  static PublisherOptions as_stage(PublisherOptions options) {
    options.stage = true;
    return options;
  }
  // Our journal and our state tell what we were given; the input has to know that still.
  static SubscriberOptions from(SubscriberOptions options, journal::Position stepped,
                                journal::Position last_cause) {
    if (stepped != journal::Position{}) options.start = After{stepped};
    options.seen = std::max(stepped, last_cause);
    return options;
  }

  void refuse_a_crasher() const {
    const auto at = mark_.crashed_at();
    if (mark_.crashes() <= patient_crashes || skips_.contains(at)) return;
    const auto& stage = publisher_.source();
    throw service::ExitError(
        service::exit_code::corrupt,
        "stepping the input " + kind_.input + ":" + journal::to_string(at) + " has ended " + stage +
            " " + std::to_string(mark_.crashes()) +
            " times; it is not tried again. Look at it with `depthwire journal dump`, then start "
            "another build that can take it, or have it skipped: depthwire skip --source " +
            kind_.input + " --position " + journal::to_string(at) + " --stage " +
            stage.substr(stage.find('.') + 1) + " --reason TEXT");
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
    mark_.begin(record.position());
    const bool silent = record.position() <= silent_until_;
    const auto skip = skips_.find(record.position());
    if (skip != skips_.end()) {
      if (!silent) {
        driver_.skip(record, skip->second);
        note_dead_letter(record);
      }
    } else if (silent) {
      driver_.step_silently(record);
    } else if (!driver_.step(record)) {
      note_dead_letter(record);
    }
    mark_.end();
    stepped_ = record.position();
  }

  void note_dead_letter(const journal::Record& record) {
    ++dead_letters_;
    last_dead_letter_ =
        kind_.input + ":" + journal::to_string(record.position()) + ": " + driver_.last_error();
  }

  // To memory on this thread, to the disk on another.
  void take_snapshot() {
    if (options_.snapshot_interval.count() == 0) return;
    if (driver_.owes_loss()) return;  // a state that has forgotten would not tell it
    const auto start = SteadyClock::now();
    next_snapshot_ = start + options_.snapshot_interval;
    if (stepped_ == saved_) return;
    Snapshot snapshot{.kind = kind_,
                      .build = build_,
                      .cause = stepped_,
                      .head = publisher_.head(),
                      .skips = skips_until(skips_, stepped_)};
    snapshot.state.reserve(saved_bytes_ + saved_bytes_ / 8);
    stage_->save(snapshot.state);
    saved_ = stepped_;
    saved_bytes_ = snapshot.state.size();
    snapshots_.give(std::move(snapshot));
    snapshot_time_ = SteadyClock::now() - start;
  }

  void take(const Notice& notice) {
    if (const auto* lost = std::get_if<Lost>(&notice)) take_loss(*lost);
    if (std::holds_alternative<Stale>(notice)) stale_ = true;
    if (std::holds_alternative<Fresh>(notice)) stale_ = false;
    if (const auto* halted = std::get_if<Halted>(&notice)) halted_ = halted->reason;
    if (std::holds_alternative<Resumed>(notice)) halted_.clear();
  }

  void take_loss(const Lost& lost) {
    ++losses_;
    last_loss_ = kind_.input + ": what lies between " + journal::to_string(lost.after) + " and " +
                 journal::to_string(lost.first) + " is lost: " + std::string(to_string(lost.cause));
    driver_.lost(lost);
    next_snapshot_ = {};  // from an older one the same would be lost, and told, again
  }

  void acknowledge() {
    const auto now = SteadyClock::now();
    if (now < next_acknowledgement_ || input_.last() == journal::Position{}) return;
    next_acknowledgement_ = now + std::chrono::seconds(1);
    input_.acknowledge(input_.last());
  }

  SteadyClock::time_point next_acknowledgement_;
  SteadyClock::time_point next_snapshot_ = SteadyClock::now() + options_.snapshot_interval;
  journal::Position saved_ = restored_.cause;  // of the newest snapshot
  std::size_t saved_bytes_ = 0;
};

StageRunner::StageRunner(zmq::context_t& context, const PublisherOptions& publisher,
                         const SubscriberOptions& input, std::unique_ptr<Stage> stage,
                         const StageOptions& options) try
    : impl_(std::make_unique<Impl>(context, publisher, input, std::move(stage), options)) {
} catch (const std::system_error& error) {
  throw service::ExitError(service::exit_code::disk,
                           std::string("the stage's journal directory: ") + error.what());
}
StageRunner::~StageRunner() = default;

void StageRunner::run_once(std::chrono::milliseconds timeout) { impl_->run_once(timeout); }
void StageRunner::close() { impl_->close(); }
const Subscriber& StageRunner::input() const { return impl_->input_; }
const Publisher& StageRunner::output() const { return impl_->publisher_; }
std::uint64_t StageRunner::steps() const { return impl_->steps_; }
std::uint64_t StageRunner::dead_letters() const { return impl_->dead_letters_; }
const std::string& StageRunner::last_dead_letter() const { return impl_->last_dead_letter_; }
std::uint64_t StageRunner::losses() const { return impl_->losses_; }
const std::string& StageRunner::last_loss() const { return impl_->last_loss_; }
bool StageRunner::stale() const { return impl_->stale_; }
const std::string& StageRunner::halted() const { return impl_->halted_; }
bool StageRunner::replaying() const { return impl_->stepped_ < impl_->silent_until_; }
const std::vector<std::string>& StageRunner::notes() const { return impl_->restored_.notes; }
SnapshotCounts StageRunner::snapshots() const { return impl_->snapshots_.counts(); }
std::chrono::nanoseconds StageRunner::snapshot_time() const { return impl_->snapshot_time_; }

}  // namespace depthwire::bus
