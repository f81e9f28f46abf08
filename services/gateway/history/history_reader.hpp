#pragma once

#include "common/bus/curve.hpp"
#include "common/postgres/connection.hpp"
#include "services/gateway/core/history_query.hpp"

#include <zmq.hpp>

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

namespace depthwire::gateway {

struct HistoryOptions {
  std::string environment;
  std::string requests;  ///< historical's ROUTER
  bus::Curve curve;
  std::string server_public_key;
  postgres::Settings database;  ///< as the reader
  /// How long one request waits for historical, and then for the database to have what it fetched.
  std::chrono::milliseconds patience{4'000};
};

/// Answers requests for bars from the database, after historical has fetched what is missing. One
/// at a time, on a thread of its own, so that no browser waits for a database.
class HistoryReader {
 public:
  /// So many wait at most.
  static constexpr std::size_t most_waiting = 16;
  using Answer = std::function<void(HistoryAnswer)>;

  HistoryReader(zmq::context_t& context, HistoryOptions options);
  ~HistoryReader();
  HistoryReader(const HistoryReader&) = delete;
  HistoryReader& operator=(const HistoryReader&) = delete;

  /// `answer` is called once, on the reader's thread. False when too many wait already.
  [[nodiscard]] bool submit(HistoryQuery query, Answer answer);
  /// No answer is called after it. Any thread.
  void stop();

 private:
  struct Task {
    HistoryQuery query;
    Answer answer;
  };
  struct Fetched;

  void run(const std::stop_token& stop);
  [[nodiscard]] HistoryAnswer answer(const HistoryQuery& query, const std::stop_token& stop);
  [[nodiscard]] Fetched fetch(const HistoryQuery& query);
  void wait_until_stored(Fetched& fetched, const std::stop_token& stop);
  [[nodiscard]] std::vector<HistoryBar> stored(const HistoryQuery& query);

  zmq::context_t& context_;
  HistoryOptions options_;
  std::unique_ptr<postgres::Connection> database_;  // of the thread; made anew when it is lost
  std::mutex mutex_;
  std::condition_variable_any wake_;
  std::deque<Task> waiting_;
  std::jthread thread_;  // last: it uses all the others
};

}  // namespace depthwire::gateway
