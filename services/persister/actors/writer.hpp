#pragma once

#include "common/bus/subscriber.hpp"
#include "common/postgres/connection.hpp"
#include "services/persister/actors/status.hpp"
#include "services/persister/actors/store.hpp"
#include "services/persister/core/batch_policy.hpp"

#include <zmq.hpp>

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>
#include <vector>

namespace depthwire::persister {

struct WriterSettings {
  postgres::Settings database;
  std::vector<bus::SubscriberOptions> sources;  ///< where each begins is the checkpoint's to say
  BatchLimits limits;
  Retention retention;
};

/// Follows the journals and stores them, for as long as it runs: connects, waits for the lock,
/// resumes each source after its checkpoint, stores batch after batch. When the database fails it
/// forgets all that is not stored, waits, and begins again from the checkpoints.
class Writer {
 public:
  Writer(zmq::context_t& context, WriterSettings settings, Status& status);

  /// Until stop(). Throws service::ExitError: 78 when the schema is newer than ours, 70 when a row
  /// is there already.
  void run();

  /// Ends run() within seconds, also while the database does not answer. Any thread.
  void stop();

 private:
  void run_session();
  void wait_for_lock(Store& store);
  /// Waits; true when it is time to stop.
  [[nodiscard]] bool pause(std::chrono::milliseconds time);
  [[nodiscard]] bool stopping();

  zmq::context_t& context_;
  WriterSettings settings_;
  Status& status_;
  std::mutex mutex_;
  std::condition_variable stopped_;
  bool stopping_ = false;
  Store* waiting_ = nullptr;  // may hang in a call that nobody watches
};

}  // namespace depthwire::persister
