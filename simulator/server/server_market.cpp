#include "simulator/server/report.hpp"
#include "simulator/server/server_impl.hpp"
#include "simulator/server/wall_clock.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>
#include <vector>

namespace depthwire::simulator {

using std::chrono::steady_clock;

namespace {

constexpr std::size_t full_queue_bytes = 128U
                                         << 10U;  // at full speed the market waits from here on
// After so many events the sockets have their turn, one TLS record each. At full speed the market
// waits for them anyway; else they must get rid of what one turn makes, or they fall behind.
constexpr int events_per_turn_at_max = 2048;
constexpr int events_per_turn = 128;
constexpr std::chrono::microseconds finest_wait{100};  // what is due within it goes together

}  // namespace

void Server::Impl::start_market_if_due() {
  std::vector<Interest> clients;
  clients.reserve(connections_.size());
  for (const auto& connection : connections_) {
    const Session& session = connection->session();
    clients.push_back({.symbols = session.subscribed_symbols(),
                       .everything = session.subscribed_to_everything(),
                       .last_request = session.last_request()});
  }
  if (stopping_ || !may_start(settings_.start, clients, steady_clock::now())) return;
  const bool first = state_ == MarketState::waiting;
  state_ = MarketState::running;
  spdlog::info("market {}: {} symbols", first ? "started" : "goes on", board_.size());
  if (look_ahead()) clock_.start(steady_clock::now(), event_.time_ns);
  pump();
}

bool Server::Impl::has_subscriber() const {
  return std::ranges::any_of(connections_, [](const auto& connection) {
    return connection->open() && connection->session().subscribed_symbols() > 0;
  });
}

bool Server::Impl::is_full() const {
  return std::ranges::any_of(connections_, [](const auto& connection) {
    return connection->open() && connection->waiting_bytes() >= full_queue_bytes;
  });
}

bool Server::Impl::look_ahead() {
  if (!has_event_) has_event_ = market_.next(event_);
  return has_event_;
}

// Sends all that is due, then waits: for a time, for room in a queue, for a client or for nothing.
void Server::Impl::pump() {
  if (state_ != MarketState::running || stopping_) return;
  pump_waits_ = false;
  if (settings_.pause_without_clients && !settings_.start.at_once && !has_subscriber()) {
    state_ = MarketState::paused;
    spdlog::info("market paused: nobody is subscribed");
    return;
  }
  if (!look_ahead()) return on_market_end();
  auto now = steady_clock::now();
  const int turn = clock_.at_max() ? events_per_turn_at_max : events_per_turn;
  for (int events = 0; events < turn; ++events) {
    if (clock_.at_max() && is_full()) {
      pump_waits_ = true;
      break;
    }
    const auto due = clock_.due(event_.time_ns);
    if (due > now) {
      now = steady_clock::now();
      if (due > now) {
        flush_all();
        cut_clients_that_do_not_read();
        return pump_at(std::max(due, now + finest_wait));
      }
    }
    deliver();
    if (!look_ahead()) {
      flush_all();
      return on_market_end();
    }
  }
  flush_all();
  if (!clock_.at_max()) cut_clients_that_do_not_read();
  if (!pump_waits_) boost::asio::post(io_, [this] { pump(); });
}

void Server::Impl::pump_at(TimePoint due) {
  pump_timer_.expires_at(due);
  pump_timer_.async_wait([this](const boost::system::error_code& error) {
    if (!error) pump();
  });
}

void Server::Impl::deliver() {
  if (settings_.stamp_now) event_.time_ns = std::max(wall_ns(), board_.time_ns());
  board_.apply(event_);
  SymbolTally& tally = tally_[event_.symbol];
  if (event_.has_depth()) ++tally.market_depth_events;
  if (event_.has_spot()) ++tally.market_spots;
  for (const auto& connection : connections_) {
    if (connection->open()) connection->session().on_event(event_);
  }
  for (auto& account : accounts_) {
    publish(account.id, account.trading.on_event(event_), std::nullopt);
  }
  ++market_events_;
  clock_.count();
  has_event_ = false;
}

void Server::Impl::publish(std::int64_t account_id, const trading::Notices& notices,
                           const std::optional<std::string>& message_id) {
  if (notices.empty()) return;
  for (const auto& connection : connections_) {
    if (connection->open()) connection->session().on_account(account_id, notices, message_id);
  }
}

void Server::Impl::flush_all() {
  for (std::size_t i = 0; i < connections_.size(); ++i) connections_[i]->flush();
}

void Server::Impl::cut_clients_that_do_not_read() {
  for (std::size_t i = 0; i < connections_.size(); ++i) {
    if (connections_[i]->waiting_bytes() > settings_.queue_bytes_max) {
      connections_[i]->close("it does not read: its queue is full");
    }
  }
}

void Server::Impl::on_market_end() {
  state_ = MarketState::ended;
  spdlog::info("market ended: {} events; {}", market_events_, report_json(board_, tally_));
  write_report_if_wanted();
}

void Server::Impl::write_report_if_wanted() {
  if (settings_.report) write_report(*settings_.report, board_, tally_);
}

}  // namespace depthwire::simulator
