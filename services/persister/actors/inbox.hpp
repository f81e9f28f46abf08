#pragma once

#include "common/bus/subscriber.hpp"

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>

namespace depthwire::persister {

/// What one source delivered.
struct Delivery {
  std::size_t source = 0;  ///< its place in the list of sources
  bus::Batch batch;
};

/// Carries deliveries from the threads that read the bus to the one that writes the database.
/// Bounded: who reads faster than the database writes has to wait, and the journals hold the rest.
class Inbox {
 public:
  Inbox(std::size_t max_records, std::size_t max_bytes)
      : max_records_(max_records), max_bytes_(max_bytes) {}

  /// Waits for room; one delivery always has room in an empty inbox. False once closed.
  bool push(Delivery delivery);

  /// Waits up to `timeout` for a delivery. Nothing also when closed, at once.
  std::optional<Delivery> pop(std::chrono::milliseconds timeout);

  /// Drops what is there and wakes everybody.
  void close();

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Delivery> deliveries_;
  std::size_t records_ = 0;
  std::size_t bytes_ = 0;
  std::size_t max_records_;
  std::size_t max_bytes_;
  bool closed_ = false;
};

}  // namespace depthwire::persister
