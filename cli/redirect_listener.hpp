#pragma once

#include "common/tokens/redirect.hpp"

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>

namespace depthwire::cli {

/// Waits on this machine for the browser that comes back from the broker's page of consent.
class RedirectListener {
 public:
  /// Listens at 127.0.0.1. Throws service::ExitError 69 when the port cannot be had.
  explicit RedirectListener(tokens::Redirect redirect);
  ~RedirectListener();
  RedirectListener(const RedirectListener&) = delete;
  RedirectListener& operator=(const RedirectListener&) = delete;

  /// The parameters of the first request for the path, which the browser is thanked for; all others
  /// (its icon) are 404. Nothing when none has come in time.
  [[nodiscard]] std::optional<std::map<std::string, std::string>> wait(
      std::chrono::milliseconds patience);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace depthwire::cli
