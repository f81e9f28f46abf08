#include "common/service/http_server.hpp"

#include "common/service/exit_error.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>

#include <optional>
#include <thread>

namespace depthwire::service {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;

constexpr std::chrono::seconds longest_request{2};
constexpr std::uint32_t largest_header = 8192;
constexpr int most_connections = 64;

/// One connection: read a request, answer, close. Beast's stream ends it when it takes too long.
class Session : public std::enable_shared_from_this<Session> {
 public:
  Session(tcp::socket socket, const HttpServer::Handler& handler, int& open)
      : stream_(std::move(socket)), handler_(handler), open_(open) {
    ++open_;
    parser_.header_limit(largest_header);
    parser_.body_limit(std::uint64_t{0});
  }
  ~Session() { --open_; }
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  void run() {
    stream_.expires_after(longest_request);
    http::async_read(stream_, buffer_, parser_,
                     [self = shared_from_this()](beast::error_code error, std::size_t) {
                       if (!error) self->answer();
                     });
  }

 private:
  void answer() {
    const auto& request = parser_.get();
    HttpAnswer answer{405, "text/plain; charset=utf-8", "only GET is served here\n"};
    if (request.method() == http::verb::get) {
      const std::string target(request.target());
      answer = handler_(target.substr(0, target.find('?')));
    }
    response_.result(static_cast<unsigned>(answer.status));
    response_.version(11);
    response_.set(http::field::content_type, answer.type);
    response_.set(http::field::cache_control, "no-store");
    response_.keep_alive(false);
    response_.body() = std::move(answer.body);
    response_.prepare_payload();
    http::async_write(stream_, response_,
                      [self = shared_from_this()](beast::error_code, std::size_t) {
                        beast::error_code ignored;  // the peer may have gone already
                        self->stream_.socket().shutdown(tcp::socket::shutdown_send, ignored);
                      });
  }

  beast::tcp_stream stream_;
  beast::flat_buffer buffer_{largest_header};
  http::request_parser<http::empty_body> parser_;
  http::response<http::string_body> response_;
  const HttpServer::Handler& handler_;
  int& open_;
};

tcp::endpoint resolve(asio::io_context& context, const std::string& address) {
  const auto colon = address.rfind(':');
  if (colon != std::string::npos && colon + 1 < address.size()) {
    std::string host = address.substr(0, colon);
    if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
    beast::error_code error;
    const auto found = tcp::resolver(context).resolve(host, address.substr(colon + 1),
                                                      tcp::resolver::passive, error);
    if (!error && !found.empty()) return found.begin()->endpoint();
  }
  throw ExitError(exit_code::config,
                  "health: expected an address such as 127.0.0.1:9101, got \"" + address + "\"");
}

}  // namespace

class HttpServer::Impl {
 public:
  Impl(const std::string& address, Handler handler)
      : handler_(std::move(handler)), acceptor_(context_) {
    const tcp::endpoint endpoint = resolve(context_, address);
    beast::error_code error;
    acceptor_.open(endpoint.protocol(), error);
    if (!error) acceptor_.set_option(tcp::acceptor::reuse_address(true), error);
    if (!error) acceptor_.bind(endpoint, error);
    if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
    if (error == asio::error::address_in_use) {
      throw ExitError(exit_code::port_in_use,
                      "the health address " + address + " is in use by another process");
    }
    if (error) {
      throw ExitError(exit_code::config,
                      "cannot serve at the health address " + address + ": " + error.message());
    }
    accept();
    thread_ = std::thread([this] { context_.run(); });
  }

  ~Impl() {
    context_.stop();
    thread_.join();
  }

  std::string address() const {
    const auto endpoint = acceptor_.local_endpoint();
    const std::string host = endpoint.address().to_string();
    return (endpoint.address().is_v6() ? "[" + host + "]" : host) + ":" +
           std::to_string(endpoint.port());
  }

 private:
  void accept() {
    acceptor_.async_accept([this](beast::error_code error, tcp::socket socket) {
      if (error == asio::error::operation_aborted) return;
      if (!error && open_ < most_connections) {
        std::make_shared<Session>(std::move(socket), handler_, open_)->run();
      }
      if (error) {  // out of descriptors, for example: do not spin
        retry_.emplace(context_, std::chrono::milliseconds(100));
        retry_->async_wait([this](beast::error_code) { accept(); });
        return;
      }
      accept();
    });
  }

  Handler handler_;
  int open_ = 0;  // outlives the context, whose handlers own the sessions
  asio::io_context context_{1};
  tcp::acceptor acceptor_;
  std::optional<asio::steady_timer> retry_;
  std::thread thread_;
};

HttpServer::HttpServer(const std::string& address, Handler handler)
    : impl_(std::make_unique<Impl>(address, std::move(handler))) {}
HttpServer::~HttpServer() = default;

std::string HttpServer::address() const { return impl_->address(); }

}  // namespace depthwire::service
