#pragma once

#include "common/config/bind.hpp"
#include "common/config/environment.hpp"
#include "common/config/secret.hpp"
#include "common/secrets/key.hpp"

#include <cstdint>
#include <filesystem>

namespace depthwire::tokens {

enum class KeySource : std::uint8_t { file, passphrase, keyring, systemd };

/// The settings `key`: what opens the store.
struct KeySettings {
  KeySource source = KeySource::file;
  std::filesystem::path file;
  config::Secret passphrase;

  template <class Visitor>
  void describe(Visitor& field) {
    field("source", source,
          "where the key is: a file (not in live), a passphrase, the desktop's keyring, or the "
          "systemd credential depthwire-tokens-key",
          config::Names<KeySource>{{{"file", KeySource::file},
                                    {"passphrase", KeySource::passphrase},
                                    {"keyring", KeySource::keyring},
                                    {"systemd", KeySource::systemd}}});
    field("file", file, "the key file, made when missing; empty: <directory>/<environment>.key");
    field("passphrase", passphrase, "the passphrase, for source passphrase");
  }
};

/// The key that `settings` names; a key file or an entry of the keyring is made when it is missing.
/// `file` is the key file where `settings` names none. Throws service::ExitError 78 with what to
/// do.
[[nodiscard]] secrets::Key load_key(const KeySettings& settings, config::Environment environment,
                                    const std::filesystem::path& file, const secrets::Salt& salt);

}  // namespace depthwire::tokens
