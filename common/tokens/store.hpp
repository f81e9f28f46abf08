#pragma once

#include "common/config/environment.hpp"
#include "common/secrets/key.hpp"
#include "common/sqlite/database.hpp"
#include "common/tokens/grant.hpp"

#include <filesystem>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>

namespace depthwire::tokens {

/// The key does not open what is in the store.
class WrongKey : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// What the store knows beside the grant.
struct Standing {
  bool login_required = false;  ///< the refresh token is dead: only a login makes another
  std::string reason;           ///< why, the broker's code verbatim
  bool refresh_wanted = false;  ///< somebody asks for a refresh before its time
  /// A refresh was begun then and has not ended: its answer may be lost. Unix time.
  std::optional<std::int64_t> refresh_started_ms;
};

/// The grants of one environment in a file of their own, sealed. What a call has stored survives
/// the loss of power. Used by the process `tokens` and by `depthwire auth`, at the same time if it
/// must be. Throws sqlite::Error and WrongKey.
class Store {
 public:
  using KeyMaker = std::function<secrets::Key(const secrets::Salt&)>;

  /// Opens the store, or makes an empty one; `key` is asked with the store's salt.
  Store(const std::filesystem::path& file, config::Environment environment, const KeyMaker& key);

  [[nodiscard]] std::optional<Grant> current();
  /// The one before, kept for the case that something goes wrong with the newest.
  [[nodiscard]] std::optional<Grant> previous();
  [[nodiscard]] Standing standing();

  /// Makes `grant` the current one; the current becomes the previous, and that one is forgotten.
  void put(const Grant& grant);
  /// Until the next put(), require_login() or clear().
  void refresh_started(std::int64_t now_ms);
  void want_refresh();
  void require_login(const std::string& reason);
  /// Forgets all grants.
  void clear();

  /// Changes when another process has stored something.
  [[nodiscard]] std::int64_t version() { return database_.data_version(); }

 private:
  void make_tables();
  [[nodiscard]] secrets::Key open_with(const KeyMaker& key);
  [[nodiscard]] std::optional<Grant> newest(int skip);
  [[nodiscard]] std::string about(std::int64_t account_id, std::string_view kind) const;
  [[nodiscard]] std::string unseal(const sqlite::Value& value, const std::string& about) const;
  [[noreturn]] void wrong_key() const;

  std::string file_;
  std::string environment_;
  sqlite::Database database_;
  secrets::Key key_;
};

}  // namespace depthwire::tokens
