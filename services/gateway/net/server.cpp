#include "services/gateway/net/server.hpp"

#include "common/service/exit_error.hpp"
#include "services/gateway/core/json.hpp"
#include "services/gateway/core/origin.hpp"
#include "services/gateway/net/http_session.hpp"
#include "services/gateway/net/websocket_session.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/websocket/rfc6455.hpp>

#include <algorithm>
#include <map>
#include <utility>

namespace depthwire::gateway {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;
using ErrorCode = boost::system::error_code;
using service::ExitError;
namespace exit_code = service::exit_code;

constexpr std::string_view content_security_policy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Connections that have not upgraded yet, or never will.
constexpr std::size_t max_http_connections = 200;

constexpr auto check_every = std::chrono::milliseconds(500);

HttpResponse respond(http::status status, std::string_view content_type, std::string_view body) {
  HttpResponse response{status, 11};
  response.set(http::field::content_type, {content_type.data(), content_type.size()});
  response.set(http::field::cache_control, "no-cache");
  response.set("Content-Security-Policy",
               {content_security_policy.data(), content_security_policy.size()});
  response.set("X-Content-Type-Options", "nosniff");
  response.set("Referrer-Policy", "no-referrer");
  response.set("Cross-Origin-Resource-Policy", "same-origin");
  response.body() = body;
  return response;
}

HttpResponse respond(const HistoryAnswer& answer) {
  auto response = respond(http::int_to_status(static_cast<unsigned>(answer.status)),
                          "application/json", answer.body);
  if (answer.status == 503) response.set(http::field::retry_after, "2");
  return response;
}

std::string_view view(boost::beast::string_view text) { return {text.data(), text.size()}; }

tcp::endpoint checked_endpoint(const ServerSettings& settings) {
  ErrorCode error;
  const auto address = asio::ip::make_address(settings.address, error);
  if (error) {
    throw ExitError(exit_code::config, "gateway.address: not an IP address: " + settings.address);
  }
  if (!address.is_loopback() && !settings.allow_remote) {
    throw ExitError(exit_code::config, "gateway.address: " + settings.address +
                                           " is not loopback: the gateway asks nobody who they "
                                           "are, so set gateway.allow_remote to mean it");
  }
  for (const auto& origin : settings.origins) {
    if (!is_well_formed_origin(origin)) {
      throw ExitError(exit_code::config, "gateway.origins: not scheme://host[:port]: " + origin);
    }
  }
  return {address, settings.port};
}

}  // namespace

class Server::Impl : public std::enable_shared_from_this<Server::Impl> {
 public:
  Impl(asio::io_context& loop, Hub& hub, ServerSettings settings, std::span<const Asset> assets)
      : settings_(std::move(settings)),
        loop_(loop),
        hub_(hub),
        assets_(assets),
        acceptor_(loop),
        timer_(loop),
        started_(std::chrono::steady_clock::now()) {
    listen(checked_endpoint(settings_));
  }

  void start() {
    accept();
    check();
  }

  void stop() {
    stopped_ = true;
    ErrorCode ignored;  // nothing depends on it any more
    acceptor_.close(ignored);
    timer_.cancel(ignored);
    questions_.clear();
    hub_.close_all(close_going_away, "the gateway stops");
  }

  tcp::endpoint endpoint() const { return acceptor_.local_endpoint(); }

 private:
  void listen(const tcp::endpoint& endpoint) {
    try {
      acceptor_.open(endpoint.protocol());
      acceptor_.set_option(asio::socket_base::reuse_address(true));
      acceptor_.bind(endpoint);
      acceptor_.listen();
    } catch (const boost::system::system_error& error) {
      const bool in_use = error.code() == asio::error::address_in_use;
      throw ExitError(in_use ? exit_code::port_in_use : exit_code::config,
                      "gateway: cannot listen on " + settings_.address + ":" +
                          std::to_string(settings_.port) + ": " + error.code().message());
    }
  }

  void accept() {
    acceptor_.async_accept([self = shared_from_this()](ErrorCode error, tcp::socket socket) {
      if (self->stopped_) return;
      if (!error) {
        self->take(std::move(socket));
      } else if (error == asio::error::no_descriptors) {
        // Left alone, the loop would spin on the waiting connection: the next check tries again.
        ++self->hub_.counters().refused;
        self->accept_at_check_ = true;
        return;
      }
      self->accept();
    });
  }

  void take(tcp::socket socket) {
    ErrorCode error;
    const auto address = socket.remote_endpoint(error).address();
    if (error || http_connections_ >= max_http_connections) {
      ++hub_.counters().refused;
      return;
    }
    ++http_connections_;
    start_http_session(
        std::move(socket),
        {.answer =
             [self = shared_from_this(), address](const HttpRequest& request,
                                                  std::function<void(HttpResponse)> reply) {
               if (self->is_history(request, address)) {
                 self->history(request, std::move(reply));
               } else {
                 reply(self->answer(request, address));
               }
             },
         .upgrades =
             [self = shared_from_this(), address](const HttpRequest& request) {
               return self->refusal(request, address).empty() && self->is_upgrade(request);
             },
         .upgrade =
             [self = shared_from_this(), address](tcp::socket upgraded,
                                                  const HttpRequest& request) {
               self->upgrade(std::move(upgraded), request, address);
             },
         .ended = [self = shared_from_this()] { --self->http_connections_; }});
  }

  static bool is_upgrade(const HttpRequest& request) {
    return request.target() == "/ws" && boost::beast::websocket::is_upgrade(request);
  }

  /// Why a request may not be served; empty when it may.
  std::string refusal(const HttpRequest& request, const asio::ip::address& address) const {
    const auto host = view(request[http::field::host]);
    if (!is_allowed_host(host, settings_.origins)) return "this host name is not served here";
    if (!is_allowed_origin(view(request[http::field::origin]), host, settings_.origins)) {
      return "this origin is not allowed";
    }
    if (!is_upgrade(request)) return {};
    const auto found = clients_by_address_.find(address);
    const auto same = found == clients_by_address_.end() ? 0 : found->second;
    if (clients_ >= settings_.max_clients ||
        (!address.is_loopback() && same >= settings_.max_clients_per_address)) {
      return "too many clients";
    }
    return {};
  }

  void upgrade(tcp::socket socket, const HttpRequest& request, const asio::ip::address& address) {
    ++clients_;
    ++clients_by_address_[address];
    start_websocket_session(std::move(socket), request, hub_, settings_,
                            [self = shared_from_this(), address] {
                              --self->clients_;
                              const auto found = self->clients_by_address_.find(address);
                              if (--found->second == 0) self->clients_by_address_.erase(found);
                            });
  }

  HttpResponse answer(const HttpRequest& request, const asio::ip::address& address) {
    if (auto problem = refusal(request, address); !problem.empty()) {
      ++hub_.counters().refused;
      const auto status = problem == "too many clients" ? http::status::service_unavailable
                                                        : http::status::forbidden;
      return respond(status, "text/plain; charset=utf-8", problem + "\n");
    }
    const bool head = request.method() == http::verb::head;
    if (!head && request.method() != http::verb::get) {
      auto response = respond(http::status::method_not_allowed, "text/plain; charset=utf-8",
                              "only GET and HEAD\n");
      response.set(http::field::allow, "GET, HEAD");
      return response;
    }
    auto response = get(view(request.target()));
    if (head) response.body().clear();
    return response;
  }

  static constexpr std::string_view history_path = "/api/history/bars";

  bool is_history(const HttpRequest& request, const asio::ip::address& address) const {
    const auto target = view(request.target());
    return settings_.history && request.method() == http::verb::get &&
           target.substr(0, target.find('?')) == history_path && refusal(request, address).empty();
  }

  /// Answered later: the database and the broker are asked.
  void history(const HttpRequest& request, std::function<void(HttpResponse)> reply) {
    const auto target = view(request.target());
    const auto mark = target.find('?');
    const auto query =
        parse_history_query(mark == target.npos ? std::string_view() : target.substr(mark + 1));
    if (!query) return reply(respond(history_error(400, query.error())));
    // Whoever answers gets a number instead of the connection, which must end in this loop.
    const auto number = ++last_question_;
    questions_.emplace(number, std::move(reply));
    const bool taken =
        settings_.history(*query, [&loop = loop_, self = weak_from_this(), number](auto answer) {
          asio::post(loop, [self, number, answer = std::move(answer)] {
            if (const auto server = self.lock()) server->tell(number, answer);
          });
        });
    if (!taken) tell(number, history_error(503, "too many ask for history; try again later"));
  }

  void tell(std::uint64_t number, const HistoryAnswer& answer) {
    const auto question = questions_.extract(number);
    if (!question.empty()) question.mapped()(respond(answer));
  }

  HttpResponse get(std::string_view target) const {
    const auto path = target.substr(0, target.find('?'));
    if (path == "/api/status") return respond(http::status::ok, "application/json", status_json());
    if (path == "/api/symbols") {
      return respond(http::status::ok, "application/json", hub_.board().symbols_json());
    }
    const auto wanted = path == "/" ? std::string_view("/index.html") : path;
    const auto found = std::find_if(assets_.begin(), assets_.end(),
                                    [&](const Asset& asset) { return asset.path == wanted; });
    if (found != assets_.end()) {
      return respond(http::status::ok, found->content_type, found->bytes);
    }
    if (path == "/ws") {
      return respond(http::status::upgrade_required, "text/plain; charset=utf-8",
                     "this is a WebSocket\n");
    }
    return respond(http::status::not_found, "text/plain; charset=utf-8", "not found\n");
  }

  std::string status_json() const {
    const auto& board = hub_.board();
    const std::chrono::duration<double> uptime = std::chrono::steady_clock::now() - started_;
    std::string out = "{\"environment\":";
    json::append_string(out, board.environment());
    json::append_key(out, "version");
    json::append_string(out, settings_.version);
    json::append_key(out, "uptime_s");
    json::append_integer(out, static_cast<std::int64_t>(uptime.count()));
    json::append_key(out, "clients");
    json::append_unsigned(out, hub_.clients());
    json::append_key(out, "sources");
    out += board.sources_json();
    json::append_key(out, "connections");
    return out + board.connections_json() + "}";
  }

  void check() {
    if (std::exchange(accept_at_check_, false)) accept();
    hub_.check(std::chrono::steady_clock::now());
    if (settings_.on_check) settings_.on_check();
    timer_.expires_after(check_every);
    timer_.async_wait([self = shared_from_this()](ErrorCode error) {
      if (!error) self->check();
    });
  }

  ServerSettings settings_;
  asio::io_context& loop_;
  Hub& hub_;
  std::span<const Asset> assets_;
  tcp::acceptor acceptor_;
  asio::steady_timer timer_;
  std::chrono::steady_clock::time_point started_;
  std::map<asio::ip::address, std::size_t> clients_by_address_;
  /// Who waits for history, by number.
  std::map<std::uint64_t, std::function<void(HttpResponse)>> questions_;
  std::uint64_t last_question_ = 0;
  std::size_t clients_ = 0;
  std::size_t http_connections_ = 0;
  bool stopped_ = false;
  bool accept_at_check_ = false;
};

Server::Server(asio::io_context& loop, Hub& hub, ServerSettings settings,
               std::span<const Asset> assets)
    : impl_(std::make_shared<Impl>(loop, hub, std::move(settings), assets)) {
  impl_->start();
}

Server::~Server() { impl_->stop(); }

std::uint16_t Server::port() const { return impl_->endpoint().port(); }

std::string Server::url() const {
  const auto endpoint = impl_->endpoint();
  const auto address = endpoint.address();
  std::string host = address.is_unspecified() ? "127.0.0.1" : address.to_string();
  if (address.is_v6() && !address.is_unspecified()) host = "[" + host + "]";
  return "http://" + host + ":" + std::to_string(endpoint.port());
}

void Server::stop() { impl_->stop(); }

}  // namespace depthwire::gateway
