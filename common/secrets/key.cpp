#include "common/secrets/key.hpp"

#include <sodium.h>

#include <algorithm>
#include <new>
#include <stdexcept>
#include <string>

namespace depthwire::secrets {
namespace {

static_assert(key_bytes == crypto_aead_xchacha20poly1305_ietf_KEYBYTES);
static_assert(Salt().size() == crypto_pwhash_SALTBYTES);

void start_sodium() {
  if (sodium_init() < 0) throw std::runtime_error("libsodium does not start");
}

}  // namespace

Salt random_salt() {
  start_sodium();
  Salt salt{};
  randombytes_buf(salt.data(), salt.size());
  return salt;
}

void Key::Free::operator()(unsigned char* memory) const { sodium_free(memory); }

Key::Key() {
  start_sodium();
  memory_.reset(static_cast<unsigned char*>(sodium_malloc(key_bytes)));
  if (!memory_) throw std::bad_alloc();
}

Key Key::random() {
  Key key;
  randombytes_buf(key.memory_.get(), key_bytes);
  return key;
}

Key Key::of(std::string_view bytes) {
  if (bytes.size() != key_bytes) {
    throw std::invalid_argument("a key has " + std::to_string(key_bytes) + " bytes, not " +
                                std::to_string(bytes.size()));
  }
  Key key;
  std::copy(bytes.begin(), bytes.end(), key.memory_.get());
  return key;
}

Key Key::of_passphrase(std::string_view passphrase, const Salt& salt) {
  Key key;
  if (crypto_pwhash(key.memory_.get(), key_bytes, passphrase.data(), passphrase.size(), salt.data(),
                    crypto_pwhash_OPSLIMIT_INTERACTIVE, crypto_pwhash_MEMLIMIT_INTERACTIVE,
                    crypto_pwhash_ALG_ARGON2ID13) != 0) {
    throw std::bad_alloc();  // the only way in which it fails
  }
  return key;
}

}  // namespace depthwire::secrets
