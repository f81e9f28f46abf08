#include "services/historical/actors/job_runner.hpp"

#include "common/config/nearest.hpp"
#include "common/ctrader/bars.hpp"
#include "services/historical/actors/now.hpp"
#include "services/historical/actors/refusal.hpp"
#include "services/historical/core/bar_decoder.hpp"
#include "services/historical/core/tick_decoder.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

namespace depthwire::historical {
namespace {

using ctrader::SessionState;
using Status = bus::CommandAnswer::Status;

constexpr std::size_t most_open_jobs = 4'096;
/// After the broker could not answer for the moment: the client has tried for longer by then.
constexpr std::chrono::seconds pause_after_trouble{5};

/// The first millisecond at or after `ns`.
std::int64_t ms_from(std::int64_t ns) { return ns / ns_per_ms + (ns % ns_per_ms > 0 ? 1 : 0); }

ctrader::Request request_of(std::int64_t account, std::int64_t symbol,
                            const PlannedRequest& planned) {
  const auto& [from, until] = planned.range;
  if (planned.series.is_ticks()) {
    const auto side = planned.series.side == bus::bid ? market::Side::bid : market::Side::ask;
    return ctrader::ticks(account, symbol, side, from, until - 1);
  }
  return ctrader::bars(account, symbol, *ctrader::number_of(planned.series.period), from,
                       until - 1);
}

void add(bus::HistoryReply& reply, std::int64_t time_ns) {
  const bool first = reply.records() == 0;
  reply.set_oldest_ns(first ? time_ns : std::min(reply.oldest_ns(), time_ns));
  reply.set_newest_ns(first ? time_ns : std::max(reply.newest_ns(), time_ns));
  reply.set_records(reply.records() + 1);
}

}  // namespace

JobRunner::JobRunner(ctrader::Client& client, ctrader::EdgeLog& log,
                     const ctrader::Catalogue& catalogue, HistoryJournal& history, Healing& healing)
    : client_{client}, log_{log}, catalogue_{catalogue}, history_{history}, healing_{healing} {
  if (open_jobs() > 0) spdlog::info("historical: going on with {} jobs", open_jobs());
}

bool JobRunner::ready() const {
  return client_.state() == SessionState::ready && !catalogue_.empty();
}

// Commands.

bool JobRunner::command(const std::string& name, const std::string& body,
                        const bus::AnswerCommand& answer) {
  const auto unreadable = [&] {
    answer({Status::refused, "the body of " + name + " cannot be read", {}});
  };
  if (name == "bars") {
    bus::BarsCommand asked;
    if (!asked.ParseFromString(body)) return unreadable(), true;
    if (asked.period() == bus::period_unknown) {
      return answer({Status::refused, "bars needs a period", {}}), true;
    }
    fetch({asked.symbol(), asked.period()}, asked.from_time_ns(), asked.to_time_ns(), answer);
  } else if (name == "ticks") {
    bus::TicksCommand asked;
    if (!asked.ParseFromString(body)) return unreadable(), true;
    fetch({.symbol = asked.symbol(), .side = asked.side()}, asked.from_time_ns(),
          asked.to_time_ns(), answer);
  } else if (name == "backfill") {
    backfill(body, answer);
  } else if (name == "jobs" || name == "cancel") {
    tell_jobs(body, answer, name == "cancel");
  } else {
    return false;
  }
  return true;
}

std::optional<bus::CommandAnswer> JobRunner::refusal(const Series& series,
                                                     const Range& range) const {
  if (const auto wrong = check(series, range))
    return bus::CommandAnswer{Status::refused, *wrong, {}};
  if (!ready()) {
    return bus::CommandAnswer{
        Status::failed,
        "not connected to the broker: " + std::string(to_string(client_.state())),
        {}};
  }
  if (!catalogue_.id(series.symbol)) {
    const auto near = config::nearest(series.symbol, catalogue_.enabled_names());
    return bus::CommandAnswer{
        Status::refused,
        "the broker has no symbol " + series.symbol + (near ? "; did you mean " + *near + "?" : ""),
        {}};
  }
  if (open_jobs() >= most_open_jobs) {
    return bus::CommandAnswer{
        Status::failed, std::to_string(most_open_jobs) + " jobs wait already; try again later", {}};
  }
  return std::nullopt;
}

/// `bars` and `ticks`: an interactive job, answered at its end.
void JobRunner::fetch(const Series& series, std::int64_t from_ns, std::int64_t to_ns,
                      const bus::AnswerCommand& answer) {
  const Range range{ms_from(from_ns), to_ns / ns_per_ms + 1};
  if (to_ns < from_ns) return answer(*refusal(series, {1, 0}));
  if (const auto refused = refusal(series, range)) return answer(*refused);
  const auto id = book_.submit(series, range, bus::Job::interactive, false);
  // Somebody else may wait for the same already.
  if (waiters_.contains(id)) {
    waiters_[id].answer = [first = waiters_[id].answer, answer](const bus::CommandAnswer& both) {
      first(both);
      answer(both);
    };
  } else {
    waiters_[id] = {answer, {}};
  }
  pump();
}

void JobRunner::backfill(const std::string& body, const bus::AnswerCommand& answer) {
  bus::BackfillCommand asked;
  if (!asked.ParseFromString(body)) {
    return answer({Status::refused, "the body of backfill cannot be read", {}});
  }
  const Series series{asked.symbol(), asked.period(), asked.side()};
  const Range range{ms_from(asked.from_time_ns()), ms_from(asked.until_time_ns())};
  if (const auto refused = refusal(series, range)) return answer(*refused);
  const auto id = book_.submit(series, range, bus::Job::bulk, asked.again());
  auto told = *book_.job(id);
  told.set_again(asked.again());
  if (!tell(told)) {
    book_.cancel(id);
    return answer({Status::failed, "the journal's disk is full: make room and try again", {}});
  }
  pump();
  answer({Status::done, "", book_.job(id)->SerializeAsString()});
}

void JobRunner::tell_jobs(const std::string& body, const bus::AnswerCommand& answer, bool cancel) {
  bus::JobsCommand asked;
  if (!asked.ParseFromString(body)) {
    return answer({Status::refused, "the body of jobs and cancel cannot be read", {}});
  }
  bus::JobsReply reply;
  for (const auto& id : asked.ids()) {
    if (cancel && book_.cancel(id)) tell(*book_.job(id));
    const auto job = book_.job(id);
    if (!job) return answer({Status::refused, "there is no job " + id, {}});
    *reply.add_jobs() = *job;
  }
  if (asked.ids().empty() && !cancel) {
    for (auto& job : book_.jobs()) *reply.add_jobs() = std::move(job);
  }
  answer_waiters();
  answer({Status::done, "", reply.SerializeAsString()});
}

// Requests and answers.

void JobRunner::tick() {
  keep_state();
  pump();
}

void JobRunner::pump() {
  if (pause_until_ && ctrader::Clock::now() < *pause_until_) return;
  pause_until_.reset();
  while (ready() && !log_.publisher().full()) {
    const auto request = book_.next();
    if (!request) break;
    ask(*request);
  }
  // Another job may have fetched what one of them waits for.
  answer_waiters();
}

void JobRunner::ask(const PlannedRequest& request) {
  const auto symbol = catalogue_.id(request.series.symbol);
  if (!symbol) {
    return failed(request, "the broker has no symbol " + request.series.symbol + " any more");
  }
  client_.send(request_of(client_.account_id(), *symbol, request),
               [this, request](const ctrader::Answer& came) { answered(request, came); });
}

void JobRunner::answered(const PlannedRequest& request, const ctrader::Answer& came) {
  if (!came) {
    refused(request, came.error());
  } else if (request.series.is_ticks()) {
    got_ticks(request, *came);
  } else {
    got_bars(request, *came);
  }
  pump();
}

void JobRunner::refused(const PlannedRequest& request, const ctrader::BrokerError& error) {
  if (error.code == "CONNECTION_LOST") return book_.put_back(request);
  if (is_final(error)) return failed(request, to_string(error));
  spdlog::warn("historical: {} of {}: {}; asking again", request.job, to_string(request.series),
               to_string(error));
  book_.put_back(request);
  pause_until_ = ctrader::Clock::now() + pause_after_trouble;
}

void JobRunner::failed(const PlannedRequest& request, const std::string& why) {
  spdlog::warn("historical: {} of {} has failed: {}", request.job, to_string(request.series), why);
  book_.failed(request, why);
  if (const auto job = book_.job(request.job)) tell(*job);
  answer_waiters();
}

void JobRunner::got_bars(const PlannedRequest& request, const ctrader::Envelope& envelope) {
  ctrader::ProtoOAGetTrendbarsRes message;
  if (!ctrader::parse_payload(envelope, message)) {
    return failed(request, "the broker's answer cannot be read");
  }
  auto bars = decode_bars(message, request.series.period);
  if (!bars) return failed(request, "the broker sent " + std::string(to_string(bars.error())));
  auto page = bars_page(std::move(*bars), request.series.period, request.range, message.hasmore(),
                        now_ms(log_));
  std::vector<bus::Envelope> records(page.bars.size());
  for (std::size_t i = 0; i < records.size(); ++i) {
    records[i].set_event_time_ns(page.bars[i].open_time_ns());
    *records[i].mutable_bar() = std::move(page.bars[i]);
  }
  publish(request, page.reach, records, counts_.bars);
}

void JobRunner::got_ticks(const PlannedRequest& request, const ctrader::Envelope& envelope) {
  ctrader::ProtoOAGetTickDataRes message;
  if (!ctrader::parse_payload(envelope, message)) {
    return failed(request, "the broker's answer cannot be read");
  }
  auto ticks = decode_ticks(message);
  if (!ticks) return failed(request, "the broker sent " + std::string(to_string(ticks.error())));
  auto page = ticks_page(std::move(*ticks), request.range, message.hasmore(), now_ms(log_));
  // What streaming has seen is stored already, or healing will tell of it.
  const auto& healer = healing_.healer();
  const auto& symbol = request.series.symbol;
  page.ticks =
      healer.unseen(symbol, static_cast<std::size_t>(request.series.side), std::move(page.ticks));
  page.reach.covered.until_ms = std::min(page.reach.covered.until_ms, healer.horizon_ms(symbol));
  std::vector<bus::Envelope> records(page.ticks.size());
  for (std::size_t i = 0; i < records.size(); ++i) {
    records[i].set_event_time_ns(page.ticks[i].time_ms * ns_per_ms);
    records[i].mutable_tick()->set_side(request.series.side);
    records[i].mutable_tick()->set_price_points(page.ticks[i].price.points);
  }
  publish(request, page.reach, records, counts_.ticks);
}

void JobRunner::publish(const PlannedRequest& request, const Reach& reach,
                        std::vector<bus::Envelope>& records, std::uint64_t& counter) {
  if (log_.publisher().full()) return book_.put_back(request);
  log_.clock().advance(ctrader::Clock::now());
  std::uint64_t published = 0;
  bus::HistoryReply reply;
  for (auto& record : records) {
    record.set_symbol(request.series.symbol);
    if (history_.loose.take(record)) continue;
    const auto time_ns = record.event_time_ns();
    log_.append(record.has_bar() ? "bar" : "tick", request.series.symbol, record, time_ns,
                journal::synthetic);
    add(reply, time_ns);
    ++published;
  }
  const Outcome outcome{request, reach, published};
  // Nothing of it was kept: asked for again once there is room.
  if (!tell(book_.after(outcome))) return book_.put_back(request);
  book_.done(outcome);
  keep_state();  // not before: the state would lack this page, and a restart would not see it
  counter += published;
  ++counts_.requests;
  if (const auto waiter = waiters_.find(request.job); waiter != waiters_.end() && published > 0) {
    auto& all = waiter->second.reply;
    const auto before = all.records();
    add(all, reply.oldest_ns());
    add(all, reply.newest_ns());
    all.set_records(before + published);
  }
  answer_waiters();
}

bool JobRunner::tell(bus::Job job) {
  bus::Envelope record;
  const auto symbol = job.symbol();
  *record.mutable_job() = std::move(job);
  log_.append("job", symbol, record);
  log_.publisher().flush();
  return !log_.publisher().full();
}

void JobRunner::keep_state() {
  // The pages that a crash has cut off lie before this point, where a restart would not see them.
  if (!history_.loose.empty() && open_jobs() == 0 && healing_.settled()) history_.loose = {};
  if (!history_.loose.empty() || !log_.publisher().take_segment_started()) return;
  restate();
}

void JobRunner::restate() {
  bus::Envelope record;
  *record.mutable_history_state() = book_.state();
  log_.append("job", "", record);
  healing_.append_state();
  log_.publisher().flush();
}

void JobRunner::answer_waiters() {
  for (auto waiter = waiters_.begin(); waiter != waiters_.end();) {
    const auto job = book_.job(waiter->first);
    if (job && is_open(job->state())) {
      ++waiter;
      continue;
    }
    auto [answer, reply] = std::move(waiter->second);
    waiter = waiters_.erase(waiter);
    if (!job || job->state() != bus::Job::done) {
      answer({Status::failed, job && !job->detail().empty() ? job->detail() : "cancelled", {}});
      continue;
    }
    const auto head = log_.publisher().head();
    reply.set_epoch(head.epoch);
    reply.set_offset(head.offset);
    answer({Status::done, "", reply.SerializeAsString()});
  }
}

}  // namespace depthwire::historical
