#pragma once

#include "common/service/exit_error.hpp"

#include <string>
#include <vector>

namespace depthwire::config {

/// One thing that is wrong with the configuration.
struct Problem {
  std::string where;  ///< `file:line:column`, the variable's or the flag's name; "" where nothing
                      ///< was given
  std::string key;    ///< `streaming.depth`; "" for the file as a whole
  std::string text;   ///< what was expected and what to do

  [[nodiscard]] std::string line() const {
    return (where.empty() ? "" : where + ": ") + (key.empty() ? "" : key + ": ") + text;
  }
};

/// Everything that is wrong with the configuration, found in one pass; exit code 78.
class ConfigError : public service::ExitError {
 public:
  explicit ConfigError(std::vector<Problem> problems)
      : ExitError(service::exit_code::config, join(problems)), problems_(std::move(problems)) {}
  [[nodiscard]] const std::vector<Problem>& problems() const { return problems_; }

 private:
  static std::string join(const std::vector<Problem>& problems) {
    std::string text;
    for (const Problem& problem : problems) text += (text.empty() ? "" : "\n") + problem.line();
    return text;
  }

  std::vector<Problem> problems_;
};

}  // namespace depthwire::config
