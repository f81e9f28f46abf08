#include "common/ctrader/client.hpp"

#include "common/ctrader/pending.hpp"
#include "common/ctrader/request_queue.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include <algorithm>
#include <random>

namespace depthwire::ctrader {
namespace {

namespace asio = boost::asio;

constexpr int attempts_at_most = 5;  // of what is throttled, or failed for a moment
constexpr std::chrono::seconds default_pause{1};
// A server that asks for more than this is not taken at its word.
constexpr std::uint64_t longest_pause_seconds = 300;

std::function<double()> system_random() {
  return [engine = std::mt19937_64(std::random_device{}())]() mutable {
    return std::uniform_real_distribution<double>{0, 1}(engine);
  };
}

struct InFlight {
  Request request;
  AnswerHandler handler;
  int attempts = 0;
};

}  // namespace

class Client::Impl final : public ConnectionHandler, public std::enable_shared_from_this<Impl> {
 public:
  Impl(asio::io_context& io, ClientOptions options, ClientHandler& handler)
      : handler_{handler},
        answer_timeout_{options.answer_timeout},
        random_{options.random ? options.random : system_random()},
        session_{options.name, std::move(options.account), random_, options.times},
        pending_{options.name + "-"},
        connection_{io, std::move(options.connection), *this},
        timer_{io},
        io_{io} {}

  void start() { run(session_.start(Clock::now())); }
  void stop();
  void send(InFlight request);
  [[nodiscard]] SessionState state() const { return session_.state(); }

 private:
  void on_open() override { run(session_.opened(Clock::now())); }
  void on_frames(std::span<const std::string_view> frames) override;
  void on_closed(const ConnectionFailure& failure) override {
    run(session_.failed(Clock::now(), failure.reason, failure.certificate));
  }

  void message(const Envelope& envelope);
  void answered(InFlight request, const Envelope& envelope);
  [[nodiscard]] Duration pause(int attempts, const BrokerError& error);
  void run(const Actions& actions);
  void change(const StateChanged& changed);
  void lose_requests();
  void transmit();
  void tick();
  void arm();

  ClientHandler& handler_;
  Duration answer_timeout_;
  std::function<double()> random_;
  Session session_;
  RequestQueue queue_;
  Pending<InFlight> pending_;
  Connection connection_;
  asio::steady_timer timer_;
  asio::io_context& io_;
  TimePoint armed_for_ = TimePoint::max();
  TimePoint now_;  // of the group being handled
  bool stopped_ = false;
  std::string out_;
};

void Client::Impl::stop() {
  stopped_ = true;
  connection_.close();
  timer_.cancel();
  queue_.clear();
  std::ignore = pending_.take_all();
}

void Client::Impl::send(InFlight request) {
  if (session_.state() != SessionState::ready) {
    asio::post(io_, [self = shared_from_this(), handler = std::move(request.handler)] {
      if (!self->stopped_) handler(tl::unexpected(BrokerError{.code = "CONNECTION_LOST"}));
    });
    return;
  }
  ++request.attempts;
  auto copy = request.request;
  auto id = pending_.add(std::move(request), Clock::now() + answer_timeout_);
  queue_.push({std::move(copy), std::move(id)});
  // Not at once: several requests of one caller then share a write.
  asio::post(io_, [self = shared_from_this()] { self->transmit(); });
}

void Client::Impl::on_frames(std::span<const std::string_view> frames) {
  now_ = Clock::now();
  session_.received(now_);
  handler_.on_group_begin();
  for (const auto frame : frames) {
    const auto envelope = decode_envelope(frame);
    if (envelope) {
      message(*envelope);
    } else {
      handler_.on_undecodable(envelope.error());
    }
    if (stopped_) return;
    // A message may have ended the connection; what came after it is of no use.
    if (state() == SessionState::disconnected || state() == SessionState::error) break;
  }
  handler_.on_group_end();
}

void Client::Impl::message(const Envelope& envelope) {
  if (!envelope.client_msg_id.empty()) {
    if (auto request = pending_.complete(envelope.client_msg_id)) {
      answered(std::move(*request), envelope);
      return;
    }
  }
  bool consumed = false;
  auto actions = session_.message(now_, envelope, consumed);
  if (!actions.empty()) run(actions);
  if (!consumed) handler_.on_event(envelope);
}

void Client::Impl::answered(InFlight request, const Envelope& envelope) {
  if (!is_error(envelope.payload_type)) return request.handler(envelope);
  const auto error = decode_error(envelope);
  switch (classify(error.code)) {
    case ErrorClass::already_done: {
      request.handler(Envelope{envelope.payload_type, {}, envelope.client_msg_id});
      return;
    }
    case ErrorClass::throttled:
    case ErrorClass::transient:
      if (request.attempts < attempts_at_most) {
        queue_.pause(request.request.payload_type, now_ + pause(request.attempts, error));
        return send(std::move(request));
      }
      break;
    case ErrorClass::reauthenticate: run(session_.authorization_lost(now_, error)); break;
    case ErrorClass::permanent:
    case ErrorClass::business: break;
  }
  request.handler(tl::unexpected(error));
}

/// How long a payload type rests after its request failed for the `attempts`th time: what the
/// server asks for, else twice as long as the time before.
Duration Client::Impl::pause(int attempts, const BrokerError& error) {
  const std::chrono::seconds told{
      std::min(error.retry_after_seconds.value_or(0), longest_pause_seconds)};
  const auto grown = default_pause * (1 << (attempts - 1));
  const auto jitter =
      std::chrono::duration_cast<Duration>(std::chrono::duration<double>{random_()});
  return std::max(told, grown) + jitter;
}

void Client::Impl::run(const Actions& actions) {
  struct Visitor {
    Impl& self;
    void operator()(const OpenConnection&) { self.connection_.open(); }
    void operator()(const CloseConnection&) { self.connection_.close(); }
    void operator()(const SendRequest& action) {
      self.queue_.push({action.request, action.client_msg_id});
      self.transmit();
    }
    void operator()(const SendHeartbeat&) {
      self.out_.clear();
      append_request(self.out_, heartbeat(), {});
      self.connection_.send(self.out_);
    }
    void operator()(const StateChanged& changed) { self.change(changed); }
    void operator()(const GiveUp& action) { self.handler_.on_give_up(action.reason); }
  };
  for (const auto& action : actions) {
    if (stopped_) return;
    std::visit(Visitor{*this}, action);
  }
  if (!stopped_) arm();
}

void Client::Impl::change(const StateChanged& changed) {
  handler_.on_state(changed.state, changed.reason);
  // What was asked for is void with the connection or the account's session it was asked on.
  if (changed.state != SessionState::ready && !stopped_) lose_requests();
}

void Client::Impl::lose_requests() {
  queue_.clear();
  for (const auto& request : pending_.take_all()) {
    request.handler(tl::unexpected(BrokerError{.code = "CONNECTION_LOST"}));
    if (stopped_) return;
  }
}

void Client::Impl::transmit() {
  if (stopped_) return;
  const auto now = Clock::now();
  out_.clear();
  while (const auto request = queue_.pop(now)) {
    append_request(out_, request->request, request->client_msg_id);
  }
  if (!out_.empty()) {
    connection_.send(out_);
    session_.sent(now);
  }
  arm();
}

void Client::Impl::tick() {
  const auto now = Clock::now();
  for (const auto& request : pending_.expire(now)) {
    request.handler(tl::unexpected(BrokerError{.code = "NO_ANSWER"}));
    if (stopped_) return;
  }
  run(session_.tick(now));
  if (!stopped_) transmit();
}

/// Sees to it that tick() runs when something is due. Data only ever moves deadlines on, so the
/// timer is left alone then and finds out when it fires.
void Client::Impl::arm() {
  auto due = std::min(session_.next_tick(), pending_.next_deadline());
  if (const auto next = queue_.next_due()) due = std::min(due, *next);
  if (due >= armed_for_ || due == TimePoint::max()) return;
  armed_for_ = due;
  timer_.expires_at(due);
  timer_.async_wait([self = shared_from_this()](const boost::system::error_code& error) {
    if (error || self->stopped_) return;  // another wait took its place
    self->armed_for_ = TimePoint::max();
    self->tick();
  });
}

Client::Client(boost::asio::io_context& io, ClientOptions options, ClientHandler& handler)
    : impl_{std::make_shared<Impl>(io, std::move(options), handler)} {}

Client::~Client() { impl_->stop(); }

void Client::start() { impl_->start(); }
void Client::stop() { impl_->stop(); }
SessionState Client::state() const { return impl_->state(); }
void Client::send(Request request, AnswerHandler handler) {
  impl_->send({std::move(request), std::move(handler)});
}

}  // namespace depthwire::ctrader
