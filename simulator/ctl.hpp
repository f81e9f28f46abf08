#pragma once

#include "common/config/schema.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace depthwire::simulator {

/// The arguments of `depthwire-sim ctl`: its options come first, then the fault.
struct CtlArguments {
  std::vector<std::string>
      options;        ///< as every process knows them: --config FILE, --set KEY=VALUE
  std::string fault;  ///< with blanks between its words; may be empty
};
/// Every setting of the simulator is an option here, too (`--state DIR`).
[[nodiscard]] CtlArguments split_ctl(const std::vector<std::string>& arguments,
                                     const config::Schema& schema);

/// Tells the simulator that runs with these settings what to do wrong, prints its answer and gives
/// the exit code: 64 for a fault that is none, 69 when no simulator answers.
int ctl(std::string_view program, const std::vector<std::string>& arguments);

}  // namespace depthwire::simulator
