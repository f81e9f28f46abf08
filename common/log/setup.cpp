#include "common/log/setup.hpp"

#include "common/log/formatter.hpp"
#include "common/service/exit_error.hpp"

#include <spdlog/sinks/base_sink.h>
#include <spdlog/sinks/rotating_file_sink.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include <memory>
#include <mutex>
#include <vector>

namespace depthwire::log {
namespace {

/// Remembers the newest error for `status`.
class LastErrorSink : public spdlog::sinks::base_sink<std::mutex> {
 public:
  std::string text() {
    const std::lock_guard lock(mutex_);
    return text_;
  }

 protected:
  void sink_it_(const spdlog::details::log_msg& message) override {
    if (message.level >= spdlog::level::err)
      text_.assign(message.payload.data(), message.payload.size());
  }
  void flush_() override {}

 private:
  std::string text_;
};

std::shared_ptr<LastErrorSink> last_error_sink() {
  static const auto sink = std::make_shared<LastErrorSink>();
  return sink;
}

spdlog::level::level_enum level_of(Level level) {
  switch (level) {
    case Level::debug: return spdlog::level::debug;
    case Level::info: return spdlog::level::info;
    case Level::warning: return spdlog::level::warn;
    case Level::error: return spdlog::level::err;
  }
  return spdlog::level::info;
}

spdlog::sink_ptr file_sink(std::string_view process, const Settings& settings) {
  const auto file = settings.directory / (std::string(process) + ".log");
  try {
    std::filesystem::create_directories(settings.directory);
    return std::make_shared<spdlog::sinks::rotating_file_sink_mt>(
        file.string(), std::size_t{settings.file_mib} << 20, settings.files);
  } catch (const std::exception& error) {
    throw service::ExitError(service::exit_code::disk,
                             "log.directory: cannot write " + file.string() + ": " + error.what());
  }
}

}  // namespace

void setup(std::string_view process, const Settings& settings) {
  std::vector<spdlog::sink_ptr> sinks{std::make_shared<spdlog::sinks::stderr_color_sink_mt>(),
                                      last_error_sink()};
  if (!settings.directory.empty()) sinks.push_back(file_sink(process, settings));
  auto logger = std::make_shared<spdlog::logger>(std::string(process), sinks.begin(), sinks.end());
  logger->set_level(level_of(settings.level));
  logger->flush_on(spdlog::level::info);
  logger->set_formatter(std::make_unique<Formatter>(settings.format));
  spdlog::set_default_logger(std::move(logger));
}

std::string last_error() { return last_error_sink()->text(); }

}  // namespace depthwire::log
