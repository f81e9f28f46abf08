#pragma once

#include "cli/commands.hpp"
#include "cli/settings.hpp"
#include "common/ctrader/client.hpp"
#include "common/tokens/endpoint.hpp"
#include "common/tokens/lock.hpp"
#include "common/tokens/store.hpp"

#include <cstdint>
#include <filesystem>
#include <string>

namespace depthwire::cli {

/// What the commands of `auth` work on: the settings and the store of one environment. Throws
/// service::ExitError.
class GrantPlace {
 public:
  GrantPlace(const Common& common, const AuthOptions& options);

  AllSettings settings;
  config::Environment environment{};
  std::filesystem::path store_file;
  std::filesystem::path socket;  ///< of the process tokens; empty: the grant is configured

  [[nodiscard]] tokens::Store open_store() const;
  /// With the application's id and secret.
  [[nodiscard]] ctrader::ClientOptions client() const;
  [[nodiscard]] tokens::Endpoint endpoint() const;
  [[nodiscard]] std::string name() const { return std::string(to_string(environment)); }
};

/// UTC, to the minute.
[[nodiscard]] std::string minute_text(std::int64_t unix_ms);
[[nodiscard]] std::int64_t unix_ms_now();

}  // namespace depthwire::cli
