#include "simulator/server/server.hpp"

#include "simulator/server/connection.hpp"
#include "simulator/server/report.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <system_error>
#include <utility>
#include <vector>

namespace depthwire::simulator {

namespace asio = boost::asio;
using asio::ip::tcp;
using std::chrono::steady_clock;

namespace {

constexpr std::size_t full_queue_bytes = 128U
                                         << 10U;  // at full speed the market waits from here on
// After so many events the sockets have their turn, one TLS record each. At full speed the market
// waits for them anyway; else they must get rid of what one turn makes, or they fall behind.
constexpr int events_per_turn_at_max = 2048;
constexpr int events_per_turn = 128;
constexpr std::chrono::microseconds finest_wait{100};  // what is due within it goes together
constexpr std::chrono::milliseconds start_tick{20};
constexpr std::chrono::milliseconds tick{250};
constexpr std::chrono::seconds stop_time{2};

std::int64_t wall_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

std::vector<SymbolInfo> symbols_of(const Market& market) {
  std::vector<SymbolInfo> symbols;
  symbols.reserve(market.symbol_count());
  for (std::size_t i = 0; i < market.symbol_count(); ++i) symbols.push_back(market.symbol(i));
  return symbols;
}

}  // namespace

class Server::Impl {
 public:
  Impl(ServerSettings settings, Market market, const CertificateFiles& certificates)
      : settings_(std::move(settings)),
        market_(std::move(market)),
        board_(symbols_of(market_), market_.begin_ns()),
        tally_(board_.size()),
        clock_(settings_.pace),
        tls_(asio::ssl::context::tls_server),
        acceptor_(io_),
        tick_timer_(io_),
        pump_timer_(io_),
        stop_timer_(io_) {
    tls_.set_options(asio::ssl::context::no_tlsv1 | asio::ssl::context::no_tlsv1_1);
    tls_.use_certificate_chain_file(certificates.certificate.string());
    tls_.use_private_key_file(certificates.key.string(), asio::ssl::context::pem);
    listen();
    accept();
    on_tick();
  }

  [[nodiscard]] std::uint16_t port() const { return port_; }
  void run() { io_.run(); }
  void stop() {
    asio::post(io_, [this] { stop_now(); });
  }

 private:
  void listen();
  void accept();
  void welcome(tcp::socket socket);
  void on_closed();
  void on_tick();
  [[nodiscard]] ServerStatus status() const;
  [[nodiscard]] bool standing() const {
    return state_ == MarketState::waiting || state_ == MarketState::paused;
  }
  void start_market_if_due();
  void pump();
  void pump_at(TimePoint due);
  [[nodiscard]] bool has_subscriber() const;
  [[nodiscard]] bool is_full() const;
  bool look_ahead();
  void deliver();
  void flush_all();
  void cut_clients_that_do_not_read();
  void on_market_end();
  void write_report_if_wanted();
  void stop_now();

  ServerSettings settings_;
  Market market_;
  Board board_;
  Tally tally_;
  PaceClock clock_;
  std::uint16_t port_ = 0;

  asio::io_context io_{1};
  asio::ssl::context tls_;
  tcp::acceptor acceptor_;
  asio::steady_timer tick_timer_;
  asio::steady_timer pump_timer_;
  asio::steady_timer stop_timer_;
  std::vector<std::shared_ptr<Connection>> connections_;

  Event event_;  // the next one, when has_event_
  bool has_event_ = false;
  MarketState state_ = MarketState::waiting;
  bool accept_failed_ = false;
  bool pump_waits_ = false;  // for room in a queue
  bool stopping_ = false;
  std::uint64_t market_events_ = 0;
  std::uint64_t connections_made_ = 0;
};

void Server::Impl::listen() {
  try {
    const tcp::endpoint endpoint(asio::ip::make_address(settings_.host), settings_.port);
    acceptor_.open(endpoint.protocol());
    acceptor_.set_option(tcp::acceptor::reuse_address(true));
    acceptor_.bind(endpoint);
    acceptor_.listen();
    port_ = acceptor_.local_endpoint().port();
  } catch (const boost::system::system_error& error) {
    throw std::system_error(
        error.code().value(), std::generic_category(),
        "cannot listen on " + settings_.host + ":" + std::to_string(settings_.port));
  }
}

void Server::Impl::accept() {
  acceptor_.async_accept([this](const boost::system::error_code& error, tcp::socket socket) {
    if (stopping_) return;
    if (error) {
      // Most likely no descriptor is left: the next tick tries again.
      spdlog::warn("accept: {}", error.message());
      accept_failed_ = true;
      return;
    }
    welcome(std::move(socket));
    accept();
  });
}

void Server::Impl::welcome(tcp::socket socket) {
  const auto number = ++connections_made_;
  auto session = std::make_unique<Session>(settings_.session, board_, tally_, steady_clock::now());
  const auto log = settings_.received_log;
  Connection::Handlers handlers{.on_room =
                                    [this] {
                                      if (pump_waits_) pump();
                                    },
                                .on_connected =
                                    [log, number](const std::string& peer) {
                                      if (log) log->connected(number, peer);
                                    },
                                .on_closed =
                                    [this, log, number](const std::string& reason) {
                                      if (log) log->closed(number, reason);
                                      on_closed();
                                    }};
  if (log) session->observe([log, number](const auto& message) { log->received(number, message); });
  connections_.push_back(std::make_shared<Connection>(std::move(socket), tls_, std::move(session),
                                                      std::move(handlers)));
  connections_.back()->start();
}

// The client that the market waited for may be the one that left.
void Server::Impl::on_closed() {
  if (!pump_waits_) return;
  pump_waits_ = false;
  asio::post(io_, [this] { pump(); });
}

void Server::Impl::on_tick() {
  const auto now = steady_clock::now();
  if (settings_.stamp_now) board_.advance(wall_ns());
  // A connection that closes in its tick is taken out after it.
  for (std::size_t i = 0; i < connections_.size(); ++i) connections_[i]->on_tick(now);
  std::erase_if(connections_, [](const auto& connection) { return !connection->open(); });
  if (stopping_ && connections_.empty()) {
    stop_timer_.cancel();
    return;
  }
  if (standing()) start_market_if_due();
  if (std::exchange(accept_failed_, false)) accept();
  if (settings_.on_tick) settings_.on_tick(status());
  tick_timer_.expires_after(standing() || stopping_ ? start_tick : tick);
  tick_timer_.async_wait([this](const boost::system::error_code& error) {
    if (!error) on_tick();
  });
}

ServerStatus Server::Impl::status() const {
  return {state_, connections_.size(), market_events_, board_.time_ns()};
}

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
  if (!pump_waits_) asio::post(io_, [this] { pump(); });
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
  ++market_events_;
  clock_.count();
  has_event_ = false;
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

void Server::Impl::stop_now() {
  if (stopping_) return;
  stopping_ = true;
  write_report_if_wanted();
  boost::system::error_code error;
  acceptor_.close(error);
  pump_timer_.cancel();
  for (std::size_t i = 0; i < connections_.size(); ++i) {
    connections_[i]->session().say_goodbye("the simulator stops");
    connections_[i]->flush();
  }
  stop_timer_.expires_after(stop_time);
  stop_timer_.async_wait([this](const boost::system::error_code& cancelled) {
    if (!cancelled) io_.stop();
  });
  tick_timer_.cancel();
  on_tick();
}

Server::Server(ServerSettings settings, Market market, const CertificateFiles& certificates)
    : impl_(std::make_unique<Impl>(std::move(settings), std::move(market), certificates)) {}
Server::~Server() = default;
std::uint16_t Server::port() const { return impl_->port(); }
void Server::run() { impl_->run(); }
void Server::stop() { impl_->stop(); }

}  // namespace depthwire::simulator
