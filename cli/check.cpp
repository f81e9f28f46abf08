#include "cli/commands.hpp"
#include "cli/grant.hpp"
#include "common/ctrader/symbol_loader.hpp"
#include "common/service/exit_error.hpp"
#include "proto/ctrader/model.pb.h"

#include <boost/asio/io_context.hpp>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <optional>
#include <string>
#include <vector>

namespace depthwire::cli {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;
using ctrader::SessionState;

constexpr std::chrono::seconds log_in_patience{45};

/// Walks from the connection to arriving depth, once, and tells each step. Sends no order.
class Walk final : public ctrader::ClientHandler {
 public:
  Walk(ctrader::ClientOptions options, std::string symbol, std::chrono::milliseconds watch)
      : endpoint_(options.connection.host + ":" + std::to_string(options.connection.port)),
        symbol_(std::move(symbol)),
        watch_(watch),
        client_(io_, std::move(options), *this) {}

  /// True when every step has passed.
  bool run() {
    client_.start();
    run_until([this] { return !failure_.empty() || watching_; }, log_in_patience);
    if (failure_.empty() && !watching_) fail(step_, "no answer in time");
    if (watching_) watch();
    client_.stop();
    return failed_ == 0;
  }

 private:
  void on_state(SessionState state, const std::string& reason) override {
    switch (state) {
      case SessionState::connecting: return;
      case SessionState::app_auth:
        pass("connection", "TLS to " + endpoint_ + ", certificate verified");
        step_ = "application";
        return;
      case SessionState::account_auth:
        if (watching_) return fail("account", reason);
        pass("application", "authenticated");
        step_ = "account";
        return;
      case SessionState::ready:
        pass("account", std::to_string(client_.account_id()) + " is of the grant, authenticated");
        step_ = "symbols";
        return load();
      case SessionState::disconnected:
      case SessionState::error: return fail(step_, reason);
    }
  }
  void on_give_up(const std::string& reason) override { fail(step_, reason); }
  void on_undecodable(ctrader::DecodeError) override { ++undecodable_; }
  void on_event(const ctrader::Envelope& envelope) override {
    if (envelope.payload_type == ctrader::PROTO_OA_DEPTH_EVENT) ++depth_;
    if (envelope.payload_type == ctrader::PROTO_OA_SPOT_EVENT) ++spots_;
  }

  void load() {
    ctrader::load_catalogue(client_, client_.account_id(), [this](auto catalogue) {
      if (!catalogue) return fail("symbols", to_string(catalogue.error()));
      const auto names = catalogue->enabled_names();
      if (names.empty()) return fail("symbols", "the account has none that may be traded");
      if (symbol_.empty()) {
        symbol_ = std::ranges::find(names, "EURUSD") != names.end() ? "EURUSD" : names.front();
      }
      const auto id = catalogue->id(symbol_);
      if (!id) return fail("symbols", "there is no " + symbol_ + "; name another with --symbol");
      pass("symbols", std::to_string(names.size()) + ", watching " + symbol_);
      step_ = "subscription";
      subscribe({*id});
    });
  }

  void subscribe(const std::vector<std::int64_t>& ids) {
    client_.send(ctrader::subscribe_spots(client_.account_id(), ids),
                 [this, ids](const ctrader::Answer& spots) {
                   if (!spots) return fail("subscription", to_string(spots.error()));
                   client_.send(ctrader::subscribe_depth(client_.account_id(), ids),
                                [this](const ctrader::Answer& depth) {
                                  if (!depth) return fail("subscription", to_string(depth.error()));
                                  pass("subscription", "spots and depth of " + symbol_);
                                  watching_ = true;
                                });
                 });
  }

  void watch() {
    step_ = "heartbeats";
    const bool terminal = ::isatty(STDOUT_FILENO) != 0;
    const auto begin = Clock::now();
    while (failure_.empty() && Clock::now() - begin < watch_) {
      run_until([this] { return !failure_.empty(); },
                std::min<Clock::duration>(1s, watch_ - (Clock::now() - begin)));
      if (!terminal) continue;
      const auto left = std::chrono::ceil<std::chrono::seconds>(watch_ - (Clock::now() - begin));
      std::printf("\r      watching, %lld s left: %llu spots, %llu depth events ",
                  static_cast<long long>(left.count()), static_cast<unsigned long long>(spots_),
                  static_cast<unsigned long long>(depth_));
      std::fflush(stdout);
    }
    if (terminal) std::printf("\r%70s\r", "");
    if (!failure_.empty()) return;  // told already
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(watch_).count();
    pass("heartbeats", "the connection stood for " + std::to_string(seconds) + " s, " +
                           std::to_string(client_.traffic().messages_in) + " messages came");
    judge("spots", spots_, "the market may be closed");
    judge("depth", depth_,
          "the market may be closed, or this account carries no depth: ask its broker");
    if (undecodable_ > 0) fail("messages", std::to_string(undecodable_) + " could not be read");
  }

  void judge(const std::string& what, std::uint64_t count, const std::string& why) {
    if (count > 0) return pass(what, std::to_string(count) + " events of " + symbol_);
    fail(what, "none came of " + symbol_ + ": " + why);
  }

  template <class Condition>
  void run_until(Condition condition, Clock::duration patience) {
    const auto end = Clock::now() + patience;
    while (!condition() && Clock::now() < end) io_.run_one_until(end);
  }

  static void line(const char* verdict, const std::string& step, const std::string& text) {
    std::printf("%s  %-13s %s\n", verdict, step.c_str(), text.c_str());
    std::fflush(stdout);
  }
  static void pass(const std::string& step, const std::string& text) { line("PASS", step, text); }
  void fail(const std::string& step, const std::string& text) {
    line("FAIL", step, text);
    failure_ = step;
    ++failed_;
  }

  std::string endpoint_;
  std::string symbol_;
  std::chrono::milliseconds watch_;
  std::string step_ = "connection";  // under way
  std::string failure_;              // the step that failed first
  int failed_ = 0;
  bool watching_ = false;
  std::uint64_t spots_ = 0;
  std::uint64_t depth_ = 0;
  std::uint64_t undecodable_ = 0;
  boost::asio::io_context io_;
  ctrader::Client client_;
};

/// Client options with the token of the configuration, or of the stored grant.
std::optional<ctrader::ClientOptions> with_grant(const GrantPlace& place) {
  auto options = place.client();
  if (place.socket.empty()) {
    std::printf("PASS  %-13s of the configuration\n", "grant");
    return options;
  }
  const auto grant = place.open_store().current();
  if (!grant || grant->access_token.empty()) {
    std::printf("FAIL  %-13s nobody has logged in; `depthwire auth login --env %s`\n", "grant",
                place.name().c_str());
    return std::nullopt;
  }
  options.token_socket.clear();
  options.account.access_token = grant->access_token;
  if (options.account.account_id == 0) options.account.account_id = grant->account_id;
  std::printf("PASS  %-13s account %lld, until %s\n", "grant",
              static_cast<long long>(options.account.account_id),
              minute_text(grant->expires_ms).c_str());
  return options;
}

}  // namespace

int check(const Common& common, const CheckOptions& options) {
  constexpr int failed = 1;
  const GrantPlace place(common, {.environment = options.environment});
  std::printf("PASS  %-13s environment %s\n", "configuration", place.name().c_str());
  auto client = with_grant(place);
  if (!client) return failed;
  const auto watch = std::chrono::milliseconds(static_cast<std::int64_t>(options.minutes * 60'000));
  return Walk(*std::move(client), options.symbol, watch).run() ? service::exit_code::ok : failed;
}

}  // namespace depthwire::cli
