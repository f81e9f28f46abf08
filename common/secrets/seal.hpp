#pragma once

#include "common/secrets/key.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace depthwire::secrets {

/// XChaCha20-Poly1305: a fresh nonce, then the sealed text. `about` says what and whose it is; it
/// is not kept, and without it nothing opens, so that sealed texts cannot change places.
[[nodiscard]] std::string seal(const Key& key, std::string_view text, std::string_view about);

/// What seal() was given; nothing for another key, another `about`, or a changed byte.
[[nodiscard]] std::optional<std::string> open(const Key& key, std::string_view sealed,
                                              std::string_view about);

}  // namespace depthwire::secrets
