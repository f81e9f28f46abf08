#pragma once

#include <optional>
#include <string>

namespace depthwire::tokens {

// The desktop's keyring, through libsecret. Entries carry the environment's name. Both throw
// service::ExitError 78 when no keyring answers.

[[nodiscard]] std::optional<std::string> find_in_keyring(const std::string& environment);
void put_into_keyring(const std::string& environment, const std::string& text);

}  // namespace depthwire::tokens
