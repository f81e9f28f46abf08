#include "cli/command.hpp"
#include "cli/commands.hpp"
#include "cli/grant.hpp"
#include "cli/redirect_listener.hpp"
#include "common/ctrader/account_list.hpp"
#include "common/service/exit_error.hpp"
#include "common/tokens/oauth.hpp"

#include <sodium.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <string>
#include <vector>

namespace depthwire::cli {
namespace {

using ctrader::GrantedAccount;
using service::ExitError;

constexpr std::chrono::minutes patience{5};

/// 256 bits that come back with the browser: who did not see them does not get in.
std::string random_state() {
  std::array<unsigned char, 32> bytes{};
  if (sodium_init() < 0) throw ExitError(service::exit_code::software, "libsodium does not start");
  randombytes_buf(bytes.data(), bytes.size());
  std::string hex(2 * bytes.size() + 1, '\0');
  sodium_bin2hex(hex.data(), hex.size(), bytes.data(), bytes.size());
  hex.pop_back();
  return hex;
}

void show_page(const std::string& url, bool browser) {
  std::printf("Grant access on this page:\n\n  %s\n\n", url.c_str());
  const bool desktop =
      std::getenv("DISPLAY") != nullptr || std::getenv("WAYLAND_DISPLAY") != nullptr;
  if (browser && desktop && have_command("xdg-open") && run_command({"xdg-open", url}).ok()) {
    std::printf("It has been opened in your browser. ");
  }
  std::printf("Waiting for the browser to come back, for 5 minutes; Ctrl-C ends.\n");
  std::fflush(stdout);
}

/// The code that the browser brings. Throws ExitError 77.
std::string code_of(const std::optional<std::map<std::string, std::string>>& heard,
                    const std::string& state) {
  const auto refuse = [](const std::string& why) {
    throw ExitError(service::exit_code::credentials, why + "; nothing was stored");
  };
  if (!heard) refuse("the browser has not come back in time");
  const auto value = [&](const std::string& key) {
    const auto found = heard->find(key);
    return found == heard->end() ? std::string() : found->second;
  };
  const auto given = value("state");
  if (given.size() != state.size() ||
      sodium_memcmp(given.data(), state.data(), state.size()) != 0) {
    refuse(
        "the browser came back with another state than it was sent with: this answer is not to "
        "our question");
  }
  if (const auto error = value("error"); !error.empty()) refuse("access is not granted: " + error);
  if (value("code").empty()) refuse("the browser came back without a code");
  return value("code");
}

tokens::NewTokens fetch_tokens(const tokens::Endpoint& endpoint, const std::string& code,
                               const std::string& redirect_uri) {
  auto reply = endpoint.exchange(code, redirect_uri);
  if (const auto* refused = std::get_if<tokens::Refused>(&reply)) {
    throw ExitError(service::exit_code::credentials, "the broker refuses: " + refused->reason);
  }
  if (const auto* none = std::get_if<tokens::NoAnswer>(&reply)) {
    throw ExitError(service::exit_code::unavailable,
                    "no tokens: " + none->reason + "; log in again");
  }
  return std::get<tokens::NewTokens>(std::move(reply));
}

void print_accounts(const std::vector<GrantedAccount>& accounts) {
  std::printf("\n  %-3s %-12s %-12s %-5s %s\n", "", "account", "login", "kind", "broker");
  int number = 0;
  for (const auto& account : accounts) {
    std::printf("  %-3d %-12lld %-12lld %-5s %s\n", ++number, static_cast<long long>(account.id),
                static_cast<long long>(account.login), account.live ? "live" : "demo",
                account.broker.c_str());
  }
  std::printf("\n");
}

std::int64_t ask_which(const std::vector<GrantedAccount>& accounts) {
  if (::isatty(STDIN_FILENO) == 0) {
    throw ExitError(service::exit_code::usage,
                    "there are several accounts: name one with --account");
  }
  for (;;) {
    std::printf("Which one (1-%zu)? ", accounts.size());
    std::fflush(stdout);
    std::string line;
    if (!std::getline(std::cin, line)) {
      throw ExitError(service::exit_code::usage, "no account was chosen; nothing was stored");
    }
    std::size_t number = 0;
    const auto* end = line.data() + line.size();
    if (std::from_chars(line.data(), end, number).ptr == end && number >= 1 &&
        number <= accounts.size()) {
      return accounts[number - 1].id;
    }
  }
}

/// One of the accounts of the environment's kind.
std::int64_t choose(std::vector<GrantedAccount> accounts, const GrantPlace& place,
                    std::int64_t wanted) {
  const bool live = place.environment == config::Environment::live;
  std::erase_if(accounts, [&](const auto& account) { return account.live != live; });
  if (accounts.empty()) {
    throw ExitError(service::exit_code::credentials,
                    std::string("the grant opens no ") + (live ? "live" : "demo") +
                        " account; grant one on the page, or log in for the other environment");
  }
  print_accounts(accounts);
  if (wanted == 0) wanted = place.settings.tokens.ctrader.account_id;
  if (wanted == 0) return accounts.size() == 1 ? accounts.front().id : ask_which(accounts);
  if (std::ranges::find(accounts, wanted, &GrantedAccount::id) == accounts.end()) {
    throw ExitError(service::exit_code::credentials,
                    "the grant does not open account " + std::to_string(wanted));
  }
  return wanted;
}

}  // namespace

int auth_login(const Common& common, const AuthOptions& options) {
  const GrantPlace place(common, options);
  const auto& config = place.settings.tokens;
  auto store = place.open_store();  // before anything is granted that could not be kept
  RedirectListener listener(*tokens::parse_redirect(config.redirect_uri));
  auto client = place.client();
  const auto state = random_state();
  show_page(tokens::consent_url(tokens::consent_page(config, place.environment),
                                client.account.client_id, config.redirect_uri, config.scope, state),
            !options.no_browser);
  const auto code = code_of(listener.wait(patience), state);
  const auto tokens = fetch_tokens(place.endpoint(), code, config.redirect_uri);
  client.account.access_token = tokens.access_token;
  const auto accounts = ctrader::list_accounts(client.connection, client.account);
  if (!accounts) {
    throw ExitError(service::exit_code::unavailable, "no list of accounts: " + accounts.error());
  }
  const auto now = unix_ms_now();
  const auto account = choose(*accounts, place, options.account_id);
  store.put({.access_token = tokens.access_token,
             .refresh_token = tokens.refresh_token,
             .obtained_ms = now,
             .expires_ms = now + tokens.expires_in_s * 1'000,
             .account_id = account});
  std::printf("Logged in: account %lld, %s, until %s; refreshed by itself from then on.\n",
              static_cast<long long>(account), place.name().c_str(),
              minute_text(now + tokens.expires_in_s * 1'000).c_str());
  return service::exit_code::ok;
}

}  // namespace depthwire::cli
