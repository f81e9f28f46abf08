#include "common/secrets/seal.hpp"

#include <sodium.h>

namespace depthwire::secrets {
namespace {

constexpr std::size_t nonce_bytes = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t tag_bytes = crypto_aead_xchacha20poly1305_ietf_ABYTES;

const unsigned char* bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* bytes(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

}  // namespace

std::string seal(const Key& key, std::string_view text, std::string_view about) {
  std::string sealed(nonce_bytes + text.size() + tag_bytes, '\0');
  randombytes_buf(sealed.data(), nonce_bytes);
  crypto_aead_xchacha20poly1305_ietf_encrypt(bytes(sealed) + nonce_bytes, nullptr, bytes(text),
                                             text.size(), bytes(about), about.size(), nullptr,
                                             bytes(sealed), key.bytes().data());
  return sealed;
}

std::optional<std::string> open(const Key& key, std::string_view sealed, std::string_view about) {
  if (sealed.size() < nonce_bytes + tag_bytes) return std::nullopt;
  std::string text(sealed.size() - nonce_bytes - tag_bytes, '\0');
  if (crypto_aead_xchacha20poly1305_ietf_decrypt(
          bytes(text), nullptr, nullptr, bytes(sealed) + nonce_bytes, sealed.size() - nonce_bytes,
          bytes(about), about.size(), bytes(sealed), key.bytes().data()) != 0) {
    return std::nullopt;
  }
  return text;
}

}  // namespace depthwire::secrets
