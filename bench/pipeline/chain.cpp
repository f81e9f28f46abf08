#include "bench/pipeline/chain.hpp"

#include <openssl/ssl.h>
#include <time.h>
#include <unistd.h>
#include <zmq.hpp>

#include <arpa/inet.h>
#include <array>
#include <atomic>
#include <cstring>
#include <memory>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdexcept>
#include <string>
#include <sys/socket.h>
#include <system_error>
#include <thread>
#include <vector>

namespace depthwire::bench {
namespace {

/// About what one record of a changed book takes. The first eight bytes are the time it was sent.
using Message = std::array<char, 300>;

/// Ends the chain: whoever reads it, hands it on and stops.
constexpr std::int64_t the_end = -1;

void check(bool good, const char* what) {
  if (!good) throw std::system_error(errno, std::generic_category(), what);
}

std::int64_t sent_ns(const Message& message) {
  std::int64_t time = 0;
  std::memcpy(&time, message.data(), sizeof time);
  return time;
}

void set_sent_ns(Message& message, std::int64_t time) {
  std::memcpy(message.data(), &time, sizeof time);
}

/// Two ends of a TCP connection over loopback, without Nagle's delay.
class TcpPair {
 public:
  TcpPair() {
    const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    check(listener >= 0, "socket");
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* const generic = reinterpret_cast<sockaddr*>(&address);
    check(::bind(listener, generic, size) == 0, "bind");
    check(::listen(listener, 1) == 0, "listen");
    check(::getsockname(listener, generic, &size) == 0, "getsockname");
    from_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    check(::connect(from_, generic, size) == 0, "connect");
    to_ = ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
    check(to_ >= 0, "accept");
    ::close(listener);
    const int on = 1;
    check(::setsockopt(from_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) == 0, "TCP_NODELAY");
  }
  ~TcpPair() {
    ::close(from_);
    ::close(to_);
  }
  TcpPair(const TcpPair&) = delete;
  TcpPair& operator=(const TcpPair&) = delete;

  [[nodiscard]] int from() const { return from_; }
  [[nodiscard]] int to() const { return to_; }

 private:
  int from_ = -1;
  int to_ = -1;
};

struct SslDelete {
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
  void operator()(SSL* session) const { SSL_free(session); }
};
using Context = std::unique_ptr<SSL_CTX, SslDelete>;
using Session = std::unique_ptr<SSL, SslDelete>;

Session make_session(const Context& context, int socket) {
  Session session(SSL_new(context.get()));
  check(session && SSL_set_fd(session.get(), socket) == 1, "SSL_new");
  return session;
}

Session accept_tls(const std::filesystem::path& certificates, int socket) {
  const Context context(SSL_CTX_new(TLS_server_method()));
  check(SSL_CTX_use_certificate_chain_file(context.get(), (certificates / "server.pem").c_str()) ==
                1 &&
            SSL_CTX_use_PrivateKey_file(context.get(), (certificates / "server.key").c_str(),
                                        SSL_FILETYPE_PEM) == 1,
        "certificate of the simulator");
  auto session = make_session(context, socket);
  check(SSL_accept(session.get()) == 1, "SSL_accept");
  return session;
}

Session connect_tls(const std::filesystem::path& certificates, int socket) {
  const Context context(SSL_CTX_new(TLS_client_method()));
  check(
      SSL_CTX_load_verify_locations(context.get(), (certificates / "ca.pem").c_str(), nullptr) == 1,
      "ca.pem of the simulator");
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
  auto session = make_session(context, socket);
  check(SSL_connect(session.get()) == 1, "SSL_connect");
  return session;
}

/// A PUB socket and a SUB socket that is connected to it over loopback TCP.
struct PubSub {
  explicit PubSub(zmq::context_t& context)
      : publisher(context, zmq::socket_type::pub), subscriber(context, zmq::socket_type::sub) {
    publisher.set(zmq::sockopt::sndhwm, 0);
    subscriber.set(zmq::sockopt::rcvhwm, 0);
    subscriber.set(zmq::sockopt::subscribe, "");
    publisher.bind("tcp://127.0.0.1:*");
    subscriber.connect(publisher.get(zmq::sockopt::last_endpoint));
  }

  void publish(const Message& message) { publisher.send(zmq::buffer(message)); }
  Message receive() {
    Message message;
    static_cast<void>(subscriber.recv(zmq::buffer(message)));
    return message;
  }

  zmq::socket_t publisher;
  zmq::socket_t subscriber;
};

/// Writes messages evenly until `go_on` is false, and then the end.
void write_paced(SSL* session, double rate, const std::atomic<bool>& go_on) {
  timespec due{};
  clock_gettime(CLOCK_MONOTONIC, &due);
  const auto step_ns = static_cast<std::int64_t>(1e9 / rate);
  Message message{};
  while (go_on) {
    const auto ns = due.tv_nsec + step_ns;
    due.tv_sec += ns / 1'000'000'000;
    due.tv_nsec = ns % 1'000'000'000;
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &due, nullptr) != 0) {
    }
    set_sent_ns(message, wall_ns());
    check(SSL_write(session, message.data(), message.size()) > 0, "SSL_write");
  }
  set_sent_ns(message, the_end);
  check(SSL_write(session, message.data(), message.size()) > 0, "SSL_write");
}

/// Calls `take` with what `receive` gives, the end included.
template <class Receive, class Take>
void pass_on(const Receive& receive, const Take& take) {
  while (true) {
    const Message message = receive();
    take(message);
    if (sent_ns(message) == the_end) return;
  }
}

Message read_tls(SSL* session) {
  Message message;
  for (std::size_t have = 0; have < message.size();) {
    const auto room = static_cast<int>(message.size() - have);
    const int result = SSL_read(session, message.data() + have, room);
    check(result > 0, "SSL_read");
    have += static_cast<std::size_t>(result);
  }
  return message;
}

Message read_tcp(int socket) {
  Message message;
  check(::recv(socket, message.data(), message.size(), MSG_WAITALL) > 0, "recv");
  return message;
}

void write_tcp(int socket, const Message& message) {
  check(::send(socket, message.data(), message.size(), MSG_NOSIGNAL) > 0, "send");
}

}  // namespace

Samples measure_chain(const ChainOptions& options) {
  TcpPair broker;
  Session server;
  std::thread accepting([&] { server = accept_tls(options.certificates, broker.from()); });
  const auto client = connect_tls(options.certificates, broker.to());
  accepting.join();
  zmq::context_t context;
  PubSub first(context);
  PubSub second(context);
  const TcpPair web;

  Samples samples;
  std::atomic<bool> go_on = true;
  const auto measure = [&](const Message& message) {
    if (sent_ns(message) != the_end && !samples.add(sent_ns(message))) go_on = false;
  };
  const auto from_broker = [&] { return read_tls(client.get()); };
  const auto from_first = [&] { return first.receive(); };
  const auto from_second = [&] { return second.receive(); };
  const auto from_web = [&] { return read_tcp(web.to()); };
  const auto to_first = [&](const Message& message) { first.publish(message); };
  const auto to_second = [&](const Message& message) { second.publish(message); };
  const auto to_web = [&](const Message& message) { write_tcp(web.from(), message); };
  {
    std::vector<std::jthread> threads;
    threads.emplace_back([&] { pass_on(from_broker, to_first); });
    if (options.to_client) {
      threads.emplace_back([&] { pass_on(from_first, to_second); });
      threads.emplace_back([&] { pass_on(from_second, to_web); });
      threads.emplace_back([&] { pass_on(from_web, measure); });
    } else {
      threads.emplace_back([&] { pass_on(from_first, measure); });
    }
    write_paced(server.get(), options.rate, go_on);
  }
  return samples;
}

}  // namespace depthwire::bench
