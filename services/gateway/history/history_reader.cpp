#include "services/gateway/history/history_reader.hpp"

#include "common/bus/requester.hpp"
#include "proto/bus/command.pb.h"

#include <spdlog/spdlog.h>

#include <utility>

namespace depthwire::gateway {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds look_every{50};
constexpr std::int64_t ns_per_ms = 1'000'000;

constexpr const char* bars_sql = R"(
SELECT (extract(epoch FROM open_time) * 1000)::bigint, open, high, low, close, tick_volume, origin
FROM candles
WHERE environment = $1 AND symbol = $2 AND period = $3
  AND open_time >= to_timestamp($4::double precision / 1000)
  AND open_time <= to_timestamp($5::double precision / 1000)
ORDER BY open_time)";

constexpr const char* checkpoint_sql =
    "SELECT 1 FROM checkpoint WHERE source = $1 AND (epoch, record_offset) >= ($2, $3)";

}  // namespace

/// What became of asking historical.
struct HistoryReader::Fetched {
  std::optional<HistoryAnswer> refused;  ///< the request itself is wrong
  std::string incomplete;                ///< why what is missing could not be fetched
  std::uint64_t epoch = 0;               ///< up to here its journal has all
  std::uint64_t offset = 0;
};

HistoryReader::HistoryReader(zmq::context_t& context, HistoryOptions options)
    : context_{context},
      options_{std::move(options)},
      thread_{[this](const std::stop_token& stop) { run(stop); }} {}

HistoryReader::~HistoryReader() { stop(); }

void HistoryReader::stop() {
  if (!thread_.joinable()) return;
  thread_.request_stop();
  thread_.join();
}

bool HistoryReader::submit(HistoryQuery query, Answer answer) {
  const std::lock_guard lock(mutex_);
  if (waiting_.size() >= most_waiting) return false;
  waiting_.push_back({std::move(query), std::move(answer)});
  wake_.notify_one();
  return true;
}

void HistoryReader::run(const std::stop_token& stop) {
  while (true) {
    std::optional<Task> task;
    {
      std::unique_lock lock(mutex_);
      if (!wake_.wait(lock, stop, [this] { return !waiting_.empty(); })) return;
      task = std::move(waiting_.front());
      waiting_.pop_front();
    }
    auto reply = answer(task->query, stop);
    if (stop.stop_requested()) return;
    task->answer(std::move(reply));
  }
}

HistoryAnswer HistoryReader::answer(const HistoryQuery& query, const std::stop_token& stop) {
  try {
    auto fetched = fetch(query);
    if (fetched.refused) return *std::move(fetched.refused);
    if (fetched.offset != 0) wait_until_stored(fetched, stop);
    return {200, history_json(query, stored(query), fetched.incomplete)};
  } catch (const postgres::Error& error) {
    spdlog::warn("gateway: no history: {}", error.what());
    database_.reset();
    return history_error(503, std::string("the database cannot be asked: ") + error.what());
  }
}

HistoryReader::Fetched HistoryReader::fetch(const HistoryQuery& query) {
  bus::BarsCommand command;
  command.set_symbol(query.symbol);
  command.set_period(query.period);
  command.set_from_time_ns(query.from_ms * ns_per_ms);
  command.set_to_time_ns(query.to_ms * ns_per_ms);
  bus::Request request;
  request.mutable_command()->set_name("bars");
  request.mutable_command()->set_body(command.SerializeAsString());
  // A socket for each request: what comes too late goes with it.
  bus::Requester requester(context_, options_.requests, options_.curve, options_.server_public_key);
  const auto reply = requester.ask(std::move(request), options_.patience);
  if (!reply) {
    return {.incomplete = "historical has not fetched it yet, or does not run; ask again"};
  }
  const auto& answer = reply->command();
  if (answer.status() == bus::CommandReply::refused) {
    return {.refused = history_error(404, answer.text())};
  }
  bus::HistoryReply body;
  if (answer.status() != bus::CommandReply::done || !body.ParseFromString(answer.body())) {
    return {.incomplete = "historical: " + answer.text()};
  }
  return {.epoch = body.epoch(), .offset = body.offset()};
}

void HistoryReader::wait_until_stored(Fetched& fetched, const std::stop_token& stop) {
  const auto deadline = Clock::now() + options_.patience;
  while (!stop.stop_requested()) {
    if (!database_) database_ = std::make_unique<postgres::Connection>(options_.database);
    const auto found = database_->execute(
        checkpoint_sql, {options_.environment + ".historical", std::to_string(fetched.epoch),
                         std::to_string(fetched.offset)});
    if (found.rows() > 0) return;
    if (Clock::now() >= deadline) {
      fetched.incomplete = "what was fetched is not in the database yet; ask again";
      return;
    }
    std::unique_lock lock(mutex_);
    wake_.wait_for(lock, stop, look_every, [] { return false; });
  }
}

std::vector<HistoryBar> HistoryReader::stored(const HistoryQuery& query) {
  if (!database_) database_ = std::make_unique<postgres::Connection>(options_.database);
  const auto rows = database_->execute(
      bars_sql, {options_.environment, query.symbol, bus::Period_Name(query.period),
                 std::to_string(query.from_ms), std::to_string(query.to_ms)});
  std::vector<HistoryBar> bars;
  bars.reserve(static_cast<std::size_t>(rows.rows()));
  for (int i = 0; i < rows.rows(); ++i) {
    bars.push_back({rows.number(i, 0), std::string(rows.text(i, 1)), std::string(rows.text(i, 2)),
                    std::string(rows.text(i, 3)), std::string(rows.text(i, 4)), rows.number(i, 5),
                    std::string(rows.text(i, 6))});
  }
  return bars;
}

}  // namespace depthwire::gateway
