#include "common/service/run.hpp"

#include "common/config/help.hpp"
#include "common/config/load.hpp"
#include "common/log/setup.hpp"
#include "common/service/build_id.hpp"
#include "common/service/command_line.hpp"
#include "common/service/crash_loop.hpp"
#include "common/service/host_config.hpp"
#include "common/service/http_server.hpp"
#include "common/service/stop_guard.hpp"
#include "common/service/vitals.hpp"

#include <spdlog/spdlog.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <fstream>
#include <sys/resource.h>

namespace depthwire::service {
namespace {

constexpr std::chrono::seconds stop_patience{5};
constexpr std::chrono::milliseconds look_every{500};

void print_problems(const Info& info, const config::ConfigError& error) {
  const std::size_t count = error.problems().size();
  std::fprintf(stderr, "depthwire-%.*s: %zu problem%s in the configuration\n%s\n",
               static_cast<int>(info.name.size()), info.name.data(), count, count == 1 ? "" : "s",
               error.what());
}

void update_process_metrics(metrics::Registry& registry) {
  long total = 0;
  long resident = 0;
  std::ifstream("/proc/self/statm") >> total >> resident;
  registry.gauge("process_resident_bytes", "Memory in use.")
      .set(static_cast<double>(resident) * static_cast<double>(::sysconf(_SC_PAGESIZE)));
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
  };
  registry.gauge("process_cpu_seconds", "Processor time used since the start.")
      .set(seconds(usage.ru_utime) + seconds(usage.ru_stime));
}

HttpAnswer answer(Runtime& runtime, const std::string& path) {
  if (path == "/livez") {
    const std::string stalled = runtime.health().stalled();
    if (stalled.empty()) return {.body = "alive\n"};
    return {.status = 503, .body = stalled + "\n"};
  }
  if (path == "/readyz") {
    return {.status = runtime.health().ready() ? 200 : 503,
            .type = "application/json",
            .body = runtime.health().json()};
  }
  if (path == "/metrics") {
    update_process_metrics(runtime.metrics());
    return {.type = "text/plain; version=0.0.4; charset=utf-8", .body = runtime.metrics().text()};
  }
  return {.status = 404, .body = "known here: /livez, /readyz, /metrics\n"};
}

/// <run_dir>/<process>.json, there while the process runs.
class RunFile {
 public:
  RunFile(const std::filesystem::path& directory, const Runtime& runtime,
          const std::string& health) {
    if (directory.empty()) return;
    path_ = directory / (runtime.process() + ".json");
    const auto started = std::chrono::duration_cast<std::chrono::seconds>(
        std::chrono::system_clock::now().time_since_epoch());
    std::error_code ignored;  // what is wrong shows when the file is written
    std::filesystem::create_directories(directory, ignored);
    const auto temporary = path_.string() + ".new";
    std::ofstream out(temporary, std::ios::trunc);
    out << "{\"process\":\"" << runtime.process() << "\",\"source\":\"" << runtime.source()
        << "\",\"pid\":" << ::getpid() << ",\"health\":\"" << log::json_escape(health)
        << "\",\"started\":" << started.count() << ",\"build\":\"" << runtime.build() << "\"}\n";
    out.close();
    if (!out || std::rename(temporary.c_str(), path_.c_str()) != 0) {
      throw ExitError(exit_code::disk, "service.run_dir: cannot write " + path_.string());
    }
  }
  ~RunFile() {
    std::error_code ignored;  // a stale file does no harm: it names a pid that is gone
    if (!path_.empty()) std::filesystem::remove(path_, ignored);
  }
  RunFile(const RunFile&) = delete;
  RunFile& operator=(const RunFile&) = delete;

 private:
  std::filesystem::path path_;
};

int live(const Info& info, const HostConfig& host, const config::Loaded& loaded,
         const std::function<void(Runtime&)>& start) {
  const CrashLoop crash_loop(host.service.run_dir, info.name);
  if (const auto wait = crash_loop.begin(); wait.count() > 0) {
    spdlog::warn("{} has died soon after its start several times; waiting {} s", info.name,
                 wait.count());
    if (!wait_unless_stopped(wait)) return exit_code::ok;
  }
  Runtime runtime(info.name, loaded.environment);
  spdlog::info("{} {} starts, environment {}", info.name, build_id(), runtime.environment());
  for (const std::string& warning : loaded.warnings) spdlog::warn("{}", warning);
  runtime.metrics()
      .gauge("build_info", "The build that runs.", {{"build", std::string(build_id())}})
      .set(1);
  runtime.metrics()
      .gauge("process_start_time_seconds", "When the process was started, UNIX time.")
      .set(std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch())
               .count());
  runtime.health().set("starting", "the process is starting");
  const HttpServer http(host.health,
                        [&runtime](const std::string& path) { return answer(runtime, path); });
  spdlog::info("health at http://{}", http.address());
  Vitals vitals(runtime, host.service.watchdog);
  const RunFile run_file(host.service.run_dir, runtime, http.address());
  {
    const StopGuard guard(runtime, stop_patience, [&] { crash_loop.survived(); });
    try {
      start(runtime);
      runtime.health().clear("starting");
      while (!runtime.wait_for(look_every)) vitals.look();
    } catch (...) {
      runtime.fail(std::current_exception());
    }
    runtime.shut_down();
  }
  const int code = runtime.exit_code();
  if (code == exit_code::ok) crash_loop.survived();
  spdlog::info("{} stopped, exit code {}", info.name, code);
  return code;
}

}  // namespace

int detail::run(const Info& info, int argc, char** argv, config::Schema schema,
                const std::function<void(Runtime&)>& start) {
  block_stop_signals();
  HostConfig host(info.name);
  schema.merge(config::describe(info.name, info.summary, host));
  const auto parsed = parse_command_line(
      argc, argv, "depthwire-" + std::string(info.name) + ": " + std::string(info.summary),
      config::help_text(schema));
  if (!parsed.line) return parsed.exit_code;
  try {
    const config::Loaded loaded =
        config::load(schema, {parsed.line->config, config::process_variables(), parsed.line->set});
    if (parsed.line->check) {
      for (const std::string& warning : loaded.warnings)
        std::fprintf(stderr, "%s\n", warning.c_str());
      std::printf("the configuration is fine\n");
      return exit_code::ok;
    }
    log::setup(info.name, host.log);
    return live(info, host, loaded, start);
  } catch (const config::ConfigError& error) {
    print_problems(info, error);
    return error.code();
  } catch (const ExitError& error) {
    spdlog::error("{}", error.what());
    return error.code();
  }
}

}  // namespace depthwire::service
