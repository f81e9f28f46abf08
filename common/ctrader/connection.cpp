#include "common/ctrader/connection.hpp"

#include "common/ctrader/tls_connection.hpp"

#include <utility>

namespace depthwire::ctrader {
namespace {

std::shared_ptr<TlsConnection> make(boost::asio::io_context& io, ConnectionOptions options,
                                    ConnectionHandler& handler) {
  return options.transport == Transport::tcp
             ? make_tcp_connection(io, std::move(options), handler)
             : make_websocket_connection(io, std::move(options), handler);
}

}  // namespace

Connection::Connection(boost::asio::io_context& io, ConnectionOptions options,
                       ConnectionHandler& handler)
    : connection_{make(io, std::move(options), handler)} {}

Connection::~Connection() { connection_->close(); }

void Connection::open() { connection_->open(); }
void Connection::close() { connection_->close(); }
void Connection::send(std::string_view frames) { connection_->send(frames); }

}  // namespace depthwire::ctrader
