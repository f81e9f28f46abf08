#include "common/bus/subscriber.hpp"

#include "common/bus/handshake_watch.hpp"
#include "common/bus/sockets.hpp"
#include "common/bus/subscriber_state.hpp"
#include "common/bus/topic.hpp"
#include "common/service/exit_error.hpp"

#include <algorithm>
#include <array>
#include <deque>

// The sockets, the queue and the clock of a SubscriberState, which decides.

namespace depthwire::bus {
namespace {

using SteadyClock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr std::size_t max_live_records = 256;
constexpr std::size_t max_received_at_once = 4096;
constexpr int receive_high_water_mark = 65'536;
constexpr milliseconds away_after{500};

}  // namespace

class Subscriber::Impl {
 public:
  Impl(zmq::context_t& context, SubscriberOptions given)
      : context_(context),
        options_(std::move(given)),
        control_topic_(control_topic(options_.source)),
        state_(options_, SteadyClock::now()) {
    connect();
  }

  Batch receive(milliseconds timeout) {
    Batch batch;
    auto now = SteadyClock::now();
    // A queue that has been full must not be read once its connection was replaced: libzmq 4.3 then
    // aborts (its issue 3937). Who was away drops it unread and fetches instead.
    if (now - last_receive_ > away_after) {
      connect();
      state_.reconnected(now);
    }
    const auto deadline = now + timeout;
    if (!state_.live() || state_.stale()) handshakes_.look(now);
    while (true) {
      state_.tick(now, batch);
      perform();
      if (!batch.empty() || now > deadline) break;
      wait_until(std::min(deadline, state_.wake_at()), now);
      now = SteadyClock::now();
      take_reply(now, batch);
      if (state_.live()) take_frames(batch);
      perform();
      if (!batch.empty() || now >= deadline) break;
    }
    last_receive_ = SteadyClock::now();
    return batch;
  }

  void acknowledge(journal::Position position) {
    Request request;
    request.mutable_ack()->set_consumer(options_.consumer);
    auto& at = *request.mutable_ack()->mutable_position();
    at.set_source(options_.source);
    at.set_epoch(position.epoch);
    at.set_offset(position.offset);
    send(request);
  }

  [[nodiscard]] const SubscriberState& state() const { return state_; }
  [[nodiscard]] std::string problem() const {
    if (state_.live() || handshakes_.problem().empty()) return {};
    return "no connection to " + options_.source + ": " + handshakes_.problem();
  }
  [[nodiscard]] std::uint64_t malformed() const { return state_.malformed() + malformed_replies_; }

 private:
  void connect() {
    frames_.clear();
    frame_bytes_ = 0;
    look_at_server_key();
    handshakes_.stop();
    subscription_ = zmq::socket_t(context_, zmq::socket_type::sub);
    set_common_options(subscription_);
    subscription_.set(zmq::sockopt::rcvhwm, receive_high_water_mark);
    secure_client(subscription_, options_.curve, options_.server_public_key);
    if (options_.topic_prefixes.empty()) {
      subscription_.set(zmq::sockopt::subscribe, "");
    } else {
      subscription_.set(zmq::sockopt::subscribe, control_topic_);
      for (const auto& prefix : options_.topic_prefixes) {
        subscription_.set(zmq::sockopt::subscribe, prefix);
      }
    }
    subscription_.connect(options_.publish);
    requests_ = zmq::socket_t(context_, zmq::socket_type::dealer);
    set_common_options(requests_);
    secure_client(requests_, options_.curve, options_.server_public_key);
    handshakes_.watch(context_, requests_, options_.curve);
    requests_.connect(options_.requests);
  }

  // The publisher may have come back with another pair.
  void look_at_server_key() {
    if (options_.server.empty() || options_.curve.directory.empty()) return;
    try {
      options_.server_public_key = load_public_key(options_.curve.directory, options_.server);
    } catch (const service::ExitError&) {
      // Being replaced: the one we know may still do, and staleness brings us back here.
      return;
    }
  }

  void perform() {
    const auto actions = state_.take_actions();
    if (actions.reconnect) connect();
    if (actions.discard) {
      frames_.clear();
      frame_bytes_ = 0;
    }
    for (const auto& request : actions.requests) send(request);
  }

  void send(const Request& request) {
    // What cannot be sent is as good as lost on the way: it is asked for again.
    (void)requests_.send(zmq::buffer(request.SerializeAsString()), zmq::send_flags::dontwait);
  }

  // Returns when something may have come, or it is time.
  void wait_until(SteadyClock::time_point when, SteadyClock::time_point now) {
    if (receive_frames(now) || (state_.live() && !frames_.empty())) return;
    std::array<zmq::pollitem_t, 2> items{
        {{subscription_.handle(), 0, ZMQ_POLLIN, 0}, {requests_.handle(), 0, ZMQ_POLLIN, 0}}};
    zmq::poll(items.data(), items.size(),
              std::max(milliseconds(0), std::chrono::ceil<milliseconds>(when - now)));
    receive_frames(SteadyClock::now());
  }

  // Moves what has come into our own queue, whose bounds the state knows.
  bool receive_frames(SteadyClock::time_point now) {
    std::size_t count = 0;
    for (; count < max_received_at_once; ++count) {
      zmq::message_t message;
      if (!subscription_.recv(message, zmq::recv_flags::dontwait)) break;
      frame_bytes_ += message.size();
      frames_.push_back(std::move(message));
    }
    if (count > 0) state_.heard(now, frames_.size(), frame_bytes_);
    return count > 0;
  }

  void take_reply(SteadyClock::time_point now, Batch& batch) {
    zmq::message_t message;
    // One reply may fill the batch; those that bring nothing are taken on the way.
    while (batch.empty() && requests_.recv(message, zmq::recv_flags::dontwait)) {
      Reply reply;
      if (!reply.ParseFromArray(message.data(), static_cast<int>(message.size()))) {
        ++malformed_replies_;
        continue;
      }
      state_.take_reply(std::move(reply), now, batch);
    }
  }

  void take_frames(Batch& batch) {
    if (frames_.empty() || !batch.records.empty()) return;
    const auto count = std::min(frames_.size(), max_live_records);
    auto taken = std::make_shared<std::vector<zmq::message_t>>();
    taken->reserve(count);
    views_.clear();
    for (std::size_t i = 0; i < count; ++i) {
      taken->push_back(std::move(frames_.front()));
      frames_.pop_front();
      views_.push_back(taken->back().to_string_view());
      frame_bytes_ -= views_.back().size();
    }
    state_.take_frames(views_, !frames_.empty(), batch);
    if (!batch.records.empty()) batch.bytes = std::move(taken);
  }

  zmq::context_t& context_;
  SubscriberOptions options_;
  std::string control_topic_;
  SubscriberState state_;
  zmq::socket_t subscription_;
  zmq::socket_t requests_;
  HandshakeWatch handshakes_;          // of requests_: those of the other end alike
  std::deque<zmq::message_t> frames_;  // received, not yet looked at
  std::size_t frame_bytes_ = 0;
  std::vector<std::string_view> views_;
  std::uint64_t malformed_replies_ = 0;
  SteadyClock::time_point last_receive_ = SteadyClock::now();
};

Subscriber::Subscriber(zmq::context_t& context, SubscriberOptions options)
    : impl_(std::make_unique<Impl>(context, std::move(options))) {}
Subscriber::~Subscriber() = default;

Batch Subscriber::receive(milliseconds timeout) { return impl_->receive(timeout); }
void Subscriber::acknowledge(journal::Position position) { impl_->acknowledge(position); }
journal::Position Subscriber::last() const { return impl_->state().last(); }
journal::Position Subscriber::head() const { return impl_->state().head(); }
std::uint64_t Subscriber::gaps() const { return impl_->state().doubts(); }
std::uint64_t Subscriber::fetched() const { return impl_->state().fetched(); }
std::uint64_t Subscriber::zombies() const { return impl_->state().zombies(); }
std::string Subscriber::problem() const { return impl_->problem(); }
std::uint64_t Subscriber::malformed() const { return impl_->malformed(); }
bool Subscriber::live() const { return impl_->state().live() && !impl_->state().stale(); }
bool Subscriber::halted() const { return impl_->state().halted(); }

}  // namespace depthwire::bus
