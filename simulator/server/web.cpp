#include "simulator/server/web.hpp"

#include "common/tokens/oauth.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>

#include <chrono>
#include <system_error>
#include <utility>

namespace depthwire::simulator {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;

constexpr std::chrono::seconds longest_request{5};
constexpr std::uint32_t largest_header = 16U << 10U;

/// TLS handshake, a request, its answer.
class Exchange : public std::enable_shared_from_this<Exchange> {
 public:
  Exchange(tcp::socket socket, asio::ssl::context& tls, std::shared_ptr<OAuth> oauth)
      : stream_(std::move(socket), tls), oauth_(std::move(oauth)) {
    parser_.header_limit(largest_header);
    parser_.body_limit(std::uint64_t{0});
  }

  void run() {
    beast::get_lowest_layer(stream_).expires_after(longest_request);
    stream_.async_handshake(asio::ssl::stream_base::server,
                            [self = shared_from_this()](beast::error_code error) {
                              if (!error) self->read();
                            });
  }

 private:
  void read() {
    http::async_read(stream_, buffer_, parser_,
                     [self = shared_from_this()](beast::error_code error, std::size_t) {
                       if (!error) self->answer();
                     });
  }

  void answer() {
    const std::string target(parser_.get().target());
    const auto mark = target.find('?');
    const auto query = mark == std::string::npos ? "" : std::string_view(target).substr(mark + 1);
    const auto answer = oauth_->answer(target.substr(0, mark), tokens::parse_query(query),
                                       std::chrono::steady_clock::now());
    response_.result(answer.status);
    response_.version(11);
    response_.set(http::field::content_type, answer.type);
    response_.set(http::field::cache_control, "no-store");
    if (!answer.location.empty()) response_.set(http::field::location, answer.location);
    response_.keep_alive(false);
    response_.body() = answer.body;
    response_.prepare_payload();
    http::async_write(stream_, response_,
                      [self = shared_from_this()](beast::error_code error, std::size_t) {
                        if (!error) self->stream_.async_shutdown([self](beast::error_code) {});
                      });
  }

  beast::ssl_stream<beast::tcp_stream> stream_;
  std::shared_ptr<OAuth> oauth_;
  beast::flat_buffer buffer_{largest_header};
  http::request_parser<http::empty_body> parser_;
  http::response<http::string_body> response_;
};

}  // namespace

class Web::Impl : public std::enable_shared_from_this<Impl> {
 public:
  Impl(asio::io_context& io, asio::ssl::context& tls, const std::string& host, std::uint16_t port,
       OAuth oauth)
      : tls_(tls), oauth_(std::make_shared<OAuth>(std::move(oauth))), acceptor_(io) {
    try {
      const tcp::endpoint endpoint(asio::ip::make_address(host), port);
      acceptor_.open(endpoint.protocol());
      acceptor_.set_option(tcp::acceptor::reuse_address(true));
      acceptor_.bind(endpoint);
      acceptor_.listen();
    } catch (const boost::system::system_error& error) {
      throw std::system_error(error.code().value(), std::generic_category(),
                              "cannot listen on " + host + ":" + std::to_string(port));
    }
  }

  void accept() {
    acceptor_.async_accept(
        [self = shared_from_this()](beast::error_code error, tcp::socket socket) {
          if (!self->acceptor_.is_open() || error == asio::error::operation_aborted) return;
          if (!error)
            std::make_shared<Exchange>(std::move(socket), self->tls_, self->oauth_)->run();
          self->accept();
        });
  }
  void stop() {
    beast::error_code ignored;  // the process ends
    acceptor_.close(ignored);
  }
  [[nodiscard]] std::uint16_t port() const { return acceptor_.local_endpoint().port(); }

 private:
  asio::ssl::context& tls_;
  std::shared_ptr<OAuth> oauth_;
  tcp::acceptor acceptor_;
};

Web::Web(asio::io_context& io, asio::ssl::context& tls, const std::string& host, std::uint16_t port,
         OAuth oauth)
    : impl_(std::make_shared<Impl>(io, tls, host, port, std::move(oauth))) {
  impl_->accept();
}

Web::~Web() { impl_->stop(); }

std::uint16_t Web::port() const { return impl_->port(); }

}  // namespace depthwire::simulator
