#include "common/bus/request_server.hpp"

#include "common/bus/fetch.hpp"
#include "common/bus/sockets.hpp"
#include "common/bus/throttle.hpp"
#include "common/service/exit_error.hpp"
#include "proto/bus/envelope.pb.h"
#include "proto/bus/request.pb.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <deque>
#include <mutex>
#include <sys/eventfd.h>
#include <system_error>
#include <thread>
#include <utility>

namespace depthwire::bus {
namespace {

constexpr int most_requests_at_once = 256;
constexpr std::ptrdiff_t most_reads_of_a_peer = 2;

}  // namespace

class RequestServer::Impl : public std::enable_shared_from_this<RequestServer::Impl> {
 public:
  Impl(zmq::context_t& context, const PublisherOptions& options, const journal::Catalogue& journal,
       journal::Keeper* keeper)
      : journal_(journal),
        keeper_(keeper),
        commands_(options.commands),
        fetcher_(options.journal, options.source),
        throttle_(options.fetch_bytes_per_second, std::chrono::steady_clock::now()),
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

  std::vector<Decision> take_decisions() {
    const std::lock_guard lock(mutex_);
    if (!failure_.empty()) {
      throw service::ExitError(service::exit_code::software,
                               "requests cannot be answered any more: " + failure_);
    }
    return std::exchange(decisions_, {});
  }
  [[nodiscard]] RequestCounts counts() const { return {malformed_, unreachable_, failed_}; }

 private:
  struct Outgoing {
    std::string peer;
    std::string reply;
  };
  struct Read {
    std::string peer;
    Request request;
  };

  // What one request brings about is answered with an error. What breaks the sockets ends the
  // process: without its journal served, a publisher is only half there.
  void run() {
    try {
      while (!stop_) turn();
    } catch (const std::exception& error) {
      const std::lock_guard lock(mutex_);
      failure_ = error.what();
    }
  }

  void turn() {
    std::array<zmq::pollitem_t, 2> items{
        {{socket_.handle(), 0, ZMQ_POLLIN, 0}, {nullptr, wake_, ZMQ_POLLIN, 0}}};
    try {
      zmq::poll(items.data(), items.size(), until_next_read());
    } catch (const zmq::error_t& error) {
      if (error.num() != EINTR) throw;
      return;
    }
    if ((items[1].revents & ZMQ_POLLIN) != 0) send_answers();
    for (int i = 0; i < most_requests_at_once && take_request(); ++i) {
    }
    if (!reads_.empty() && until_next_read() == std::chrono::milliseconds(0)) read_for_one();
  }

  // How long until something that waits may be read; -1: nothing waits.
  std::chrono::milliseconds until_next_read() {
    if (reads_.empty()) return std::chrono::milliseconds(-1);
    return throttle_.wait(std::chrono::steady_clock::now());
  }

  bool take_request() {
    zmq::message_t peer;
    zmq::message_t body;
    if (!socket_.recv(peer, zmq::recv_flags::dontwait)) return false;
    if (!peer.more() || !socket_.recv(body)) return true;
    const bool single = !body.more();
    while (body.more() && socket_.recv(body)) {
    }
    Request request;
    if (!single || !request.ParseFromArray(body.data(), static_cast<int>(body.size()))) {
      ++malformed_;
      return true;
    }
    handle(peer.to_string(), std::move(request));
    return true;
  }

  void handle(const std::string& peer, Request&& request) {
    Reply reply;
    reply.set_id(request.id());
    switch (request.request_case()) {
      case Request::kLatest:
        if (request.latest().heads_only()) {
          tell_heads(request.latest(), reply);
          break;
        }
        [[fallthrough]];
      case Request::kFetch: return enqueue(peer, std::move(request));
      case Request::kAck: return acknowledge(request.ack());
      case Request::kCommand: return command(peer, request);
      case Request::REQUEST_NOT_SET:
        reply.mutable_error()->set_code(Error::bad_request);
        reply.mutable_error()->set_text("expected fetch, latest, ack or command");
    }
    send(peer, reply.SerializeAsString());
  }

  // A peer that asks more than it may have on the way has given the oldest up.
  void enqueue(const std::string& peer, Request&& request) {
    const auto ours = [&](const Read& read) { return read.peer == peer; };
    if (std::count_if(reads_.begin(), reads_.end(), ours) >= most_reads_of_a_peer) {
      reads_.erase(std::find_if(reads_.begin(), reads_.end(), ours));
    }
    reads_.push_back({peer, std::move(request)});
  }

  void read_for_one() {
    const auto read = std::move(reads_.front());
    reads_.pop_front();
    Reply reply;
    reply.set_id(read.request.id());
    // The head first: what is newer by then is not asked of the files.
    const auto head = journal_.head();
    try {
      throttle_.spend(
          read.request.has_fetch()
              ? fetcher_.answer(read.request.fetch(), head, reply)
              : fetcher_.answer(read.request.latest(), newest(read.request.latest()), head, reply));
    } catch (const std::exception& error) {
      // A segment that aged out meanwhile, no descriptor or no memory left: asked again, it may be
      // there.
      ++failed_;
      reply.mutable_error()->set_code(Error::unavailable);
      reply.mutable_error()->set_text(error.what());
    }
    send(read.peer, reply.SerializeAsString());
  }

  [[nodiscard]] std::vector<journal::Newest> newest(const Latest& latest) const {
    if (latest.topic_prefixes().empty()) return journal_.newest("");
    std::vector<journal::Newest> all;
    for (const auto& prefix : latest.topic_prefixes()) {
      auto some = journal_.newest(prefix);
      all.insert(all.end(), some.begin(), some.end());
    }
    return all;
  }

  void tell_heads(const Latest& latest, Reply& reply) const {
    auto& data = *reply.mutable_data();
    const auto head = journal_.head();
    data.mutable_head()->set_epoch(head.epoch);
    data.mutable_head()->set_offset(head.offset);
    for (const auto& topic : newest(latest)) {
      auto& out = *data.add_heads();
      out.set_topic(topic.topic);
      out.set_offset(topic.last);
    }
  }

  // Retention waits for some consumers; what is ahead of the head is no position of ours.
  void acknowledge(const Ack& ack) {
    const journal::Position position{ack.position().epoch(), ack.position().offset()};
    if (keeper_ != nullptr && position <= journal_.head()) {
      keeper_->acknowledge(ack.consumer(), position);
    }
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
    if (command.name() == "accept") return accept(command, answer);
    if (!commands_) {
      return answer({CommandAnswer::Status::unknown_command, "this process takes no commands", {}});
    }
    try {
      commands_(command.name(), command.body(), answer);
    } catch (const std::exception& error) {
      ++failed_;
      answer({CommandAnswer::Status::failed, error.what(), {}});
    }
  }

  void accept(const Command& command, const AnswerCommand& answer) {
    Accepted accepted;
    if (!accepted.ParseFromString(command.body()) || accepted.reason().empty()) {
      return answer({CommandAnswer::Status::refused,
                     "expected a reason: it is journaled with the decision",
                     {}});
    }
    const std::lock_guard lock(mutex_);
    decisions_.push_back({accepted.reason(), answer});
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

  const journal::Catalogue& journal_;
  journal::Keeper* keeper_;
  CommandHandler commands_;
  Fetcher fetcher_;
  Throttle throttle_;
  std::deque<Read> reads_;  // asked for, not yet read
  zmq::socket_t socket_;
  int wake_;
  std::atomic<bool> stop_ = false;
  std::atomic<std::uint64_t> malformed_ = 0;
  std::atomic<std::uint64_t> unreachable_ = 0;
  std::atomic<std::uint64_t> failed_ = 0;
  std::mutex mutex_;
  std::deque<Outgoing> outgoing_;
  std::vector<Decision> decisions_;
  std::string failure_;  // why the thread has ended; empty: it has not
  std::thread thread_;
};

RequestServer::RequestServer(zmq::context_t& context, const PublisherOptions& options,
                             const journal::Catalogue& journal, journal::Keeper* keeper)
    : impl_(std::make_shared<Impl>(context, options, journal, keeper)) {
  impl_->start();
}
RequestServer::~RequestServer() { impl_->stop(); }
std::string RequestServer::address() const { return impl_->address_; }
std::vector<Decision> RequestServer::take_decisions() { return impl_->take_decisions(); }
RequestCounts RequestServer::counts() const { return impl_->counts(); }

}  // namespace depthwire::bus
