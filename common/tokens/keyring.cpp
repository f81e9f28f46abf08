#include "common/tokens/keyring.hpp"

#include "common/service/exit_error.hpp"

#include <libsecret/secret.h>

#include <memory>

namespace depthwire::tokens {
namespace {

const SecretSchema& schema() {
  static const SecretSchema entry = [] {
    SecretSchema made{};
    made.name = "org.depthwire.TokensKey";
    made.flags = SECRET_SCHEMA_NONE;
    made.attributes[0] = {"environment", SECRET_SCHEMA_ATTRIBUTE_STRING};
    return made;
  }();
  return entry;
}

struct FreePassword {
  void operator()(gchar* text) const { secret_password_free(text); }
};

[[noreturn]] void fail(GError* error) {
  const std::string why = error != nullptr ? error->message : "no reason given";
  g_clear_error(&error);
  throw service::ExitError(service::exit_code::config,
                           "tokens.key.source: the keyring does not answer (" + why +
                               "); unlock it, or choose another source");
}

}  // namespace

std::optional<std::string> find_in_keyring(const std::string& environment) {
  GError* error = nullptr;
  const std::unique_ptr<gchar, FreePassword> found(secret_password_lookup_sync(
      &schema(), nullptr, &error, "environment", environment.c_str(), nullptr));
  if (error != nullptr) fail(error);
  if (!found) return std::nullopt;
  return std::string(found.get());
}

void put_into_keyring(const std::string& environment, const std::string& text) {
  GError* error = nullptr;
  const auto label = "Depthwire tokens (" + environment + ")";
  if (secret_password_store_sync(&schema(), SECRET_COLLECTION_DEFAULT, label.c_str(), text.c_str(),
                                 nullptr, &error, "environment", environment.c_str(),
                                 nullptr) == 0) {
    fail(error);
  }
}

}  // namespace depthwire::tokens
