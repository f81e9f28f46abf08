#include "cli/http.hpp"

#include <netdb.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <memory>
#include <sys/socket.h>
#include <sys/time.h>

namespace depthwire::cli {
namespace {

class Connection {
 public:
  Connection(const std::string& address, std::chrono::milliseconds limit) {
    const auto colon = address.rfind(':');
    if (colon == std::string::npos) return;
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    std::string host = address.substr(0, colon);
    if (host == "0.0.0.0") host = "127.0.0.1";  // bound everywhere, asked from here
    if (::getaddrinfo(host.c_str(), address.c_str() + colon + 1, &hints, &found) != 0) return;
    const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owned(found, &::freeaddrinfo);
    socket_ = ::socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (socket_ < 0) return;
    timeval time{};
    time.tv_sec = limit.count() / 1000;
    time.tv_usec = limit.count() % 1000 * 1000;
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &time, sizeof time);
    ::setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &time, sizeof time);
    connected_ = ::connect(socket_, found->ai_addr, found->ai_addrlen) == 0;
  }
  ~Connection() {
    if (socket_ >= 0) ::close(socket_);
  }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  [[nodiscard]] bool connected() const { return connected_; }

  std::string exchange(const std::string& request) const {
    ::send(socket_, request.data(), request.size(), MSG_NOSIGNAL);
    std::string reply;
    std::array<char, 16384> part{};
    for (;;) {
      const ssize_t size = ::recv(socket_, part.data(), part.size(), 0);
      if (size <= 0) return reply;
      reply.append(part.data(), static_cast<std::size_t>(size));
    }
  }

 private:
  int socket_ = -1;
  bool connected_ = false;
};

}  // namespace

std::optional<HttpReply> http_get(const std::string& address, const std::string& path,
                                  std::chrono::milliseconds limit) {
  const Connection peer(address, limit);
  if (!peer.connected()) return std::nullopt;
  const std::string reply = peer.exchange("GET " + path + " HTTP/1.1\r\nHost: " + address +
                                          "\r\nConnection: close\r\n\r\n");
  const auto end = reply.find("\r\n\r\n");
  if (!reply.starts_with("HTTP/1.1 ") || end == std::string::npos) return std::nullopt;
  return HttpReply{std::atoi(reply.c_str() + 9), reply.substr(end + 4)};
}

bool answers(const std::string& address) {
  return Connection(address, std::chrono::seconds(1)).connected();
}

}  // namespace depthwire::cli
