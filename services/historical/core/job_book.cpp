#include "services/historical/core/job_book.hpp"

#include <algorithm>
#include <charconv>

namespace depthwire::historical {
namespace {

constexpr std::size_t ended_kept = 256;

Range range_of(const bus::Job& job) {
  return {job.from_time_ns() / ns_per_ms, job.until_time_ns() / ns_per_ms};
}

template <class Message>
Series series_of(const Message& message) {
  return {message.symbol(), message.period(), message.side()};
}

template <class Message>
void set_series(Message& message, const Series& series) {
  message.set_symbol(series.symbol);
  message.set_period(series.period);
  message.set_side(series.side);
}

}  // namespace

const JobBook::Job* JobBook::find(const std::string& id) const {
  const auto found = std::ranges::find(jobs_, id, &Job::id);
  return found == jobs_.end() ? nullptr : &*found;
}

JobBook::Job* JobBook::find(const std::string& id) {
  const auto found = std::ranges::find(jobs_, id, &Job::id);
  return found == jobs_.end() ? nullptr : &*found;
}

std::string JobBook::submit(const Series& series, const Range& range, bus::Job::Priority priority,
                            bool again) {
  const auto same = std::ranges::find_if(jobs_, [&](const Job& job) {
    return is_open(job.state) && job.series == series && job.range == range &&
           job.priority == priority;
  });
  if (same != jobs_.end() && !again) return same->id;
  begin({.id = "job-" + std::to_string(next_job_++),
         .series = series,
         .range = range,
         .priority = priority},
        again);
  return jobs_.back().id;
}

void JobBook::begin(Job job, bool again) {
  if (again) covered_[job.series].remove(job.range);
  jobs_.push_back(std::move(job));
  end_if_complete(jobs_.back());
  forget_old();
}

bool JobBook::cancel(const std::string& id) {
  auto* const found = find(id);
  if (found == nullptr || !is_open(found->state)) return false;
  found->state = bus::Job::cancelled;
  return true;
}

std::optional<PlannedRequest> JobBook::next() {
  if (under_way_.size() >= requests_at_once) return std::nullopt;
  for (const auto priority : {bus::Job::healing, bus::Job::interactive, bus::Job::bulk}) {
    for (auto& job : jobs_) {
      if (job.priority != priority || !is_open(job.state)) continue;
      // Another job may have fetched the rest of it.
      end_if_complete(job);
      const auto window = next_window(job);
      if (!window) continue;
      job.state = bus::Job::running;
      under_way_.push_back({job.id, job.series, *window});
      return under_way_.back();
    }
  }
  return std::nullopt;
}

/// The newest window of which nothing is under way.
std::optional<Range> JobBook::next_window(const Job& job) const {
  if (!is_open(job.state)) return std::nullopt;
  const auto width = widest_ms(job.series);
  auto known = covered(job.series);
  for (const auto& range : job.settled.all()) known.add(range);
  const auto gaps = known.missing(job.range);
  for (auto gap = gaps.rbegin(); gap != gaps.rend(); ++gap) {
    for (auto until = gap->until_ms; until > gap->from_ms;) {
      const auto begin = (until - 1) / width * width;
      const Range window{std::max(begin, gap->from_ms), until};
      if (!under_way(job.series, {begin, begin + width})) return window;
      until = window.from_ms;
    }
  }
  return std::nullopt;
}

bool JobBook::under_way(const Series& series, const Range& range) const {
  return std::ranges::any_of(under_way_, [&](const PlannedRequest& request) {
    return request.series == series && !common(request.range, range).empty();
  });
}

bool JobBook::under_way(const std::string& job) const {
  return std::ranges::any_of(under_way_, [&](const auto& request) { return request.job == job; });
}

void JobBook::take_back(const PlannedRequest& request) {
  std::erase_if(under_way_, [&](const PlannedRequest& each) {
    return each.job == request.job && each.range == request.range;
  });
}

bus::Job JobBook::after(const Outcome& outcome) const {
  JobBook then = *this;
  then.done(outcome);
  auto told = then.job(outcome.request.job).value_or(bus::Job());
  const auto& page = outcome.reach.covered;
  if (!page.empty()) {
    told.set_page_from_ns(page.from_ms * ns_per_ms);
    told.set_page_until_ns(page.until_ms * ns_per_ms);
  }
  return told;
}

void JobBook::done(const Outcome& outcome) {
  take_back(outcome.request);
  covered_[outcome.request.series].add(outcome.reach.covered);
  auto* const job = find(outcome.request.job);
  if (job == nullptr) return;
  job->settled.add(outcome.reach.settled);
  job->records += outcome.records;
  ++job->requests;
  if (is_open(job->state)) end_if_complete(*job);
}

void JobBook::put_back(const PlannedRequest& request) { take_back(request); }

void JobBook::failed(const PlannedRequest& request, const std::string& why) {
  take_back(request);
  auto* const job = find(request.job);
  if (job == nullptr || !is_open(job->state)) return;
  job->state = bus::Job::failed;
  job->detail = why;
}

void JobBook::end_if_complete(Job& job) const {
  if (under_way(job.id) || next_window(job)) return;
  auto known = covered(job.series);
  for (const auto& range : job.settled.all()) known.add(range);
  if (known.missing(job.range).empty()) job.state = bus::Job::done;
}

void JobBook::forget_old() {
  auto ended = jobs_.size() - open_jobs();
  for (auto job = jobs_.begin(); ended > ended_kept && job != jobs_.end();) {
    if (is_open(job->state)) {
      ++job;
    } else {
      job = jobs_.erase(job);
      --ended;
    }
  }
}

std::optional<bus::Job> JobBook::job(const std::string& id) const {
  const auto* const found = find(id);
  if (found == nullptr) return std::nullopt;
  bus::Job told;
  told.set_id(found->id);
  told.set_state(found->state);
  told.set_detail(found->detail);
  told.set_records(found->records);
  set_series(told, found->series);
  told.set_from_time_ns(found->range.from_ms * ns_per_ms);
  told.set_until_time_ns(found->range.until_ms * ns_per_ms);
  told.set_priority(found->priority);
  told.set_requests(found->requests);
  auto known = covered(found->series);
  for (const auto& range : found->settled.all()) known.add(range);
  told.set_left_ns(found->state == bus::Job::done ? 0 : known.missing_ms(found->range) * ns_per_ms);
  return told;
}

std::vector<bus::Job> JobBook::jobs() const {
  std::vector<bus::Job> all;
  for (const auto& each : jobs_) all.push_back(*job(each.id));
  return all;
}

std::size_t JobBook::open_jobs() const {
  return static_cast<std::size_t>(
      std::ranges::count_if(jobs_, [](const Job& job) { return is_open(job.state); }));
}

bool JobBook::is_waited_for() const {
  return std::ranges::any_of(jobs_, [](const Job& job) {
    return job.priority == bus::Job::interactive && is_open(job.state);
  });
}

const TimeRanges& JobBook::covered(const Series& series) const {
  static const TimeRanges nothing;
  const auto found = covered_.find(series);
  return found == covered_.end() ? nothing : found->second;
}

bus::HistoryState JobBook::state() const {
  bus::HistoryState state;
  state.set_next_job(next_job_);
  for (const auto& each : jobs_) {
    if (each.priority != bus::Job::interactive) *state.add_jobs() = *job(each.id);
  }
  for (const auto& [series, ranges] : covered_) {
    auto& coverage = *state.add_coverage();
    set_series(coverage, series);
    for (const auto& range : ranges.all()) {
      coverage.add_bounds_ns(range.from_ms * ns_per_ms);
      coverage.add_bounds_ns(range.until_ms * ns_per_ms);
    }
  }
  return state;
}

void JobBook::restore(const bus::HistoryState& state) {
  for (const auto& coverage : state.coverage()) {
    auto& ranges = covered_[series_of(coverage)];
    for (int i = 0; i + 1 < coverage.bounds_ns_size(); i += 2) {
      ranges.add({coverage.bounds_ns(i) / ns_per_ms, coverage.bounds_ns(i + 1) / ns_per_ms});
    }
  }
  for (const auto& job : state.jobs()) replay(job);
  next_job_ = std::max(next_job_, state.next_job());
}

void JobBook::replay(const bus::Job& record) {
  const auto series = series_of(record);
  if (record.again()) covered_[series].remove(range_of(record));
  covered_[series].add({record.page_from_ns() / ns_per_ms, record.page_until_ns() / ns_per_ms});
  // "job-17": ids are never given twice.
  std::uint64_t number = 0;
  const auto digits = record.id().find_last_not_of("0123456789") + 1;
  std::from_chars(record.id().data() + digits, record.id().data() + record.id().size(), number);
  next_job_ = std::max(next_job_, number + 1);
  if (record.priority() == bus::Job::interactive) return;
  if (find(record.id()) == nullptr) {
    jobs_.push_back({.id = record.id(),
                     .series = series,
                     .range = range_of(record),
                     .priority = record.priority()});
  }
  auto& job = *find(record.id());
  job.state = record.state();
  job.detail = record.detail();
  job.records = record.records();
  job.requests = record.requests();
  forget_old();
}

}  // namespace depthwire::historical
