#include "services/tokens/config.hpp"

#include "common/tokens/redirect.hpp"

#include <string_view>

namespace depthwire::tokens {
namespace {

// Of demo and live alike. Source: PROTOCOL.md 4.1.
constexpr std::string_view broker_page =
    "https://id.ctrader.com/my/settings/openapi/grantingaccess/";
constexpr std::string_view broker_endpoint = "https://openapi.ctrader.com/apps/token";
constexpr std::string_view simulator_page = "https://localhost:5039/grantingaccess/";
constexpr std::string_view simulator_endpoint = "https://localhost:5039/apps/token";

std::string chosen(const std::string& given, config::Environment environment,
                   std::string_view simulated, std::string_view real) {
  if (environment != config::Environment::sim) return std::string(real);
  return given.empty() ? std::string(simulated) : given;
}

}  // namespace

void Config::check(const config::Checks& checks) const {
  if (!parse_redirect(redirect_uri)) {
    checks.fail("redirect_uri",
                "expected http://127.0.0.1:PORT/PATH or http://localhost:PORT/PATH, got \"" +
                    redirect_uri + "\"");
  }
  if (scope != "accounts" && scope != "trading") {
    checks.fail("scope", "expected accounts or trading, got \"" + scope + "\"");
  }
  if (checks.environment() == config::Environment::sim) return;
  if (!consent_page.empty()) checks.fail("consent_page", "must be empty outside sim");
  if (!endpoint.empty()) checks.fail("endpoint", "must be empty outside sim");
}

std::filesystem::path store_file(const Config& config, config::Environment environment) {
  return config.directory / (std::string(to_string(environment)) + ".db");
}

std::string consent_page(const Config& config, config::Environment environment) {
  return chosen(config.consent_page, environment, simulator_page, broker_page);
}

std::string endpoint_url(const Config& config, config::Environment environment) {
  return chosen(config.endpoint, environment, simulator_endpoint, broker_endpoint);
}

}  // namespace depthwire::tokens
