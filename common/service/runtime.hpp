#pragma once

#include "common/config/environment.hpp"
#include "common/metrics/metrics.hpp"
#include "common/service/exit_error.hpp"
#include "common/service/health.hpp"

#include <chrono>
#include <exception>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>

namespace caf {
class actor_system;
}
namespace zmq {
class context_t;
}

namespace depthwire::service {

/// What a process shares: made by service::run, given to start(). All of it may be used from any
/// thread, except that on_stop(), thread() and actors() belong to start().
class Runtime {
 public:
  Runtime(std::string_view process, config::Environment environment);
  ~Runtime();
  Runtime(const Runtime&) = delete;
  Runtime& operator=(const Runtime&) = delete;

  [[nodiscard]] const std::string& process() const;      ///< streaming
  [[nodiscard]] const std::string& environment() const;  ///< sim, demo or live
  [[nodiscard]] config::Environment which() const;
  [[nodiscard]] const std::string& source() const;  ///< sim.streaming
  [[nodiscard]] std::string_view build() const;

  [[nodiscard]] Health& health();
  [[nodiscard]] metrics::Registry& metrics();
  [[nodiscard]] zmq::context_t& context();
  /// The actor system, made at the first call: scheduler `sharing`, two threads.
  [[nodiscard]] caf::actor_system& actors();

  /// Runs `body` on a thread of its own until stop: the token is then set and the thread joined.
  /// What escapes `body` ends the process (see fail()).
  void thread(std::string_view name, std::function<void(std::stop_token)> body);
  /// Called at stop, on the main thread, the newest registered first.
  void on_stop(std::function<void()> action);

  /// Asks for an orderly stop; exit code 0.
  void stop();
  /// Asks for an orderly stop because of `text`; the first call decides the exit code.
  void fail(int exit_code, std::string_view text);
  /// The same for what was thrown: an ExitError's own code, else 70.
  void fail(std::exception_ptr error);
  [[nodiscard]] bool stopping() const;

  // For the host of the process (run.cpp):
  /// Becomes readable when a stop is asked for.
  [[nodiscard]] int stop_descriptor() const;
  [[nodiscard]] int exit_code() const;
  /// Blocks until a stop is asked for, or until `limit` has passed: false then.
  [[nodiscard]] bool wait_for(std::chrono::milliseconds limit) const;
  /// Runs what on_stop() registered, then ends actors and sockets.
  void shut_down();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace depthwire::service
