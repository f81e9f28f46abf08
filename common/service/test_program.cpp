// The smallest process: what common/service gives without any part of its own.
#include "common/service/run.hpp"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

namespace {

using namespace depthwire;

struct Config {
  std::string fail;
  bool slow = false;
  config::Secret key;

  template <class Visitor>
  void describe(Visitor& field) {
    field("fail", fail, "how to fail: start, thread, stall or nothing");
    field("slow", slow, "never end in order");
    field("key", key, "a secret", config::Env{"TEST_KEY"});
  }
};

void start(service::Runtime& runtime, const Config& config) {
  if (config.fail == "start") throw service::ExitError(77, "start() failed");
  runtime.on_stop([] { std::fprintf(stderr, "stopped first\n"); });
  runtime.on_stop([] { std::fprintf(stderr, "stopped second\n"); });
  runtime.metrics().counter("test_total", "A count.").add(7);
  runtime.health().set("database", "cannot reach the \"database\"");
  runtime.health().info("head", "12");
  runtime.thread("loop", [&runtime, fail = config.fail](const std::stop_token& stop) {
    if (fail == "thread") throw std::runtime_error("the thread failed");
    std::mutex mutex;
    std::condition_variable_any wake;
    std::unique_lock lock(mutex);
    while (!stop.stop_requested()) {
      runtime.health().alive();
      if (fail == "stall") wake.wait(lock, stop, [] { return false; });
      wake.wait_for(lock, stop, std::chrono::milliseconds(50), [] { return false; });
    }
  });
  if (config.slow) {
    runtime.on_stop([] { std::this_thread::sleep_for(std::chrono::hours(1)); });
  }
}

}  // namespace

int main(int argc, char** argv) {
  return service::run<Config>({.name = "streaming", .summary = "A process for tests."}, argc, argv,
                              start);
}
