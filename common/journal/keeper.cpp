#include "common/journal/keeper.hpp"

#include "common/journal/archive.hpp"
#include "common/journal/retention.hpp"

#include <algorithm>
#include <system_error>

namespace depthwire::journal {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::seconds every{1};
constexpr std::size_t most_consumers = 64;

/// A file may go while it is looked at: it counts as nothing.
EnvironmentUse look_up_use(const fs::path& journal) {
  const auto name = journal.filename().string();
  const auto prefix = name.substr(0, name.find('.') + 1);
  EnvironmentUse use{0, 0};
  std::error_code gone;
  for (const auto& sibling : fs::directory_iterator(journal.parent_path(), gone)) {
    if (!sibling.path().filename().string().starts_with(prefix)) continue;
    if (!sibling.is_directory(gone)) continue;
    ++use.journals;
    for (const auto& file : fs::directory_iterator(sibling.path(), gone)) {
      const auto bytes = file.file_size(gone);
      if (!gone) use.bytes += bytes;
    }
  }
  return use;
}

}  // namespace

Keeper::Keeper(KeeperOptions options, std::vector<Segment> unchecked)
    : options_(std::move(options)),
      unchecked_(std::move(unchecked)),
      began_ns_(options_.time->utc_ns()),
      began_(options_.time->steady()) {
  if (!options_.environment) {
    options_.environment = [journal = options_.directory] { return look_up_use(journal); };
  }
  if (options_.own_thread) {
    thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
  }
}

Keeper::~Keeper() = default;  // the thread is asked to stop and joined first

void Keeper::acknowledge(const std::string& consumer, Position position) {
  const bool is_required = std::find(options_.required.begin(), options_.required.end(),
                                     consumer) != options_.required.end();
  const std::lock_guard lock(mutex_);
  const auto known = acknowledged_.find(consumer);
  if (known != acknowledged_.end()) {
    known->second = std::max(known->second, position);
  } else if (is_required || acknowledged_.size() < most_consumers) {
    acknowledged_.emplace(consumer, position);
  }
}

std::vector<GivenUp> Keeper::take_given_up() {
  const std::lock_guard lock(mutex_);
  return std::exchange(given_up_, {});
}

std::map<std::string, Position> Keeper::acknowledged() const {
  const std::lock_guard lock(mutex_);
  return acknowledged_;
}

void Keeper::run(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    round();
    std::unique_lock lock(mutex_);
    wake_.wait_for(lock, stop, every, [] { return false; });
  }
}

void Keeper::round() {
  state_.trouble.clear();
  state_.acknowledged = acknowledged();
  try {
    state_.space = options_.storage->space(options_.directory);
    state_.low_space = static_cast<double>(state_.space.free) * 100 <
                       static_cast<double>(state_.space.total) * options_.min_free_percent;
    const auto segments = sealed();
    if (!options_.archive.empty()) archive(segments);
    remove_old(segments);
    remove_old_cuts(options_.directory, *options_.storage);
    check_some();
  } catch (const std::system_error& error) {
    state_.trouble = error.what();
  }
  if (options_.report) options_.report(state_);
}

// The sealed segments up to the first that is not: it is written to, or waits for its seal.
std::vector<Keeper::SealedSegment> Keeper::sealed() {
  std::vector<SealedSegment> found;
  state_.bytes = 0;
  for (auto& segment : list_segments(options_.directory, *options_.storage)) {
    if (segment.archived) continue;
    auto known = seals_.find(segment.path);
    if (known == seals_.end()) {
      auto seal = load_seal(*options_.storage, segment.path);
      if (!seal) break;
      known = seals_.emplace(segment.path, std::move(*seal)).first;
    }
    state_.bytes += known->second.bytes;
    found.push_back({std::move(segment), known->second});
  }
  state_.segments = found.size();
  return found;
}

bool Keeper::damaged(const SealedSegment& segment, std::string_view bytes) {
  const auto how = damage(bytes, segment.segment, segment.seal);
  if (!how) return false;
  state_.damage = segment.segment.path.string() + ": " + *how;
  return true;
}

// Nothing grows old because somebody sets the wall clock: ahead, the steady clock knows better;
// back, the newest records have times of the past, and now is as early as they say.
std::int64_t Keeper::now_ns() const {
  const auto since = options_.time->steady() - began_;
  const auto steady = began_ns_ + std::chrono::nanoseconds(since).count();
  return std::min(options_.time->utc_ns(), steady);
}

// One segment a round is faster than they are written.
void Keeper::archive(const std::vector<SealedSegment>& segments) {
  for (const auto& segment : segments) {
    if (options_.storage->exists(archived_path(options_.archive, segment.segment))) continue;
    const auto bytes = read_all(*options_.storage->open(segment.segment.path, Access::read));
    if (damaged(segment, bytes)) return;
    try {
      archive_segment(*options_.storage, segment.segment, bytes, options_.archive);
    } catch (const std::system_error& error) {
      state_.trouble = std::string("archive: ") + error.what();
      return;
    }
    ++state_.archived;
    return;
  }
}

void Keeper::remove_old(const std::vector<SealedSegment>& segments) {
  std::vector<Held> held;
  held.reserve(segments.size());
  for (const auto& [segment, seal] : segments) {
    held.push_back({seal.bytes, seal.last, seal.last_time_ns});
  }
  const auto use = options_.environment();
  Allowance allowance{.own_bytes = state_.bytes,
                      .environment_bytes = std::max(use.bytes, state_.bytes),
                      .journals = use.journals,
                      .bytes = options_.bytes,
                      .hard_bytes = options_.hard_bytes,
                      .age = options_.age,
                      .now_ns = now_ns()};
  for (const auto& consumer : options_.required) {
    const auto position = state_.acknowledged[consumer];  // none since the start: {0, 0}
    allowance.acknowledged = std::min(allowance.acknowledged.value_or(position), position);
  }
  const auto removals = plan_retention(held, allowance);
  allowance.acknowledged.reset();
  const bool waits = plan_retention(held, allowance).count > removals.count;
  state_.waiting_for.clear();
  for (std::size_t i = 0; i < removals.count; ++i) {
    const auto& segment = segments[i];
    std::string lacking;
    for (const auto& consumer : options_.required) {
      if (state_.acknowledged[consumer] >= segment.seal.last) continue;
      lacking += (lacking.empty() ? "" : ", ") + consumer;
    }
    // What shall be archived first is kept as long as what shall be read first.
    const bool archived = options_.archive.empty() || options_.storage->exists(archived_path(
                                                          options_.archive, segment.segment));
    const bool must_go = allowance.environment_bytes > options_.hard_bytes;
    if (!archived && !must_go) return;
    remove(segment);
    if (lacking.empty()) continue;
    const std::lock_guard lock(mutex_);
    given_up_.push_back({segment.segment.first(), segment.seal.last, lacking});
  }
  if (!waits) return;
  const auto& next = segments[removals.count].seal.last;
  for (const auto& consumer : options_.required) {
    if (state_.acknowledged[consumer] < next) state_.waiting_for.push_back(consumer);
  }
}

// Durably one by one: a power cut must not bring back an older one without those after it.
void Keeper::remove(const SealedSegment& segment) {
  options_.storage->remove(segment.segment.path);
  options_.storage->sync_directory(options_.directory);
  options_.storage->remove(seal_path(segment.segment.path));
  seals_.erase(segment.segment.path);
  ++state_.removed;
}

// Once per round, as much as the rate allows: a segment larger than that pauses the next rounds.
void Keeper::check_some() {
  state_.left_to_check = unchecked_.size();
  const auto now = options_.time->steady();
  while (!unchecked_.empty() && now >= next_check_ && state_.damage.empty()) {
    const auto segment = std::move(unchecked_.back());
    unchecked_.pop_back();
    const auto seal = seals_.find(segment.path);
    if (seal == seals_.end()) continue;  // removed meanwhile
    const auto bytes = read_all(*options_.storage->open(segment.path, Access::read));
    const auto seconds =
        static_cast<double>(bytes.size()) /
        static_cast<double>(std::max<std::uint64_t>(1, options_.check_bytes_per_second));
    next_check_ = now + std::chrono::duration_cast<std::chrono::steady_clock::duration>(
                            std::chrono::duration<double>(seconds));
    if (damaged({segment, seal->second}, bytes)) break;
  }
  state_.left_to_check = unchecked_.size();
}

}  // namespace depthwire::journal
