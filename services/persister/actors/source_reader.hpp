#pragma once

#include "common/bus/subscriber.hpp"
#include "services/persister/actors/inbox.hpp"
#include "services/persister/actors/status.hpp"

#include <atomic>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

namespace depthwire::persister {

/// Follows one journal on a thread of its own and puts what comes into the inbox.
class SourceReader {
 public:
  /// `index` marks its deliveries. Begins at once.
  SourceReader(zmq::context_t& context, bus::SubscriberOptions options, std::size_t index,
               Inbox& inbox, Status& status);
  /// The inbox has to be closed before.
  ~SourceReader();
  SourceReader(const SourceReader&) = delete;
  SourceReader& operator=(const SourceReader&) = delete;

  [[nodiscard]] const std::string& source() const { return source_; }

  /// Asks the thread to end; the destructor waits for it.
  void stop() { stopping_ = true; }

  /// Tells the publisher what is stored; sent by the reader's thread a moment later.
  void acknowledge(journal::Position position);

 private:
  void run(zmq::context_t& context, const bus::SubscriberOptions& options);
  void take_notices(const bus::Batch& batch, bool live);
  void tell_keys(const std::string& problem);

  std::string source_;
  std::size_t index_;
  Inbox& inbox_;
  Status& status_;
  std::atomic<bool> stopping_ = false;
  bool seen_ = false;  // heard of since we began
  std::string keys_problem_;
  std::mutex mutex_;
  std::optional<journal::Position> stored_;  // not yet acknowledged
  std::uint64_t stored_offset_ = 0;
  std::thread thread_;
};

}  // namespace depthwire::persister
