#include "cli/commands.hpp"
#include "cli/grant.hpp"
#include "common/service/exit_error.hpp"
#include "services/tokens/actors/keeper.hpp"

#include <nlohmann/json.hpp>

#include <chrono>
#include <cstdio>
#include <functional>
#include <thread>

namespace depthwire::cli {
namespace {

using service::ExitError;

constexpr int login_needed = 1;
constexpr std::chrono::seconds refresh_patience{60};
constexpr std::chrono::milliseconds look_every{100};

std::string hours_text(std::int64_t ms) {
  const auto hours = ms / 3'600'000;
  if (hours >= 48) return std::to_string(hours / 24) + " days";
  return std::to_string(hours) + " h " + std::to_string(ms / 60'000 % 60) + " min";
}

/// Asks the process that holds the grant, and waits for what comes of it.
bool refresh_by_holder(tokens::Store& store, const tokens::Grant& before) {
  store.want_refresh();
  const auto end = std::chrono::steady_clock::now() + refresh_patience;
  while (std::chrono::steady_clock::now() < end) {
    std::this_thread::sleep_for(look_every);
    const auto standing = store.standing();
    if (standing.login_required) throw ExitError(service::exit_code::credentials, standing.reason);
    const auto now = store.current();
    if (now && *now != before) return true;
  }
  return false;
}

/// Does what the process would do, as nobody else holds the grant.
bool refresh_here(const GrantPlace& place, tokens::Store& store, const tokens::Grant& before) {
  store.want_refresh();
  tokens::Keeper keeper(
      place.open_store(), place.endpoint(),
      {.unix_ms = unix_ms_now,
       .elsewhere = [](const tokens::Keeper::Work& work,
                       const std::function<void(tokens::Reply)>& done) { done(work({})); },
       .changed = [](const tokens::KeeperStatus&) {}});
  keeper.tick();
  const auto standing = store.standing();
  if (standing.login_required) throw ExitError(service::exit_code::credentials, standing.reason);
  const auto now = store.current();
  return now && *now != before;
}

}  // namespace

int auth_status(const Common& common, const AuthOptions& options) {
  const GrantPlace place(common, options);
  auto store = place.open_store();
  const auto grant = store.current();
  const auto standing = store.standing();
  const bool held = !tokens::HolderLock(place.store_file).held();
  const bool needed = !grant || standing.login_required;
  if (options.json) {
    nlohmann::json json{{"environment", place.name()}, {"login_required", needed},
                        {"reason", standing.reason},   {"process_runs", held},
                        {"account_id", nullptr},       {"obtained_ms", nullptr},
                        {"expires_ms", nullptr},       {"refresh_due_ms", nullptr}};
    if (grant) {
      json["account_id"] = grant->account_id;
      json["obtained_ms"] = grant->obtained_ms;
      json["expires_ms"] = grant->expires_ms;
      json["refresh_due_ms"] = tokens::refresh_due_ms(*grant);
    }
    std::printf("%s\n", json.dump().c_str());
    return needed ? login_needed : service::exit_code::ok;
  }
  const auto row = [](const char* key, const std::string& text) {
    std::printf("%-13s %s\n", key, text.c_str());
  };
  row("environment", place.name());
  if (!place.settings.tokens.ctrader.application_name.empty()) {
    row("application", place.settings.tokens.ctrader.application_name);
  }
  if (grant) {
    const auto left = grant->expires_ms - unix_ms_now();
    row("account", std::to_string(grant->account_id));
    row("granted", minute_text(grant->obtained_ms));
    row("expires",
        minute_text(grant->expires_ms) + (left > 0 ? ", in " + hours_text(left) : ": it has"));
    row("refreshed at", minute_text(tokens::refresh_due_ms(*grant)));
  }
  row("held by", held ? "the process tokens" : "nobody; the process tokens does not run");
  if (place.socket.empty()) {
    row("note", "not in use: the configuration has an access token, or is the simulator's");
  }
  if (needed) {
    row("login", (grant ? standing.reason : std::string("nobody has logged in")) +
                     "; `depthwire auth login --env " + place.name() + "`");
  }
  return needed ? login_needed : service::exit_code::ok;
}

int auth_refresh(const Common& common, const AuthOptions& options) {
  const GrantPlace place(common, options);
  auto store = place.open_store();
  const auto before = store.current();
  if (!before) {
    throw ExitError(service::exit_code::credentials,
                    "there is no grant to refresh; `depthwire auth login` makes one");
  }
  const tokens::HolderLock lock(place.store_file);
  const bool done =
      lock.held() ? refresh_here(place, store, *before) : refresh_by_holder(store, *before);
  if (!done) {
    throw ExitError(service::exit_code::unavailable,
                    "the broker's endpoint gives no answer; the old access token stays in use "
                    "and the process tokens tries again");
  }
  std::printf("refreshed; the access token is good until %s\n",
              minute_text(store.current()->expires_ms).c_str());
  return service::exit_code::ok;
}

int auth_logout(const Common& common, const AuthOptions& options) {
  const GrantPlace place(common, options);
  auto store = place.open_store();
  const bool there = store.current().has_value();
  store.clear();
  std::printf("%s\n", there ? "the grant is forgotten here; the broker's page of your "
                              "applications takes it back for good"
                            : "there was no grant");
  return service::exit_code::ok;
}

}  // namespace depthwire::cli
