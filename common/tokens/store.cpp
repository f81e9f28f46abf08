#include "common/tokens/store.hpp"

#include "common/secrets/seal.hpp"

#include <algorithm>

namespace depthwire::tokens {
namespace {

using sqlite::Blob;
using sqlite::Value;

constexpr std::string_view check_text = "depthwire";

std::filesystem::path with_private_directory(const std::filesystem::path& file) {
  const auto directory = file.parent_path();
  if (!directory.empty() && !std::filesystem::exists(directory)) {
    std::filesystem::create_directories(directory);
    std::filesystem::permissions(directory, std::filesystem::perms::owner_all);
  }
  return file;
}

}  // namespace

Store::Store(const std::filesystem::path& file, config::Environment environment,
             const KeyMaker& key)
    : file_(file.string()),
      environment_(to_string(environment)),
      database_(with_private_directory(file)),
      key_(open_with(key)) {}

void Store::make_tables() {
  database_.run(R"(CREATE TABLE IF NOT EXISTS vault (
    one INTEGER PRIMARY KEY CHECK (one = 1), salt BLOB NOT NULL, sealed_check BLOB NOT NULL))");
  database_.run(R"(CREATE TABLE IF NOT EXISTS "grant" (
    id INTEGER PRIMARY KEY AUTOINCREMENT, account_id INTEGER NOT NULL,
    obtained_ms INTEGER NOT NULL, expires_ms INTEGER NOT NULL,
    access_token BLOB NOT NULL, refresh_token BLOB NOT NULL))");
  database_.run(R"(CREATE TABLE IF NOT EXISTS standing (
    one INTEGER PRIMARY KEY CHECK (one = 1), login_required TEXT, refresh_started_ms INTEGER,
    refresh_wanted INTEGER NOT NULL DEFAULT 0))");
  database_.run("INSERT OR IGNORE INTO standing (one) VALUES (1)");
}

secrets::Key Store::open_with(const KeyMaker& make_key) {
  sqlite::Transaction transaction(database_);
  make_tables();
  const auto rows = database_.run("SELECT salt, sealed_check FROM vault");
  if (rows.empty()) {
    const auto salt = secrets::random_salt();
    auto key = make_key(salt);
    database_.run("INSERT INTO vault VALUES (1, ?, ?)",
                  {Blob{std::string(salt.begin(), salt.end())},
                   Blob{secrets::seal(key, check_text, about(0, "check"))}});
    transaction.commit();
    return key;
  }
  transaction.commit();
  const auto& stored = std::get<Blob>(rows[0][0]).bytes;
  secrets::Salt salt{};
  if (stored.size() != salt.size()) wrong_key();
  std::copy(stored.begin(), stored.end(), salt.begin());
  auto key = make_key(salt);
  if (secrets::open(key, std::get<Blob>(rows[0][1]).bytes, about(0, "check")) != check_text) {
    wrong_key();
  }
  return key;
}

void Store::wrong_key() const {
  throw WrongKey(file_ +
                 ": the key does not open it; give the key or passphrase that it was made " +
                 "with, or remove it and log in again");
}

std::string Store::about(std::int64_t account_id, std::string_view kind) const {
  return environment_ + " " + std::to_string(account_id) + " " + std::string(kind);
}

std::string Store::unseal(const Value& value, const std::string& about) const {
  auto text = secrets::open(key_, std::get<Blob>(value).bytes, about);
  if (!text) wrong_key();
  return *std::move(text);
}

std::optional<Grant> Store::newest(int skip) {
  const auto rows = database_.run(
      "SELECT account_id, obtained_ms, expires_ms, access_token, refresh_token FROM \"grant\" "
      "ORDER BY id DESC LIMIT 1 OFFSET ?",
      {std::int64_t{skip}});
  if (rows.empty()) return std::nullopt;
  const auto& row = rows.front();
  Grant grant{.obtained_ms = std::get<std::int64_t>(row[1]),
              .expires_ms = std::get<std::int64_t>(row[2]),
              .account_id = std::get<std::int64_t>(row[0])};
  grant.access_token = unseal(row[3], about(grant.account_id, "access"));
  grant.refresh_token = unseal(row[4], about(grant.account_id, "refresh"));
  return grant;
}

std::optional<Grant> Store::current() { return newest(0); }
std::optional<Grant> Store::previous() { return newest(1); }

Standing Store::standing() {
  const auto row =
      database_.run("SELECT login_required, refresh_started_ms, refresh_wanted FROM standing")
          .at(0);
  Standing standing;
  if (const auto* reason = std::get_if<std::string>(&row[0])) {
    standing.login_required = true;
    standing.reason = *reason;
  }
  if (const auto* started = std::get_if<std::int64_t>(&row[1])) {
    standing.refresh_started_ms = *started;
  }
  standing.refresh_wanted = std::get<std::int64_t>(row[2]) != 0;
  return standing;
}

void Store::put(const Grant& grant) {
  sqlite::Transaction transaction(database_);
  database_.run(
      "INSERT INTO \"grant\" (account_id, obtained_ms, expires_ms, access_token, refresh_token) "
      "VALUES (?, ?, ?, ?, ?)",
      {grant.account_id, grant.obtained_ms, grant.expires_ms,
       Blob{secrets::seal(key_, grant.access_token, about(grant.account_id, "access"))},
       Blob{secrets::seal(key_, grant.refresh_token, about(grant.account_id, "refresh"))}});
  database_.run(
      "DELETE FROM \"grant\" WHERE id NOT IN (SELECT id FROM \"grant\" ORDER BY id DESC LIMIT 2)");
  database_.run(
      "UPDATE standing SET login_required = NULL, refresh_started_ms = NULL, refresh_wanted = 0");
  transaction.commit();
}

void Store::refresh_started(std::int64_t now_ms) {
  database_.run("UPDATE standing SET refresh_started_ms = ?, refresh_wanted = 0", {now_ms});
}

void Store::want_refresh() { database_.run("UPDATE standing SET refresh_wanted = 1"); }

void Store::require_login(const std::string& reason) {
  database_.run("UPDATE standing SET login_required = ?, refresh_started_ms = NULL", {reason});
}

void Store::clear() {
  {
    sqlite::Transaction transaction(database_);
    database_.run("DELETE FROM \"grant\"");
    database_.run(
        "UPDATE standing SET login_required = NULL, refresh_started_ms = NULL, refresh_wanted = 0");
    transaction.commit();
  }
  database_.run("PRAGMA wal_checkpoint(TRUNCATE)");  // out of the log too
}

}  // namespace depthwire::tokens
