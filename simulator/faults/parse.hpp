#pragma once

#include "simulator/faults/fault.hpp"

#include <tl/expected.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace depthwire::simulator {

/// The fault that `line` names: its word and arguments, with blanks between. The error says what
/// was expected and what to write instead.
[[nodiscard]] tl::expected<Fault, std::string> parse_fault(std::string_view line);

/// Every fault with its arguments and what it does, a line each.
[[nodiscard]] std::string faults_help();

/// A fault of a script.
struct TimedFault {
  Milliseconds at;   ///< since the simulator listens
  std::string text;  ///< as it was written
  Fault fault;
};

/// Reads lines of `SECONDS FAULT [ARGUMENT...]`; empty lines and what follows a # are passed over.
/// Gives them in the order of their times. The error names the line, counted from 1.
[[nodiscard]] tl::expected<std::vector<TimedFault>, std::string> parse_script(
    std::string_view text);

}  // namespace depthwire::simulator
