#include "common/service/runtime.hpp"

#include "common/service/build_id.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/atom.hpp>
#include <spdlog/spdlog.h>
#include <unistd.h>
#include <zmq.hpp>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <sys/eventfd.h>
#include <system_error>
#include <thread>
#include <vector>

namespace depthwire::service {
namespace {

/// `sharing` costs next to nothing when idle; stealing polls.
struct ActorConfig : caf::actor_system_config {
  ActorConfig() {
    set("scheduler.policy", caf::atom("sharing"));
    set("scheduler.max-threads", std::size_t{2});
  }
};

struct Actors {
  ActorConfig config;
  caf::actor_system system{config};
};

}  // namespace

class Runtime::Impl {
 public:
  Impl(std::string_view name, config::Environment which)
      : process(name),
        environment(which),
        environment_name(to_string(which)),
        source(environment_name + "." + process),
        stop_event(::eventfd(0, EFD_CLOEXEC)) {
    if (stop_event < 0) throw std::system_error(errno, std::generic_category(), "eventfd");
  }
  ~Impl() { ::close(stop_event); }

  void ask_to_stop() {
    {
      const std::lock_guard lock(mutex);
      if (stopping) return;
      stopping = true;
    }
    health.set("stopping", "the process is stopping");
    ::eventfd_write(stop_event, 1);
    changed.notify_all();
  }

  std::string process;
  config::Environment environment;
  std::string environment_name;
  std::string source;
  metrics::Registry metrics;
  Health health;
  zmq::context_t context;
  std::unique_ptr<Actors> actors;
  std::vector<std::function<void()>> stop_actions;

  mutable std::mutex mutex;
  mutable std::condition_variable changed;
  bool stopping = false;
  int exit_code = exit_code::ok;
  int stop_event;
};

Runtime::Runtime(std::string_view process, config::Environment environment)
    : impl_(std::make_unique<Impl>(process, environment)) {}
Runtime::~Runtime() = default;

const std::string& Runtime::process() const { return impl_->process; }
const std::string& Runtime::environment() const { return impl_->environment_name; }
config::Environment Runtime::which() const { return impl_->environment; }
const std::string& Runtime::source() const { return impl_->source; }
std::string_view Runtime::build() const { return build_id(); }
Health& Runtime::health() { return impl_->health; }
metrics::Registry& Runtime::metrics() { return impl_->metrics; }
zmq::context_t& Runtime::context() { return impl_->context; }
int Runtime::stop_descriptor() const { return impl_->stop_event; }

caf::actor_system& Runtime::actors() {
  const std::lock_guard lock(impl_->mutex);
  if (!impl_->actors) impl_->actors = std::make_unique<Actors>();
  return impl_->actors->system;
}

void Runtime::thread(std::string_view name, std::function<void(std::stop_token)> body) {
  auto thread =
      std::make_shared<std::jthread>([this, body = std::move(body)](const std::stop_token& token) {
        try {
          body(token);
        } catch (...) {
          fail(std::current_exception());
        }
      });
  // The kernel shows at most 15 characters.
  ::pthread_setname_np(thread->native_handle(), std::string(name.substr(0, 15)).c_str());
  on_stop([thread] {
    thread->request_stop();
    thread->join();
  });
}

void Runtime::on_stop(std::function<void()> action) {
  const std::lock_guard lock(impl_->mutex);
  impl_->stop_actions.push_back(std::move(action));
}

void Runtime::stop() { impl_->ask_to_stop(); }

void Runtime::fail(int exit_code, std::string_view text) {
  spdlog::error("{}", text);
  {
    const std::lock_guard lock(impl_->mutex);
    if (impl_->exit_code == exit_code::ok) impl_->exit_code = exit_code;
  }
  impl_->ask_to_stop();
}

void Runtime::fail(std::exception_ptr error) {
  try {
    std::rethrow_exception(std::move(error));
  } catch (const ExitError& known) {
    fail(known.code(), known.what());
  } catch (const std::exception& other) {
    fail(exit_code::software, other.what());
  } catch (...) {
    fail(exit_code::software, "something that is no exception was thrown");
  }
}

bool Runtime::stopping() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->stopping;
}

int Runtime::exit_code() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->exit_code;
}

bool Runtime::wait_for(std::chrono::milliseconds limit) const {
  std::unique_lock lock(impl_->mutex);
  return impl_->changed.wait_for(lock, limit, [this] { return impl_->stopping; });
}

void Runtime::shut_down() {
  for (;;) {
    std::function<void()> action;
    {
      const std::lock_guard lock(impl_->mutex);
      if (impl_->stop_actions.empty()) break;
      action = std::move(impl_->stop_actions.back());
      impl_->stop_actions.pop_back();
    }
    try {
      action();
    } catch (...) {
      fail(std::current_exception());
    }
  }
  // Not under the lock: actors that end may call fail().
  const auto actors = std::move(impl_->actors);
  impl_->context.shutdown();
}

}  // namespace depthwire::service
