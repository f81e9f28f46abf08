#include "common/bus/request_server.hpp"

#include "common/bus/fetch.hpp"
#include "common/bus/sockets.hpp"
#include "proto/bus/request.pb.h"

#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <deque>
#include <mutex>
#include <sys/eventfd.h>
#include <system_error>
#include <thread>

namespace depthwire::bus {

class RequestServer::Impl : public std::enable_shared_from_this<RequestServer::Impl> {
 public:
  Impl(zmq::context_t& context, const PublisherOptions& options, const journal::Writer& writer)
      : writer_(writer),
        commands_(options.commands),
        fetcher_(options.journal, options.source),
        socket_(context, zmq::socket_type::router),
        wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    if (wake_ < 0) throw std::system_error(errno, std::generic_category(), "eventfd");
    set_common_options(socket_);
    socket_.set(zmq::sockopt::router_mandatory, true);
    secure_server(socket_, options.curve, options.requests);
    address_ = bind_or_exit(socket_, options.requests);
  }
  ~Impl() { ::close(wake_); }

  void start() {
    thread_ = std::thread([this] { run(); });
  }
  void stop() {
    stop_ = true;
    wake();
    thread_.join();
  }

  std::string address_;

 private:
  struct Outgoing {
    std::string peer;
    std::string reply;
  };

  void run() {
    std::array<zmq::pollitem_t, 2> items{
        {{socket_.handle(), 0, ZMQ_POLLIN, 0}, {nullptr, wake_, ZMQ_POLLIN, 0}}};
    while (!stop_) {
      zmq::poll(items.data(), items.size(), std::chrono::milliseconds(-1));
      if ((items[1].revents & ZMQ_POLLIN) != 0) send_answers();
      if ((items[0].revents & ZMQ_POLLIN) != 0) take_request();
    }
  }

  void take_request() {
    zmq::message_t peer;
    zmq::message_t body;
    if (!socket_.recv(peer, zmq::recv_flags::dontwait)) return;
    if (!peer.more() || !socket_.recv(body)) return;
    const bool single = !body.more();
    while (body.more() && socket_.recv(body)) {
    }
    Request request;
    if (!single || !request.ParseFromArray(body.data(), static_cast<int>(body.size()))) {
      ++malformed_;
      return;
    }
    handle(peer.to_string(), request);
  }

  void handle(const std::string& peer, const Request& request) {
    Reply reply;
    reply.set_id(request.id());
    switch (request.request_case()) {
      case Request::kFetch: fetcher_.answer(request.fetch(), writer_.head(), reply); break;
      case Request::kLatest: {
        const auto head = writer_.head();
        fetcher_.answer(writer_.newest(request.latest().topic_prefix()), head, reply);
        break;
      }
      case Request::kAck: return;  // advisory
      case Request::kCommand: return command(peer, request);
      case Request::REQUEST_NOT_SET:
        reply.mutable_error()->set_code(Error::bad_request);
        reply.mutable_error()->set_text("expected fetch, latest, ack or command");
    }
    send(peer, reply.SerializeAsString());
  }

  void command(const std::string& peer, const Request& request) {
    const auto& command = request.command();
    const auto answer = [self = weak_from_this(), peer, id = request.id()](CommandAnswer given) {
      const auto server = self.lock();
      if (!server) return;
      Reply reply;
      reply.set_id(id);
      auto& out = *reply.mutable_command();
      out.set_status(static_cast<CommandReply::Status>(given.status));
      out.set_text(given.text);
      out.set_body(given.body);
      server->later({peer, reply.SerializeAsString()});
    };
    if (!commands_) {
      return answer({CommandAnswer::Status::unknown_command, "this process takes no commands", {}});
    }
    commands_(command.name(), command.body(), answer);
  }

  void later(Outgoing outgoing) {
    {
      const std::lock_guard lock(mutex_);
      outgoing_.push_back(std::move(outgoing));
    }
    wake();
  }

  void send_answers() {
    std::uint64_t count = 0;
    if (::read(wake_, &count, sizeof count) < 0 && errno != EAGAIN) {
      throw std::system_error(errno, std::generic_category(), "eventfd");
    }
    std::deque<Outgoing> ready;
    {
      const std::lock_guard lock(mutex_);
      ready.swap(outgoing_);
    }
    for (const auto& [peer, reply] : ready) send(peer, reply);
  }

  void send(const std::string& peer, const std::string& reply) {
    try {
      // A peer that does not read loses its reply and asks again.
      const auto queued =
          socket_.send(zmq::buffer(peer), zmq::send_flags::sndmore | zmq::send_flags::dontwait);
      if (queued) socket_.send(zmq::buffer(reply), zmq::send_flags::dontwait);
    } catch (const zmq::error_t& error) {
      if (error.num() != EHOSTUNREACH) throw;
      ++unreachable_;
    }
  }

  void wake() const {
    const std::uint64_t one = 1;
    // Fails only when the counter is full, and then the server is being woken already.
    if (::write(wake_, &one, sizeof one) < 0 && errno != EAGAIN) std::terminate();
  }

  const journal::Writer& writer_;
  CommandHandler commands_;
  Fetcher fetcher_;
  zmq::socket_t socket_;
  int wake_;
  std::atomic<bool> stop_ = false;
  std::atomic<std::uint64_t> malformed_ = 0;
  std::atomic<std::uint64_t> unreachable_ = 0;
  std::mutex mutex_;
  std::deque<Outgoing> outgoing_;
  std::thread thread_;
};

RequestServer::RequestServer(zmq::context_t& context, const PublisherOptions& options,
                             const journal::Writer& writer)
    : impl_(std::make_shared<Impl>(context, options, writer)) {
  impl_->start();
}
RequestServer::~RequestServer() { impl_->stop(); }
std::string RequestServer::address() const { return impl_->address_; }

}  // namespace depthwire::bus
