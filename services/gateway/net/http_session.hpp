#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>

#include <functional>

namespace depthwire::gateway {

using HttpRequest = boost::beast::http::request<boost::beast::http::string_body>;
using HttpResponse = boost::beast::http::response<boost::beast::http::string_body>;

/// What an HTTP connection needs of the server.
struct HttpHandlers {
  /// Is given what to call with the answer, once: now, or later on the session's thread.
  std::function<void(const HttpRequest&, std::function<void(HttpResponse)>)> answer;
  /// Whether the request is a WebSocket's that may go on; answer() then never sees it.
  std::function<bool(const HttpRequest&)> upgrades;
  std::function<void(boost::asio::ip::tcp::socket, const HttpRequest&)> upgrade;
  std::function<void()> ended;  ///< the connection is closed or upgraded
};

/// Answers the requests of one connection, in order; header at most 8 KiB, body 1 KiB, 10 s to send
/// each and to take its answer.
void start_http_session(boost::asio::ip::tcp::socket socket, HttpHandlers handlers);

}  // namespace depthwire::gateway
