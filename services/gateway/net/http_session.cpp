#include "services/gateway/net/http_session.hpp"

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/write.hpp>

#include <memory>
#include <optional>
#include <utility>

namespace depthwire::gateway {
namespace {

namespace beast = boost::beast;
namespace http = beast::http;
using ErrorCode = beast::error_code;

constexpr auto time_limit = std::chrono::seconds(10);
constexpr std::uint32_t max_header_bytes = 8 << 10;
constexpr std::uint64_t max_body_bytes = 1 << 10;

class HttpSession : public std::enable_shared_from_this<HttpSession> {
 public:
  HttpSession(boost::asio::ip::tcp::socket socket, HttpHandlers handlers)
      : stream_(std::move(socket)), handlers_(std::move(handlers)) {}
  ~HttpSession() { handlers_.ended(); }
  HttpSession(const HttpSession&) = delete;
  HttpSession& operator=(const HttpSession&) = delete;

  void read() {
    parser_.emplace();
    parser_->header_limit(max_header_bytes);
    parser_->body_limit(max_body_bytes);
    stream_.expires_after(time_limit);
    http::async_read(stream_, buffer_, *parser_,
                     [self = shared_from_this()](ErrorCode error, std::size_t) {
                       if (error) return self->refuse(error);
                       self->take(self->parser_->release());
                     });
  }

 private:
  void take(const HttpRequest& request) {
    // Whoever sends before it has our consent to upgrade does not speak the protocol.
    if (handlers_.upgrades(request) && buffer_.size() == 0) {
      stream_.expires_never();
      return handlers_.upgrade(stream_.release_socket(), request);
    }
    stream_.expires_never();
    handlers_.answer(request,
                     [self = shared_from_this(), keep_alive = request.keep_alive()](
                         HttpResponse response) { self->write(std::move(response), keep_alive); });
  }

  void refuse(ErrorCode error) {
    const auto& http_category = make_error_code(http::error::end_of_stream).category();
    http::status status = http::status::bad_request;
    if (error == http::error::header_limit) {
      status = http::status::request_header_fields_too_large;
    } else if (error == http::error::body_limit) {
      status = http::status::payload_too_large;
    } else if (error.category() != http_category || error == http::error::end_of_stream ||
               error == http::error::partial_message) {
      return close();  // the peer or the network ended it: nobody is left to tell
    }
    HttpResponse response{status, 11};
    response.set(http::field::content_type, "text/plain; charset=utf-8");
    response.body() = error.message() + "\n";
    write(std::move(response), false);
  }

  void write(HttpResponse response, bool keep_alive) {
    response_ = std::move(response);
    response_.keep_alive(keep_alive);
    response_.prepare_payload();
    stream_.expires_after(time_limit);
    http::async_write(stream_, response_,
                      [self = shared_from_this()](ErrorCode error, std::size_t) {
                        if (error || !self->response_.keep_alive()) return self->close();
                        self->read();
                      });
  }

  void close() {
    ErrorCode ignored;  // it may be closed already
    stream_.socket().shutdown(boost::asio::ip::tcp::socket::shutdown_send, ignored);
  }

  beast::tcp_stream stream_;
  HttpHandlers handlers_;
  beast::flat_buffer buffer_;
  std::optional<http::request_parser<http::string_body>> parser_;
  HttpResponse response_;
};

}  // namespace

void start_http_session(boost::asio::ip::tcp::socket socket, HttpHandlers handlers) {
  std::make_shared<HttpSession>(std::move(socket), std::move(handlers))->read();
}

}  // namespace depthwire::gateway
