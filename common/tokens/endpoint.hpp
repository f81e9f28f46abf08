#pragma once

#include "common/tokens/oauth.hpp"
#include "common/tokens/reply.hpp"

#include <chrono>
#include <filesystem>
#include <stop_token>
#include <string>

namespace depthwire::tokens {

/// The broker's HTTPS endpoint for tokens. Calls block; URLs, which carry secrets, are never told.
struct Endpoint {
  std::string url;
  std::filesystem::path ca_file;  ///< empty: the system's store
  Application application;
  std::chrono::milliseconds patience{30'000};

  /// A stop ends a call within a second; it then has no answer.
  [[nodiscard]] Reply exchange(const std::string& code, const std::string& redirect_uri,
                               const std::stop_token& stop = {}) const;
  [[nodiscard]] Reply refresh(const std::string& refresh_token,
                              const std::stop_token& stop = {}) const;

 private:
  [[nodiscard]] Reply get(const std::string& secret_url, const std::stop_token& stop) const;
};

}  // namespace depthwire::tokens
