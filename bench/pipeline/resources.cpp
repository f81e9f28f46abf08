#include "bench/pipeline/resources.hpp"

#include "bench/pipeline/figure.hpp"
#include "bench/pipeline/pipeline.hpp"
#include "tests/support/database.hpp"
#include "tests/support/websocket_client.hpp"

#include <time.h>

#include <fstream>
#include <map>
#include <stdexcept>
#include <sys/socket.h>
#include <thread>

namespace depthwire::bench {
namespace {

using namespace std::chrono_literals;

constexpr double memory_limit_mib = 40;
constexpr double idle_limit_percent = 2;
constexpr auto settle = 3s;
constexpr auto idle_span = 20s;

double resident_mib(pid_t process) {
  std::ifstream status("/proc/" + std::to_string(process) + "/status");
  for (std::string word; status >> word;) {
    double kib = 0;
    if (word == "VmRSS:" && status >> kib) return kib / 1024;
  }
  throw std::runtime_error("no VmRSS of process " + std::to_string(process));
}

/// Of all threads, also of those that have ended.
double cpu_seconds(pid_t process) {
  clockid_t clock{};
  timespec time{};
  if (clock_getcpuclockid(process, &clock) != 0 || clock_gettime(clock, &time) != 0) {
    throw std::runtime_error("no processor time of process " + std::to_string(process));
  }
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

/// A browser that is shown everything.
class Page {
 public:
  explicit Page(std::uint16_t port) : client_(port) {
    if (client_.upgrade() != 101) throw std::runtime_error("the gateway makes no WebSocket");
    reader_ = std::thread([this] {
      while (client_.read_text()) {
      }
    });
  }
  ~Page() {
    ::shutdown(client_.descriptor(), SHUT_RDWR);
    reader_.join();
  }
  Page(const Page&) = delete;
  Page& operator=(const Page&) = delete;

 private:
  tests::WebSocketClient client_;
  std::thread reader_;
};

bool has_no_lag(Pipeline& pipeline, const std::string& name) {
  return pipeline.status(name).find(R"("lag":"0")") != std::string::npos;
}

}  // namespace

void measure_memory() {
  // At ten events a second and symbol this is a market of 17 minutes, in 40 seconds.
  Pipeline pipeline({.simulator = {"--symbols", "20", "--events", "200000", "--pace", "5000"},
                     .sources = "streaming, aggregator, analyzer"});
  const std::vector<std::string> services{"streaming", "aggregator", "analyzer", "gateway"};
  for (const auto& service : services) {
    pipeline.start(service);
    pipeline.wait_ready(service);
  }
  const Page page(pipeline.web_port());
  pipeline.wait_for_market_end();
  std::this_thread::sleep_for(settle);
  for (const auto* stage : {"aggregator", "analyzer"}) {
    if (!tests::eventually([&] { return has_no_lag(pipeline, stage); }, 60s)) {
      throw std::runtime_error(std::string(stage) + " does not keep up");
    }
  }
  for (const auto& service : services) {
    print({"memory." + service + "_mib", resident_mib(pipeline.pid(service)), "MiB",
           memory_limit_mib});
  }
}

void measure_idle_cpu() {
  const tests::Database database;
  Pipeline pipeline({.simulator = {"--symbols", "4", "--events", "2000", "--pace", "1000"},
                     .database_host = tests::Database::server().socket_directory().string(),
                     .database = database.name()});
  for (const auto* service :
       {"streaming", "historical", "aggregator", "analyzer", "persister", "auditor", "gateway"}) {
    pipeline.start(service);
    pipeline.wait_ready(service);
  }
  pipeline.wait_for_market_end();
  std::this_thread::sleep_for(settle);
  std::map<std::string, double> before;
  for (const auto& name : pipeline.names()) before[name] = cpu_seconds(pipeline.pid(name));
  const auto begin = std::chrono::steady_clock::now();
  std::this_thread::sleep_for(idle_span);
  const std::chrono::duration<double> passed = std::chrono::steady_clock::now() - begin;
  double percent = 0;
  for (const auto& [name, seconds] : before) {
    const auto used = (cpu_seconds(pipeline.pid(name)) - seconds) / passed.count() * 100;
    std::fprintf(stderr, "idle: %s %.2f %%\n", name.c_str(), used);
    percent += used;
  }
  print({"pipeline.idle_cpu_percent", percent, "%", idle_limit_percent});
}

}  // namespace depthwire::bench
