#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace depthwire::simulator {

/// The simulator's settings: the only place that names and explains them.
struct Options {
  std::string listen = "127.0.0.1:5035";
  std::string state = "var/simulator";
  std::vector<std::string> tls_names;

  std::string recording;  ///< empty: a generated market
  std::string symbols = "4";
  std::uint64_t seed = 1;
  std::int64_t rate = 10;
  std::int64_t events = 0;    ///< 0: no limit
  std::int64_t duration = 0;  ///< seconds; 0: no limit
  bool loop = false;

  std::string speed = "1";
  double pace = 0;  ///< events per second; 0: by speed
  std::string time = "recorded";
  std::string start = "on_subscribe";
  std::size_t wait_for = 0;
  std::string pause_without_clients = "auto";
  std::string report;

  std::string client_id = "simulator";
  std::string client_secret = "simulator-secret";
  std::string access_token = "simulator-token";
  std::int64_t account_id = 1'000'001;
};

/// Reads the command line. Returns nothing when it has been answered (help, a mistake), with the
/// exit code in `exit_code`.
[[nodiscard]] std::optional<Options> parse_options(int argc, char** argv, int& exit_code);

}  // namespace depthwire::simulator
