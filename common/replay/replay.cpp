#include "common/replay/replay.hpp"

#include "common/replay/records.hpp"

#include <chrono>
#include <thread>

namespace depthwire::replay {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds progress_every{250};
constexpr std::uint64_t look_every = 1'024;  // records between two looks at the clock

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

/// Whether records lie before or behind a bound. Receive times never go back but for records that
/// have none.
class Gate {
 public:
  explicit Gate(const std::optional<Bound>& bound) : bound_(bound) {}

  /// The record is at or behind the bound.
  [[nodiscard]] bool reached(const journal::Record& record) const {
    if (!bound_) return true;
    if (const auto* at = std::get_if<journal::Position>(&*bound_)) return record.position() >= *at;
    return receive_time_ns(record) >= std::get<Instant>(*bound_).ns;
  }
  /// The record is behind the bound.
  [[nodiscard]] bool passed(const journal::Record& record) const {
    if (!bound_) return false;
    if (const auto* at = std::get_if<journal::Position>(&*bound_)) return record.position() > *at;
    return receive_time_ns(record) > std::get<Instant>(*bound_).ns;
  }

 private:
  const std::optional<Bound>& bound_;
};

/// Lets records through at a multiple of the speed at which they were received.
class Pace {
 public:
  explicit Pace(double speed) : speed_(speed) {}

  /// When the record is due; nothing when it need not wait.
  [[nodiscard]] std::optional<Clock::time_point> due(const journal::Record& record) {
    const auto time_ns = speed_ > 0 ? receive_time_ns(record) : 0;
    if (time_ns == 0) return std::nullopt;
    if (first_ns_ == 0) {
      first_ns_ = time_ns;
      start_ = Clock::now();
    }
    const double after_ns = static_cast<double>(time_ns - first_ns_) / speed_;
    return start_ + std::chrono::nanoseconds(static_cast<std::int64_t>(after_ns));
  }

 private:
  double speed_;
  std::int64_t first_ns_ = 0;
  Clock::time_point start_;
};

}  // namespace

Summary run(const Input& input, const std::vector<std::unique_ptr<StageReplay>>& stages,
            const std::function<void(const Progress&)>& progress) {
  const auto start = Clock::now();
  const auto end = last_position(input.journal);
  const Gate from(input.from);
  const Gate to(input.to);
  Pace pace(input.speed);
  Summary summary;
  Records records(input.journal);
  auto next_progress = start + progress_every;
  bool aloud = false;
  while (const auto* record = records.next()) {
    if (to.passed(*record)) break;
    aloud = aloud || from.reached(*record);
    if (summary.records++ == 0) summary.first = record->position();
    summary.last = record->position();
    const auto due = aloud ? pace.due(*record) : std::nullopt;
    if (due && *due > Clock::now()) {
      for (const auto& stage : stages) stage->flush();
      std::this_thread::sleep_until(*due);
    }
    for (const auto& stage : stages) stage->take(*record, aloud);
    if (!due && summary.records % look_every != 0) continue;
    if (Clock::now() < next_progress) continue;
    next_progress = Clock::now() + progress_every;
    const auto done = static_cast<double>(summary.last.offset - summary.first.offset + 1);
    const auto all = static_cast<double>(end.offset - summary.first.offset + 1);
    progress({summary.records, all > 0 ? std::min(1.0, done / all) : 1.0, seconds_since(start)});
  }
  for (const auto& stage : stages) stage->finish();
  summary.seconds = seconds_since(start);
  return summary;
}

}  // namespace depthwire::replay
