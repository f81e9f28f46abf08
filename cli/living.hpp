#pragma once

#include "cli/place.hpp"

#include <chrono>
#include <functional>
#include <string>
#include <sys/types.h>
#include <vector>

namespace depthwire::cli {

/// A live process of this installation, whoever looks after it.
struct Living {
  std::string name;  ///< postgres, streaming, ...
  pid_t pid = 0;
};

/// True while `pid` is a process that runs `program` (its file name); a zombie runs nothing.
[[nodiscard]] bool runs_program(pid_t pid, const std::string& program);

/// What lives of this installation, in the order in which it starts, found without supervisor: a
/// killed supervisord leaves its processes behind.
[[nodiscard]] std::vector<Living> find_living(const Place& place);

/// Ends `living` one by one, the last first: asks, waits up to `patience`, then kills and tells
/// `tell` so. Throws ExitError when one is not ours to end.
void end_living(const std::vector<Living>& living,
                const std::function<void(const std::string& name, const std::string& text)>& tell,
                std::chrono::milliseconds patience = std::chrono::seconds(10));

}  // namespace depthwire::cli
