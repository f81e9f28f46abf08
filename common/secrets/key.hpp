#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

namespace depthwire::secrets {

inline constexpr std::size_t key_bytes = 32;
/// Beside what a passphrase opens, in clear: the same passphrase then makes another key elsewhere.
using Salt = std::array<unsigned char, 16>;

[[nodiscard]] Salt random_salt();

/// A key of 256 bits in memory that is locked, wiped when freed and fenced against overruns.
class Key {
 public:
  static Key random();
  /// `bytes` has exactly key_bytes; throws std::invalid_argument otherwise.
  static Key of(std::string_view bytes);
  /// Argon2id over a passphrase, with 64 MiB and some 0.1 s: what guessing costs per word.
  static Key of_passphrase(std::string_view passphrase, const Salt& salt);

  [[nodiscard]] std::span<const unsigned char, key_bytes> bytes() const {
    return std::span<const unsigned char, key_bytes>(memory_.get(), key_bytes);
  }

 private:
  struct Free {
    void operator()(unsigned char* memory) const;
  };
  Key();

  std::unique_ptr<unsigned char[], Free> memory_;
};

}  // namespace depthwire::secrets
