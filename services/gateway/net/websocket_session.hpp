#pragma once

#include "services/gateway/net/hub.hpp"
#include "services/gateway/net/settings.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>

#include <functional>
#include <memory>

namespace depthwire::gateway {

/// Makes a WebSocket of `socket`, on which `request` (an upgrade that has been checked) was read,
/// and lets it join `hub`. It lives until the connection ends, and then calls `ended`.
void start_websocket_session(
    boost::asio::ip::tcp::socket socket,
    const boost::beast::http::request<boost::beast::http::string_body>& request, Hub& hub,
    const ServerSettings& settings, std::function<void()> ended);

}  // namespace depthwire::gateway
