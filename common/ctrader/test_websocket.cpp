#include "common/ctrader/test_websocket.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket.hpp>
#include <boost/beast/websocket/ssl.hpp>

#include <atomic>
#include <mutex>
#include <sys/socket.h>
#include <thread>

namespace depthwire::ctrader::testing {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace websocket = beast::websocket;
using boost::system::error_code;
using Tcp = asio::ip::tcp;
using Stream = websocket::stream<asio::ssl::stream<Tcp::socket&>>;

class BeastPeer final : public WebSocketPeer {
 public:
  explicit BeastPeer(Stream& stream) : stream_{stream} {}

  std::optional<std::string> read() override {
    beast::flat_buffer buffer;
    error_code error;
    stream_.read(buffer, error);
    if (error) return std::nullopt;
    return beast::buffers_to_string(buffer.data());
  }
  bool write_binary(const std::string& message) override { return write(message, true); }
  bool write_text(const std::string& message) override { return write(message, false); }
  bool write_fragments(const std::string& message) override {
    error_code error;
    const auto half = message.size() / 2;
    stream_.binary(true);
    stream_.write_some(false, asio::buffer(message.data(), half), error);
    if (!error) stream_.write_some(true, asio::buffer(message) + half, error);
    return !error;
  }
  bool write_raw(const std::string& bytes) override {
    error_code error;
    for (const char byte : bytes) {
      asio::write(stream_.next_layer(), asio::buffer(&byte, 1), error);
    }
    return !error;
  }
  bool write_raw_at_once(const std::string& bytes) override {
    error_code error;
    asio::write(stream_.next_layer(), asio::buffer(bytes), error);
    return !error;
  }
  bool ping() override {
    error_code error;
    stream_.ping("are you there", error);
    return !error;
  }
  [[nodiscard]] bool got_text() const override { return stream_.got_text(); }
  void close(std::uint16_t code, const std::string& reason) override {
    error_code ignored;  // the client may have gone
    stream_.close({static_cast<websocket::close_code>(code), reason}, ignored);
  }

 private:
  bool write(const std::string& message, bool binary) {
    error_code error;
    stream_.binary(binary);
    stream_.write(asio::buffer(message), error);
    return !error;
  }

  Stream& stream_;
};

}  // namespace

class WebSocketServer::Impl {
 public:
  Impl(const Certificates& certificates, std::function<void(WebSocketPeer&)> script)
      : script_{std::move(script)} {
    tls_.use_certificate_chain_file(certificates.certificate().string());
    tls_.use_private_key_file(certificates.key().string(), asio::ssl::context::pem);
    thread_ = std::thread([this] { serve(); });
  }
  ~Impl() {
    stopping_ = true;
    ::shutdown(acceptor_.native_handle(), SHUT_RDWR);
    {
      const std::lock_guard lock(mutex_);
      if (client_ != nullptr) ::shutdown(client_->native_handle(), SHUT_RDWR);
    }
    thread_.join();
  }
  [[nodiscard]] std::uint16_t port() const { return acceptor_.local_endpoint().port(); }

 private:
  void serve() {
    while (!stopping_) {
      Tcp::socket socket(io_);
      error_code error;
      acceptor_.accept(socket, error);
      if (error) return;
      hold(&socket);
      Stream stream(socket, tls_);
      stream.next_layer().handshake(asio::ssl::stream_base::server, error);
      if (!error) stream.accept(error);
      if (!error) {
        BeastPeer peer(stream);
        script_(peer);
      }
      hold(nullptr);
    }
  }
  void hold(Tcp::socket* client) {
    const std::lock_guard lock(mutex_);
    client_ = client;
  }

  std::function<void(WebSocketPeer&)> script_;
  asio::io_context io_;
  asio::ssl::context tls_{asio::ssl::context::tls_server};
  Tcp::acceptor acceptor_{io_, {asio::ip::address_v4::loopback(), 0}};
  std::mutex mutex_;  // guards client_
  Tcp::socket* client_ = nullptr;
  std::atomic<bool> stopping_ = false;
  std::thread thread_;
};

WebSocketServer::WebSocketServer(const Certificates& certificates,
                                 std::function<void(WebSocketPeer&)> script)
    : impl_{std::make_unique<Impl>(certificates, std::move(script))} {}

WebSocketServer::~WebSocketServer() = default;

std::uint16_t WebSocketServer::port() const { return impl_->port(); }

}  // namespace depthwire::ctrader::testing
