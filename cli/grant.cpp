#include "cli/grant.hpp"

#include "cli/place.hpp"
#include "common/ctrader/wiring.hpp"
#include "common/service/exit_error.hpp"
#include "services/tokens/open_store.hpp"

#include <chrono>
#include <cstdio>
#include <ctime>

namespace depthwire::cli {

GrantPlace::GrantPlace(const Common& common, const AuthOptions& options) {
  const Place place = find_place(common.root, common.config);
  settings.load_for(place.config, options.environment);
  for (const std::string& warning : settings.loaded.warnings) {
    std::fprintf(stderr, "depthwire: %s\n", warning.c_str());
  }
  environment = settings.loaded.environment;
  store_file = tokens::store_file(settings.tokens, environment);
  socket = ctrader::token_socket(settings.tokens.ctrader, environment);
}

tokens::Store GrantPlace::open_store() const {
  return tokens::open_store(settings.tokens, environment);
}

ctrader::ClientOptions GrantPlace::client() const {
  return ctrader::client_options(settings.tokens.ctrader, environment, "auth");
}

tokens::Endpoint GrantPlace::endpoint() const {
  const auto options = client();
  return {.url = tokens::endpoint_url(settings.tokens, environment),
          .ca_file = options.connection.ca_file,
          .application = {options.account.client_id, options.account.client_secret}};
}

std::string minute_text(std::int64_t unix_ms) {
  const std::time_t seconds = unix_ms / 1'000;
  std::tm utc{};
  ::gmtime_r(&seconds, &utc);
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%d %H:%M UTC", &utc);
  return text;
}

std::int64_t unix_ms_now() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

}  // namespace depthwire::cli
