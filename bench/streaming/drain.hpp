#pragma once

#include <zmq.hpp>

#include <atomic>
#include <cstdint>
#include <string>
#include <thread>

namespace depthwire::bench {

/// CPU time of the calling thread, in seconds.
[[nodiscard]] double thread_cpu_seconds();

/// A subscriber that takes everything and keeps nothing, on a thread of its own: publishing to
/// nobody would cost next to nothing.
class Drain {
 public:
  Drain(zmq::context_t& context, const std::string& address);
  ~Drain();
  Drain(const Drain&) = delete;
  Drain& operator=(const Drain&) = delete;

  [[nodiscard]] std::uint64_t received() const { return received_; }

 private:
  std::atomic<std::uint64_t> received_{0};
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

}  // namespace depthwire::bench
