#pragma once

#include "common/config/describe.hpp"
#include "common/service/runtime.hpp"

#include <functional>
#include <string>
#include <string_view>

namespace depthwire::service {

/// Who a process is: its name is its section in the configuration and part of its source.
struct Info {
  std::string_view name;
  std::string_view summary;
};

namespace detail {
int run(const Info& info, int argc, char** argv, config::Schema schema,
        const std::function<void(Runtime&)>& start);
}  // namespace detail

/// The whole life of a process: command line, configuration, log, /livez /readyz /metrics; then
/// `start`, which wires the parts and returns; then it waits for SIGTERM, SIGINT or fail(), and
/// stops in order within 5 s. Gives the exit code for main().
///
/// start() may throw: the process then ends with the ExitError's code, or 70.
template <class Config>
int run(const Info& info, int argc, char** argv,
        const std::function<void(Runtime&, const Config&)>& start) {
  Config config;
  return detail::run(info, argc, argv, config::describe(info.name, info.summary, config),
                     [&](Runtime& runtime) { start(runtime, config); });
}

}  // namespace depthwire::service
