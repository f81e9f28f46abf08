#pragma once

#include "common/config/describe.hpp"
#include "common/ctrader/config.hpp"
#include "common/tokens/key_source.hpp"

#include <filesystem>
#include <string>

namespace depthwire::tokens {

/// The section `tokens`: login and the grant that comes of it.
struct Config {
  std::filesystem::path directory = "var/tokens";
  KeySettings key;
  std::string redirect_uri = "http://127.0.0.1:5000/";
  std::string scope = "accounts";
  std::string consent_page;
  std::string endpoint;
  config::Secret refresh_token;
  ctrader::Config ctrader;

  template <class Visitor>
  void describe(Visitor& field) {
    field("directory", directory, "directory of the store, <environment>.db");
    field.group("key", key, "what opens the store");
    field("redirect_uri", redirect_uri,
          "where the browser comes back to, as it is registered for the application, letter by "
          "letter: http://127.0.0.1:PORT/PATH");
    field("scope", scope, "what is asked for: accounts, to look, or trading, to trade too");
    field("consent_page", consent_page, "the simulator's page of consent; demo and live have one");
    field("endpoint", endpoint, "the simulator's endpoint for tokens; demo and live have one");
    const ctrader::AccountVariables variables("REFRESH_TOKEN");
    field("refresh_token", refresh_token,
          "of an earlier login elsewhere: the first grant, where the store has none",
          variables.demo, variables.live, variables.plain);
    field.section("ctrader", ctrader, "the account at the broker");
  }

  void check(const config::Checks& checks) const;
};

/// <directory>/<environment>.db
[[nodiscard]] std::filesystem::path store_file(const Config& config,
                                               config::Environment environment);

/// The settings that follow from the environment where `config` names none.
[[nodiscard]] std::string consent_page(const Config& config, config::Environment environment);
[[nodiscard]] std::string endpoint_url(const Config& config, config::Environment environment);

}  // namespace depthwire::tokens
