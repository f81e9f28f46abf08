#include "cli/redirect_listener.hpp"

#include "common/service/exit_error.hpp"
#include "common/tokens/oauth.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>

#include <functional>
#include <utility>

namespace depthwire::cli {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;

constexpr std::chrono::seconds longest_request{5};
constexpr std::uint32_t largest_header = 16U << 10U;
constexpr const char* thanks =
    "<!doctype html><title>Depthwire</title><p>Depthwire has the broker's answer. You can close "
    "this page and go back to the terminal.</p>\n";

using Parameters = std::map<std::string, std::string>;
using Hear = std::function<void(Parameters)>;

/// A request and its answer.
class Exchange : public std::enable_shared_from_this<Exchange> {
 public:
  Exchange(tcp::socket socket, const std::string& path, const Hear& hear)
      : stream_(std::move(socket)), path_(path), hear_(hear) {
    parser_.header_limit(largest_header);
    parser_.body_limit(std::uint64_t{0});
  }

  void run() {
    stream_.expires_after(longest_request);
    http::async_read(stream_, buffer_, parser_,
                     [self = shared_from_this()](beast::error_code error, std::size_t) {
                       if (!error) self->answer();
                     });
  }

 private:
  void answer() {
    const std::string target(parser_.get().target());
    const auto mark = target.find('?');
    const bool wanted =
        parser_.get().method() == http::verb::get && target.substr(0, mark) == path_;
    response_.result(wanted ? http::status::ok : http::status::not_found);
    response_.version(11);
    response_.set(http::field::content_type, "text/html; charset=utf-8");
    response_.set(http::field::cache_control, "no-store");
    response_.set("Referrer-Policy", "no-referrer");  // the address holds the code
    response_.keep_alive(false);
    response_.body() = wanted ? thanks : "Not here.\n";
    response_.prepare_payload();
    http::async_write(
        stream_, response_,
        [self = shared_from_this(), wanted, target, mark](beast::error_code, std::size_t) {
          beast::error_code ignored;  // the browser may have gone already
          self->stream_.socket().shutdown(tcp::socket::shutdown_send, ignored);
          if (!wanted) return;
          self->hear_(mark == std::string::npos ? Parameters()
                                                : tokens::parse_query(target.substr(mark + 1)));
        });
  }

  beast::tcp_stream stream_;
  const std::string& path_;
  const Hear& hear_;
  beast::flat_buffer buffer_{largest_header};
  http::request_parser<http::empty_body> parser_;
  http::response<http::string_body> response_;
};

}  // namespace

class RedirectListener::Impl {
 public:
  explicit Impl(tokens::Redirect redirect) : redirect_(std::move(redirect)), acceptor_(io_) {
    try {
      const tcp::endpoint here(asio::ip::address_v4::loopback(), redirect_.port);
      acceptor_.open(here.protocol());
      acceptor_.set_option(tcp::acceptor::reuse_address(true));
      acceptor_.bind(here);
      acceptor_.listen();
    } catch (const boost::system::system_error& error) {
      throw service::ExitError(
          service::exit_code::port_in_use,
          "tokens.redirect_uri: cannot listen at 127.0.0.1:" + std::to_string(redirect_.port) +
              " (" + error.code().message() + "); end what holds the port");
    }
  }

  std::optional<Parameters> wait(std::chrono::milliseconds patience) {
    accept();
    const auto end = std::chrono::steady_clock::now() + patience;
    while (!heard_ && std::chrono::steady_clock::now() < end) io_.run_one_until(end);
    acceptor_.close();
    return heard_;
  }

 private:
  void accept() {
    acceptor_.async_accept([this](beast::error_code error, tcp::socket socket) {
      if (error) return;
      std::make_shared<Exchange>(std::move(socket), redirect_.path, hear_)->run();
      accept();
    });
  }

  tokens::Redirect redirect_;
  std::optional<Parameters> heard_;
  Hear hear_ = [this](Parameters parameters) {
    if (!heard_) heard_ = std::move(parameters);
  };
  asio::io_context io_;
  tcp::acceptor acceptor_;
};

RedirectListener::RedirectListener(tokens::Redirect redirect)
    : impl_(std::make_unique<Impl>(std::move(redirect))) {}
RedirectListener::~RedirectListener() = default;

std::optional<std::map<std::string, std::string>> RedirectListener::wait(
    std::chrono::milliseconds patience) {
  return impl_->wait(patience);
}

}  // namespace depthwire::cli
