#pragma once

#include <atomic>
#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

namespace depthwire::service {

/// The sign of life of one loop. beat() is one atomic store.
class Heartbeat {
 public:
  void beat() { last_.store(now(), std::memory_order_relaxed); }
  [[nodiscard]] std::chrono::nanoseconds age() const {
    return std::chrono::nanoseconds(now() - last_.load(std::memory_order_relaxed));
  }

 private:
  static std::int64_t now() { return std::chrono::steady_clock::now().time_since_epoch().count(); }
  std::atomic<std::int64_t> last_{now()};
};

/// What /livez and /readyz tell. Thread-safe.
class Health {
 public:
  static constexpr std::chrono::seconds longest_silence{5};

  /// Not ready because of `code` (short, stable: "database"), told to people by `text`.
  void set(std::string_view code, std::string_view text);
  void clear(std::string_view code);
  /// A fact for `depthwire status`, such as head = 1200.
  void info(std::string_view key, std::string_view value);

  /// The heartbeat `loop`, made when it is new; the reference stays valid. From then on the process
  /// is alive only while it beats at least every 5 s.
  [[nodiscard]] Heartbeat& heartbeat(std::string_view loop);
  /// Beats for a process with one loop.
  void alive();
  /// Ends the heartbeat `loop`: that loop is over, on purpose.
  void retire(std::string_view loop);

  [[nodiscard]] bool ready() const;
  /// The reason why /livez fails; "" while all loops beat.
  [[nodiscard]] std::string stalled() const;
  /// {"ready": false, "reasons": {"database": "..."}, "info": {...}, "last_error": "..."}
  [[nodiscard]] std::string json() const;

 private:
  mutable std::mutex mutex_;
  std::map<std::string, std::string, std::less<>> reasons_;
  std::map<std::string, std::string, std::less<>> info_;
  std::map<std::string, std::shared_ptr<Heartbeat>, std::less<>> heartbeats_;
};

}  // namespace depthwire::service
