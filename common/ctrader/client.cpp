#include "common/ctrader/client.hpp"

#include "common/ctrader/frame.hpp"
#include "common/ctrader/further_accounts.hpp"
#include "common/ctrader/payload_names.hpp"
#include "common/ctrader/unknown.hpp"
#include "common/tokens/feed.hpp"
#include "proto/ctrader/common_model.pb.h"
#include "proto/ctrader/model.pb.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include <algorithm>
#include <optional>
#include <random>

namespace depthwire::ctrader {
namespace {

namespace asio = boost::asio;

std::function<double()> system_random() {
  return [engine = std::mt19937_64(std::random_device{}())]() mutable {
    return std::uniform_real_distribution<double>{0, 1}(engine);
  };
}

std::int64_t system_unix_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

bool is_named(std::uint32_t payload_type) {
  const auto type = static_cast<int>(payload_type);
  return ProtoPayloadType_IsValid(type) || ProtoOAPayloadType_IsValid(type);
}

ClientOptions with_defaults(ClientOptions options) {
  if (!options.random) options.random = system_random();
  if (!options.unix_ms) options.unix_ms = system_unix_ms;
  return options;
}

}  // namespace

class Client::Impl final : public ConnectionHandler, public std::enable_shared_from_this<Impl> {
 public:
  /// `options` have no defaults left.
  Impl(asio::io_context& io, const ClientOptions& options, ClientHandler& handler)
      : handler_{handler},
        session_{options.name, options.account, options.random, options.unix_ms, options.times},
        further_{options.name,   options.further_accounts, options.account.live,
                 options.random, options.unix_ms,          options.times},
        requests_{{options.name, options.answer_timeout, options.random, options.unix_ms}},
        connection_{io, options.connection, *this},
        timer_{io},
        io_{io},
        token_socket_{options.token_socket},
        account_id_{options.account.account_id} {}

  void start();
  void stop();
  void send(Request request, AnswerHandler handler);
  [[nodiscard]] SessionState state() const { return session_.state(); }
  [[nodiscard]] const Traffic& traffic() const { return traffic_; }
  [[nodiscard]] std::int64_t account_id() const { return session_.account_id(); }

 private:
  void on_open() override { run(session_.opened(Clock::now())); }
  void on_frames(std::span<const std::string_view> frames) override;
  void on_closed(const ConnectionFailure& failure) override {
    run(session_.failed(Clock::now(), failure.reason, failure.certificate));
  }

  void note_unknown(const Envelope& envelope);
  void message(const Envelope& envelope);
  void answered(const Reply& reply);
  void tell(const std::vector<AnswerHandler>& handlers, const std::string& code);
  void run(const Actions& actions);
  void run(const AccountActions& actions);
  void change(const StateChanged& changed);
  void grant(const tokens::FeedLine& line);
  void transmit();
  void write(std::size_t messages);
  void tick();
  void arm();

  ClientHandler& handler_;
  Session session_;
  FurtherAccounts further_;
  RequestPipeline requests_;
  Connection connection_;
  asio::steady_timer timer_;
  asio::io_context& io_;
  std::filesystem::path token_socket_;
  std::int64_t account_id_;  // configured; 0: the grant's
  std::optional<tokens::Feed> tokens_;
  TimePoint armed_for_ = TimePoint::max();
  TimePoint now_;  // of the group being handled
  bool stopped_ = false;
  std::string out_;
  Traffic traffic_;
};

void Client::Impl::start() {
  run(session_.start(Clock::now()));
  if (token_socket_.empty()) return;
  tokens_.emplace(io_, token_socket_, [this](const tokens::FeedLine& line) { grant(line); });
}

void Client::Impl::grant(const tokens::FeedLine& line) {
  if (line.access_token.empty()) {
    // Who is in stays in: the server decides how long.
    if (state() != SessionState::ready) handler_.on_state(state(), line.reason);
    return;
  }
  const auto now = Clock::now();
  run(session_.credentials(now, line.access_token,
                           account_id_ != 0 ? account_id_ : line.account_id));
  if (!stopped_) run(further_.credentials(now, line.access_token));
}

void Client::Impl::stop() {
  stopped_ = true;
  tokens_.reset();
  connection_.close();
  boost::system::error_code ignored;  // a timer that cannot be cancelled finds us stopped
  timer_.cancel(ignored);
  requests_.clear();
}

void Client::Impl::send(Request request, AnswerHandler handler) {
  if (session_.state() != SessionState::ready) {
    asio::post(io_, [self = shared_from_this(), handler = std::move(handler)] {
      if (!self->stopped_) handler(tl::unexpected(BrokerError{.code = "CONNECTION_LOST"}));
    });
    return;
  }
  requests_.send(std::move(request), std::move(handler));
  // Not at once: several requests of one caller then share a write.
  asio::post(io_, [self = shared_from_this()] { self->transmit(); });
}

void Client::Impl::on_frames(std::span<const std::string_view> frames) {
  now_ = Clock::now();
  session_.received(now_);
  if (frames.empty()) return;
  handler_.on_group_begin();
  for (const auto frame : frames) {
    traffic_.bytes_in += frame_length_bytes + frame.size();
    ++traffic_.messages_in;
    const auto envelope = decode_envelope(frame);
    if (envelope) {
      message(*envelope);
    } else {
      handler_.on_undecodable(envelope.error());
    }
    if (stopped_) return;
    // A message may have ended the connection; what came after it is of no use.
    if (!session_.connected()) break;
  }
  handler_.on_group_end();
  // An answer may have made room for what waits.
  if (!stopped_ && requests_.waiting()) transmit();
}

/// What the protocol does not know, or no longer as it was: for people to hear of.
void Client::Impl::note_unknown(const Envelope& envelope) {
  // The hot path looks for itself (SpotEvent, DepthEvent).
  if (envelope.payload_type == PROTO_OA_SPOT_EVENT ||
      envelope.payload_type == PROTO_OA_DEPTH_EVENT) {
    return;
  }
  const auto* type = message_of(envelope.payload_type);
  if (type == nullptr) return;
  const auto unknown = find_unknown(envelope.payload, *type);
  traffic_.unknown_fields += unknown.fields;
  traffic_.unknown_enum_values += unknown.enum_values;
}

void Client::Impl::message(const Envelope& envelope) {
  note_unknown(envelope);
  if (const auto reply = requests_.answer(now_, envelope)) return answered(*reply);
  bool consumed = false;
  auto actions = session_.message(now_, envelope, consumed);
  if (!actions.empty()) run(actions);
  if (stopped_ || !session_.connected()) return;
  // After the session: what has just ended its `ready` holds the further accounts back as well.
  bool answers_further = false;
  const auto account_actions = further_.message(now_, envelope, answers_further);
  if (!account_actions.empty()) run(account_actions);
  if (consumed || answers_further || stopped_) return;
  if (!is_named(envelope.payload_type)) ++traffic_.unknown_in;
  handler_.on_event(envelope);
}

void Client::Impl::answered(const Reply& reply) {
  if (!reply.handler) return;
  if (!reply.answer && classify(reply.answer.error()) == ErrorClass::reauthenticate) {
    run(session_.authorization_lost(now_, reply.answer.error()));
  }
  if (!stopped_) reply.handler(reply.answer);
}

void Client::Impl::tell(const std::vector<AnswerHandler>& handlers, const std::string& code) {
  for (const auto& handler : handlers) {
    handler(tl::unexpected(BrokerError{.code = code}));
    if (stopped_) return;
  }
}

void Client::Impl::run(const Actions& actions) {
  struct Visitor {
    Impl& self;
    void operator()(const OpenConnection&) { self.connection_.open(); }
    void operator()(const CloseConnection&) {
      self.connection_.close();
      const auto now = Clock::now();
      self.requests_.disconnected(now);
      self.run(self.further_.disconnected(now));
    }
    void operator()(const SendRequest& action) {
      self.requests_.send_own(action.request, action.client_msg_id);
      self.transmit();
    }
    void operator()(const SendHeartbeat&) {
      self.out_.clear();
      append_request(self.out_, heartbeat(), {});
      self.write(1);
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

void Client::Impl::run(const AccountActions& actions) {
  struct Visitor {
    Impl& self;
    void operator()(const SendRequest& action) {
      self.requests_.send_own(action.request, action.client_msg_id);
      self.transmit();
    }
    void operator()(const AccountChanged& changed) {
      self.handler_.on_account_state(changed.account_id, changed.state, changed.reason);
    }
  };
  for (const auto& action : actions) {
    if (stopped_) return;
    std::visit(Visitor{*this}, action);
  }
  if (!stopped_) arm();
}

void Client::Impl::change(const StateChanged& changed) {
  handler_.on_state(changed.state, changed.reason);
  if (stopped_) return;
  if (changed.state == SessionState::ready) {
    return run(further_.session_ready(Clock::now(), session_.access_token(), account_id()));
  }
  // What was asked for is void with the connection or the account's session it was asked on.
  further_.session_left();
  tell(requests_.lose(), "CONNECTION_LOST");
}

void Client::Impl::transmit() {
  if (stopped_) return;
  const auto now = Clock::now();
  out_.clear();
  if (const auto messages = requests_.take(now, out_)) {
    write(messages);
    session_.sent(now);
  }
  traffic_.throttled_out = requests_.held_back();
  arm();
}

void Client::Impl::write(std::size_t messages) {
  connection_.send(out_);
  traffic_.bytes_out += out_.size();
  traffic_.messages_out += messages;
}

void Client::Impl::tick() {
  const auto now = Clock::now();
  tell(requests_.expire(now), "NO_ANSWER");
  if (stopped_) return;
  run(session_.tick(now));
  if (!stopped_) run(further_.tick(now));
  if (!stopped_) transmit();
}

/// Sees to it that tick() runs when something is due. Data only ever moves deadlines on, so the
/// timer is left alone then and finds out when it fires.
void Client::Impl::arm() {
  const auto due = std::min({session_.next_tick(), further_.next_tick(), requests_.next_due()});
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
    : impl_{std::make_shared<Impl>(io, with_defaults(std::move(options)), handler)} {}

Client::~Client() { impl_->stop(); }

void Client::start() { impl_->start(); }
void Client::stop() { impl_->stop(); }
SessionState Client::state() const { return impl_->state(); }
const Traffic& Client::traffic() const { return impl_->traffic(); }
std::int64_t Client::account_id() const { return impl_->account_id(); }
void Client::send(Request request, AnswerHandler handler) {
  impl_->send(std::move(request), std::move(handler));
}

}  // namespace depthwire::ctrader
