#include "simulator/server/server.hpp"

#include "simulator/server/server_impl.hpp"
#include "simulator/server/wall_clock.hpp"

#include <boost/asio/ip/address.hpp>
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

constexpr std::chrono::milliseconds start_tick{20};
constexpr std::chrono::milliseconds tick{250};
constexpr std::chrono::seconds stop_time{2};

std::vector<SymbolInfo> symbols_of(const Market& market) {
  std::vector<SymbolInfo> symbols;
  symbols.reserve(market.symbol_count());
  for (std::size_t i = 0; i < market.symbol_count(); ++i) symbols.push_back(market.symbol(i));
  return symbols;
}

}  // namespace

asio::ssl::context server_context(const CertificateFiles& certificates) {
  asio::ssl::context tls(asio::ssl::context::tls_server);
  tls.set_options(asio::ssl::context::no_tlsv1 | asio::ssl::context::no_tlsv1_1);
  tls.use_certificate_chain_file(certificates.certificate.string());
  tls.use_private_key_file(certificates.key.string(), asio::ssl::context::pem);
  return tls;
}

Server::Impl::Impl(ServerSettings settings, Market market, const CertificateFiles& certificates)
    : settings_(std::move(settings)),
      market_(std::move(market)),
      board_(symbols_of(market_), settings_.stamp_now ? wall_ns() : market_.begin_ns(),
             settings_.past),
      tally_(board_.size()),
      tokens_({settings_.session.credentials.access_token,
               settings_.session.credentials.refresh_token,
               settings_.session.credentials.may_trade}),
      accounts_(make_accounts(settings_.session.credentials.account_ids, board_)),
      clock_(settings_.pace),
      tls_(server_context(certificates)),
      certificates_(certificates.ca.parent_path()),
      listeners_{
          Listener{settings_.host, settings_.port, Encoding::protobuf, tcp::acceptor(io_)},
          Listener{settings_.json_host, settings_.json_port, Encoding::json, tcp::acceptor(io_)}},
      tick_timer_(io_),
      pump_timer_(io_),
      stop_timer_(io_),
      listen_timer_(io_),
      script_timer_(io_),
      started_(steady_clock::now()) {
  listen_again();
  if (settings_.web) {
    web_.emplace(io_, tls_, settings_.web->first, settings_.web->second,
                 OAuth(settings_.session.credentials, settings_.redirect_uri, tokens_));
  }
  open_control();
  run_script();
  on_tick();
}

void Listener::listen() {
  try {
    const tcp::endpoint endpoint(asio::ip::make_address(host), port);
    acceptor.open(endpoint.protocol());
    acceptor.set_option(tcp::acceptor::reuse_address(true));
    acceptor.bind(endpoint);
    acceptor.listen();
    port = acceptor.local_endpoint().port();
  } catch (const boost::system::system_error& error) {
    throw std::system_error(error.code().value(), std::generic_category(),
                            "cannot listen on " + host + ":" + std::to_string(port));
  }
}

void Server::Impl::accept(Listener& listener) {
  listener.acceptor.async_accept(
      [this, &listener](const boost::system::error_code& error, tcp::socket socket) {
        if (stopping_ || !listener.acceptor.is_open() || error == asio::error::operation_aborted) {
          return;
        }
        if (error) {
          // Most likely no descriptor is left: the next tick tries again.
          spdlog::warn("accept: {}", error.message());
          listener.failed = true;
          return;
        }
        welcome(std::move(socket), listener.encoding);
        accept(listener);
      });
}

void Server::Impl::welcome(tcp::socket socket, Encoding encoding) {
  const auto number = ++connections_made_;
  const auto now = steady_clock::now();
  const auto publish = [this](auto account_id, const auto& notices, const auto& message_id) {
    this->publish(account_id, notices, message_id);
    // Those who did not ask are told too, after the one who did.
    asio::post(io_, [this] { flush_all(); });
  };
  auto session = std::make_unique<Session>(
      settings_.session,
      Shared{board_, tally_, faults_, bars_to_spoil_, tokens_, accounts_, publish}, now);
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
  connections_.push_back(
      std::make_shared<Connection>(std::move(socket), now < wrong_until_ ? *wrong_tls_ : tls_,
                                   Transport(encoding, settings_.session.frame_bytes_max),
                                   std::move(session), std::move(handlers)));
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
  for (auto& listener : listeners_) {
    if (std::exchange(listener.failed, false)) accept(listener);
  }
  if (settings_.on_tick) settings_.on_tick(status());
  tick_timer_.expires_after(standing() || stopping_ ? start_tick : tick);
  tick_timer_.async_wait([this](const boost::system::error_code& error) {
    if (!error) on_tick();
  });
}

ServerStatus Server::Impl::status() const {
  return {state_, connections_.size(), market_events_, board_.time_ns()};
}

void Server::Impl::say_goodbye(const std::string& reason) {
  for (std::size_t i = 0; i < connections_.size(); ++i) {
    connections_[i]->session().say_goodbye(reason);
    connections_[i]->flush();
  }
}

void Server::Impl::stop_now() {
  if (stopping_) return;
  stopping_ = true;
  write_report_if_wanted();
  boost::system::error_code error;
  for (auto& listener : listeners_) listener.acceptor.close(error);
  pump_timer_.cancel();
  listen_timer_.cancel();
  script_timer_.cancel();
  if (control_) control_->close();
  web_.reset();
  say_goodbye("the simulator stops");
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
std::uint16_t Server::json_port() const { return impl_->json_port(); }
std::uint16_t Server::web_port() const { return impl_->web_port(); }
void Server::run() { impl_->run(); }
void Server::stop() { impl_->stop(); }

}  // namespace depthwire::simulator
