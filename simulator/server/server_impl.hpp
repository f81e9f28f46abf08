#pragma once

#include "simulator/faults/wire_faults.hpp"
#include "simulator/server/connection.hpp"
#include "simulator/server/control.hpp"
#include "simulator/server/server.hpp"
#include "simulator/server/web.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <array>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace depthwire::simulator {

/// TLS with the server certificate of `certificates`.
[[nodiscard]] boost::asio::ssl::context server_context(const CertificateFiles& certificates);

/// A port and what is spoken there.
struct Listener {
  std::string host;
  std::uint16_t port = 0;  ///< 0: any, until it listens
  Encoding encoding = Encoding::protobuf;
  boost::asio::ip::tcp::acceptor acceptor;
  bool failed = false;  ///< to accept: is tried again at the next tick

  void listen();
};

/// Everything that the server's one thread owns; for server*.cpp only.
class Server::Impl {
 public:
  Impl(ServerSettings settings, Market market, const CertificateFiles& certificates);

  [[nodiscard]] std::uint16_t port() const { return listeners_[0].port; }
  [[nodiscard]] std::uint16_t json_port() const { return listeners_[1].port; }
  [[nodiscard]] std::uint16_t web_port() const { return web_ ? web_->port() : 0; }
  void run() { io_.run(); }
  void stop() {
    boost::asio::post(io_, [this] { stop_now(); });
  }

 private:
  // Sockets: server.cpp.
  void accept(Listener& listener);
  void welcome(boost::asio::ip::tcp::socket socket, Encoding encoding);
  void on_closed();
  void on_tick();
  [[nodiscard]] ServerStatus status() const;
  [[nodiscard]] bool standing() const {
    return state_ == MarketState::waiting || state_ == MarketState::paused;
  }
  void say_goodbye(const std::string& reason);
  void stop_now();

  // The market: server_market.cpp.
  void start_market_if_due();
  void pump();
  void pump_at(TimePoint due);
  [[nodiscard]] bool has_subscriber() const;
  [[nodiscard]] bool is_full() const;
  bool look_ahead();
  void deliver();
  void publish(std::int64_t account_id, const trading::Notices& notices,
               const std::optional<std::string>& message_id);
  void flush_all();
  void cut_clients_that_do_not_read();
  void on_market_end();
  void write_report_if_wanted();

  // Faults: server_faults.cpp.
  void open_control();
  // Does what `line` says (faults/parse.hpp) and gives the answer.
  std::string command(std::string_view line);
  void apply(const Fault& fault, const std::string& text);
  void check_account(std::optional<std::int64_t> account_id) const;
  void run_script();
  void do_fault(const Drop& drop);
  void do_fault(const Stall& stall);
  void do_fault(const Split& split);
  void do_fault(const Join& join);
  void do_fault(const Slow& slow);
  void do_fault(const Garbage& garbage);
  void do_fault(const EmptyFrame& empty);
  void do_fault(const Oversize& oversize);
  void do_fault(const Refuse& refuse);
  void do_fault(const WrongCertificate& wrong);
  void do_fault(const Restart& restart);
  void do_fault(const ErrorReply& error);
  void do_fault(const Ignore& ignore);
  void do_fault(const LimitRate& limit);
  void do_fault(const Maintenance& maintenance);
  void do_fault(const AccountDisconnect& disconnect);
  void do_fault(const TokenInvalidation& invalidation);
  void do_fault(const SpoilBars& spoil) { bars_to_spoil_ += spoil.count; }
  void do_fault(const Clear& clear);
  template <class WireFault>
  void on_wires(const WireFault& fault);
  template <class WireFault>
  void inject(const WireFault& fault);
  void stop_listening(Milliseconds time);
  void listen_again();

  ServerSettings settings_;
  Market market_;
  Board board_;
  Tally tally_;
  RequestFaults faults_;
  std::size_t bars_to_spoil_ = 0;
  Tokens tokens_;
  Accounts accounts_;
  PaceClock clock_;

  boost::asio::io_context io_{1};
  boost::asio::ssl::context tls_;
  std::filesystem::path certificates_;                  // their directory
  std::optional<boost::asio::ssl::context> wrong_tls_;  // made when it is first asked for
  TimePoint wrong_until_;
  std::array<Listener, 2> listeners_;
  boost::asio::steady_timer tick_timer_;
  boost::asio::steady_timer pump_timer_;
  boost::asio::steady_timer stop_timer_;
  boost::asio::steady_timer listen_timer_;  // until the port is served again
  boost::asio::steady_timer script_timer_;
  TimePoint started_;
  std::size_t script_line_ = 0;  // the next one
  std::optional<Control> control_;
  std::optional<Web> web_;
  std::vector<std::shared_ptr<Connection>> connections_;

  Event event_;  // the next one, when has_event_
  bool has_event_ = false;
  MarketState state_ = MarketState::waiting;
  bool pump_waits_ = false;  // for room in a queue
  bool stopping_ = false;
  std::uint64_t market_events_ = 0;
  std::uint64_t connections_made_ = 0;
};

}  // namespace depthwire::simulator
