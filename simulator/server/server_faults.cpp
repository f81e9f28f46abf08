#include "simulator/faults/parse.hpp"
#include "simulator/server/server_impl.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <exception>
#include <stdexcept>
#include <variant>

// What the faults do to this server: what is to be done with which bytes and requests is decided
// in simulator/faults.
namespace depthwire::simulator {

using std::chrono::steady_clock;

void Server::Impl::open_control() {
  if (!settings_.control) return;
  try {
    control_.emplace(io_, *settings_.control,
                     [this](std::string_view line) { return command(line); });
  } catch (const std::exception& error) {
    spdlog::warn("`depthwire-sim ctl` cannot reach this simulator: {}", error.what());
  }
}

std::string Server::Impl::command(std::string_view line) {
  const auto fault = parse_fault(line);
  if (!fault) return "error: " + fault.error();
  if (stopping_) return "error: the simulator stops";
  try {
    apply(*fault, std::string(line));
  } catch (const std::exception& error) {
    return "error: " + std::string(error.what());
  }
  return "done: " + std::string(line);
}

void Server::Impl::run_script() {
  const auto& script = settings_.script;
  const auto since_start = steady_clock::now() - started_;
  for (; script_line_ < script.size() && script[script_line_].at <= since_start; ++script_line_) {
    try {
      apply(script[script_line_].fault, script[script_line_].text);
    } catch (const std::exception& error) {
      spdlog::error("fault: {}: {}", script[script_line_].text, error.what());
    }
  }
  if (script_line_ == script.size()) return;
  script_timer_.expires_at(started_ + script[script_line_].at);
  script_timer_.async_wait([this](const boost::system::error_code& error) {
    if (!error && !stopping_) run_script();
  });
}

void Server::Impl::apply(const Fault& fault, const std::string& text) {
  spdlog::info("fault: {}", text);
  if (settings_.received_log) settings_.received_log->fault(text);
  std::visit([this](const auto& known) { do_fault(known); }, fault);
}

template <class WireFault>
void Server::Impl::on_wires(const WireFault& fault) {
  for (const auto& connection : connections_) connection->wire().apply(fault, steady_clock::now());
}

template <class WireFault>
void Server::Impl::inject(const WireFault& fault) {
  for (std::size_t i = 0; i < connections_.size(); ++i) connections_[i]->inject(fault);
}

void Server::Impl::do_fault(const Drop&) {
  for (std::size_t i = 0; i < connections_.size(); ++i)
    connections_[i]->close("dropped, as commanded");
}
void Server::Impl::do_fault(const Stall& stall) { on_wires(stall); }
void Server::Impl::do_fault(const Split& split) { on_wires(split); }
void Server::Impl::do_fault(const Join& join) { on_wires(join); }
void Server::Impl::do_fault(const Slow& slow) { on_wires(slow); }
void Server::Impl::do_fault(const Garbage& garbage) { inject(garbage); }
void Server::Impl::do_fault(const EmptyFrame& empty) { inject(empty); }
void Server::Impl::do_fault(const Oversize& oversize) { inject(oversize); }

void Server::Impl::do_fault(const Refuse& refuse) { stop_listening(refuse.time); }

void Server::Impl::do_fault(const Restart& restart) {
  say_goodbye("the server restarts");
  stop_listening(restart.time);
}

void Server::Impl::do_fault(const WrongCertificate& wrong) {
  if (!wrong_tls_) {
    wrong_tls_.emplace(server_context(ensure_certificates(certificates_ / "other-authority", {})));
  }
  wrong_until_ = steady_clock::now() + wrong.time;
}

void Server::Impl::do_fault(const ErrorReply& error) { faults_.apply(error); }
void Server::Impl::do_fault(const Ignore& ignore) { faults_.apply(ignore); }
void Server::Impl::do_fault(const LimitRate& limit) { faults_.apply(limit, steady_clock::now()); }

void Server::Impl::do_fault(const Maintenance& maintenance) {
  faults_.apply(maintenance, steady_clock::now(), std::chrono::system_clock::now());
  do_fault(AccountDisconnect{});
}

/// Throws where there is no such account.
void Server::Impl::check_account(std::optional<std::int64_t> account_id) const {
  if (!account_id ||
      std::ranges::find(accounts_, *account_id, &BrokerAccount::id) != accounts_.end()) {
    return;
  }
  throw std::invalid_argument("there is no account " + std::to_string(*account_id) + " here");
}

void Server::Impl::do_fault(const AccountDisconnect& disconnect) {
  check_account(disconnect.account_id);
  for (const auto& connection : connections_) {
    connection->session().disconnect_accounts(disconnect.account_id);
  }
  flush_all();
}

void Server::Impl::do_fault(const TokenInvalidation& invalidation) {
  check_account(invalidation.account_id);
  tokens_.invalidate(invalidation.time, steady_clock::now(), invalidation.account_id);
  for (const auto& connection : connections_) {
    connection->session().invalidate_token("the access token was invalidated",
                                           invalidation.account_id);
  }
  flush_all();
}

void Server::Impl::do_fault(const Clear&) {
  for (const auto& connection : connections_) connection->wire().clear();
  faults_.clear();
  bars_to_spoil_ = 0;
  tokens_.restore();
  wrong_until_ = {};
  listen_again();
  flush_all();
}

void Server::Impl::stop_listening(Milliseconds time) {
  boost::system::error_code error;
  for (auto& listener : listeners_) listener.acceptor.close(error);
  listen_timer_.expires_after(time);
  listen_timer_.async_wait([this](const boost::system::error_code& cancelled) {
    if (!cancelled && !stopping_) listen_again();
  });
}

void Server::Impl::listen_again() {
  listen_timer_.cancel();
  for (auto& listener : listeners_) {
    if (listener.acceptor.is_open()) continue;
    listener.listen();
    accept(listener);
  }
}

}  // namespace depthwire::simulator
