#pragma once

#include <cstdint>
#include <string>

namespace depthwire::tokens {

/// What a user has granted to the application: a pair of tokens. Holds secrets: never to be logged.
struct Grant {
  std::string access_token;
  std::string refresh_token;     ///< good for one refresh; empty: none
  std::int64_t obtained_ms = 0;  ///< Unix time
  std::int64_t expires_ms = 0;   ///< of the access token
  std::int64_t account_id = 0;   ///< the one that was chosen

  bool operator==(const Grant&) const = default;
};

/// When a grant is to be refreshed: half of its life is then left for what may go wrong.
[[nodiscard]] constexpr std::int64_t refresh_due_ms(const Grant& grant) {
  return grant.obtained_ms + (grant.expires_ms - grant.obtained_ms) / 2;
}

}  // namespace depthwire::tokens
