#include "common/tokens/key_source.hpp"

#include "common/service/exit_error.hpp"
#include "common/tokens/keyring.hpp"

#include <fcntl.h>
#include <sodium.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <sstream>
#include <string>
#include <sys/stat.h>

namespace depthwire::tokens {
namespace {

using secrets::Key;

[[noreturn]] void fail(const std::string& text) {
  throw service::ExitError(service::exit_code::config, "tokens.key: " + text);
}

std::string hex_of(const Key& key) {
  std::string hex(2 * secrets::key_bytes + 1, '\0');
  sodium_bin2hex(hex.data(), hex.size(), key.bytes().data(), key.bytes().size());
  hex.pop_back();
  return hex;
}

/// The key in `text`, which is 64 hexadecimal digits; `where` is told when it is not.
Key of_hex(std::string_view text, const std::string& where) {
  while (text.ends_with('\n')) text.remove_suffix(1);
  std::string bytes(secrets::key_bytes, '\0');
  std::size_t size = 0;
  if (text.size() != 2 * secrets::key_bytes ||
      sodium_hex2bin(reinterpret_cast<unsigned char*>(bytes.data()), bytes.size(), text.data(),
                     text.size(), nullptr, &size, nullptr) != 0 ||
      size != secrets::key_bytes) {
    fail(where + " holds no key: expected 64 hexadecimal digits");
  }
  return Key::of(bytes);
}

std::string read_file(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  if (!in) fail("cannot read " + file.string() + " (" + std::strerror(errno) + ")");
  return text.str();
}

/// Makes the file unless another process does so first.
void make_key_file(const std::filesystem::path& file) {
  if (!file.parent_path().empty()) std::filesystem::create_directories(file.parent_path());
  const int descriptor = ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0400);
  if (descriptor < 0 && errno == EEXIST) return;
  if (descriptor < 0) fail("cannot make " + file.string() + " (" + std::strerror(errno) + ")");
  const auto text = hex_of(Key::random()) + "\n";
  const bool whole =
      ::write(descriptor, text.data(), text.size()) == static_cast<ssize_t>(text.size()) &&
      ::fsync(descriptor) == 0;
  ::close(descriptor);
  if (!whole) {
    ::unlink(file.c_str());
    fail("cannot write " + file.string());
  }
}

Key from_file(const std::filesystem::path& file, config::Environment environment) {
  if (environment == config::Environment::live) {
    fail(
        "a key file beside the store is no protection in live: set tokens.key.source to "
        "passphrase, keyring or systemd");
  }
  make_key_file(file);
  struct stat status {};
  if (::stat(file.c_str(), &status) == 0 && (status.st_mode & 077U) != 0) {
    fail(file.string() + " can be read by others (chmod 400)");
  }
  return of_hex(read_file(file), file.string());
}

Key from_keyring(const std::string& environment) {
  auto found = find_in_keyring(environment);
  if (!found) {
    found = hex_of(Key::random());
    put_into_keyring(environment, *found);
  }
  return of_hex(*found, "the keyring's entry for " + environment);
}

Key from_systemd() {
  const char* directory = std::getenv("CREDENTIALS_DIRECTORY");
  if (directory == nullptr) {
    fail(
        "source systemd: there is no CREDENTIALS_DIRECTORY; the unit needs "
        "LoadCredentialEncrypted=depthwire-tokens-key");
  }
  const auto file = std::filesystem::path(directory) / "depthwire-tokens-key";
  return of_hex(read_file(file), file.string());
}

}  // namespace

Key load_key(const KeySettings& settings, config::Environment environment,
             const std::filesystem::path& file, const secrets::Salt& salt) {
  switch (settings.source) {
    case KeySource::passphrase:
      if (settings.passphrase.empty()) {
        fail(
            "source passphrase: there is none; set DEPTHWIRE_TOKENS_KEY_PASSPHRASE, or "
            "passphrase: file:PATH");
      }
      return Key::of_passphrase(settings.passphrase.reveal(), salt);
    case KeySource::keyring: return from_keyring(std::string(to_string(environment)));
    case KeySource::systemd: return from_systemd();
    case KeySource::file: break;
  }
  return from_file(settings.file.empty() ? file : settings.file, environment);
}

}  // namespace depthwire::tokens
