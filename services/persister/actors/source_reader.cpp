#include "services/persister/actors/source_reader.hpp"

#include "common/service/bus_metrics.hpp"

#include <spdlog/spdlog.h>

#include <utility>

namespace depthwire::persister {

namespace {

// A heartbeat comes before that. Also how long an acknowledgement and the end may have to wait.
constexpr std::chrono::milliseconds patience{300};

}  // namespace

SourceReader::SourceReader(zmq::context_t& context, bus::SubscriberOptions options,
                           std::size_t index, Inbox& inbox, Status& status)
    : source_(options.source), index_(index), inbox_(inbox), status_(status) {
  status_.set_source_problem(source_, "");
  if (const auto* after = std::get_if<bus::After>(&options.start)) {
    stored_offset_ = after->last.offset;
  }
  thread_ = std::thread([this, &context, moved = std::move(options)] { run(context, moved); });
}

SourceReader::~SourceReader() {
  stop();
  thread_.join();
}

void SourceReader::acknowledge(journal::Position position) {
  const std::lock_guard lock(mutex_);
  stored_ = position;
  stored_offset_ = position.offset;
}

void SourceReader::run(zmq::context_t& context, const bus::SubscriberOptions& options) {
  bus::Subscriber subscriber(context, options);
  service::SubscriberMetrics metrics(status_.registry(), source_);
  while (!stopping_) {
    bus::Batch batch = subscriber.receive(patience);
    take_notices(batch, subscriber.live());
    std::optional<journal::Position> stored;
    std::uint64_t offset = 0;
    {
      const std::lock_guard lock(mutex_);
      stored = std::exchange(stored_, std::nullopt);
      offset = stored_offset_;
    }
    const std::uint64_t head = subscriber.head().offset;
    const std::uint64_t lag = head > offset ? head - offset : 0;
    metrics.update(lag, subscriber);
    status_.set_lag(source_, lag);
    tell_keys(subscriber.problem());
    if (stored) subscriber.acknowledge(*stored);
    if (!batch.empty() && !inbox_.push({index_, std::move(batch)})) return;
  }
}

void SourceReader::tell_keys(const std::string& problem) {
  if (problem == keys_problem_) return;
  keys_problem_ = problem;
  status_.set_source_problem(source_ + ".keys", problem);
  if (!problem.empty()) spdlog::error("{}", problem);
}

void SourceReader::take_notices(const bus::Batch& batch, bool live) {
  for (const bus::Notice& notice : batch.notices) {
    if (std::holds_alternative<bus::Stale>(notice) && seen_) {
      // One that was never there is not missed: it may not be meant to run.
      status_.set_source_problem(source_, "nothing is heard of it");
      spdlog::warn("{}: nothing is heard of it", source_);
    } else if (std::holds_alternative<bus::Fresh>(notice)) {
      status_.set_source_problem(source_, "");
      spdlog::info("{}: records flow", source_);
    } else if (const auto* halted = std::get_if<bus::Halted>(&notice)) {
      status_.set_source_problem(source_, "halted: " + halted->reason);
      spdlog::error("{}: halted, nothing of it is stored: {}", source_, halted->reason);
    } else if (std::holds_alternative<bus::Resumed>(notice)) {
      status_.set_source_problem(source_, "");
      spdlog::warn("{}: the halt is over", source_);
    }
  }
  if (live && !std::exchange(seen_, true)) spdlog::info("{}: caught up", source_);
}

}  // namespace depthwire::persister
