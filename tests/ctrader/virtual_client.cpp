#include "tests/ctrader/virtual_client.hpp"

#include <algorithm>
#include <array>

namespace depthwire::tests {

using namespace ctrader;
using namespace std::chrono_literals;

namespace {

constexpr auto account_id = VirtualBroker::account_id;
constexpr std::array<std::int64_t, 2> both_symbols{1, 2};
constexpr PeriodNumber one_minute = 1;

Account account() {
  return {"simulator", "simulator-secret", "simulator-token", account_id, false};
}

}  // namespace

VirtualClient::VirtualClient(VirtualBroker& broker, Judge& judge, std::function<double()> random)
    : broker_{broker},
      judge_{judge},
      session_{"test", account(), random, [this] { return VirtualBroker::unix_ms(now_); }},
      requests_{{.name = "test", .random = random, .unix_ms = [this] {
                   return VirtualBroker::unix_ms(now_);
                 }}} {}

void VirtualClient::start(TimePoint now) {
  now_ = now;
  run(session_.start(now));
}

void VirtualClient::happen(TimePoint now, const Happening& happening) {
  now_ = now;
  if (std::holds_alternative<Opened>(happening)) {
    splitter_.clear();
    run(session_.opened(now));
  } else if (const auto* ended = std::get_if<Ended>(&happening)) {
    run(session_.failed(now, ended->reason));
  } else {
    received(std::get<Bytes>(happening).bytes);
  }
}

void VirtualClient::received(const std::string& bytes) {
  session_.received(now_);
  const auto space = splitter_.prepare(bytes.size());
  std::copy(bytes.begin(), bytes.end(), space.begin());
  splitter_.commit(bytes.size());
  for (auto frame = splitter_.next(); *frame; frame = splitter_.next()) {
    if (const auto envelope = decode_envelope(**frame)) message(*envelope);
    if (state() == SessionState::disconnected || state() == SessionState::error) return;
  }
  if (requests_.waiting()) transmit();
}

void VirtualClient::message(const Envelope& envelope) {
  if (const auto reply = requests_.answer(now_, envelope)) {
    if (!reply->handler) return;
    if (!reply->answer && classify(reply->answer.error()) == ErrorClass::reauthenticate) {
      run(session_.authorization_lost(now_, reply->answer.error()));
    }
    reply->handler(reply->answer);
    return;
  }
  bool consumed = false;
  run(session_.message(now_, envelope, consumed));
}

void VirtualClient::run(const Actions& actions) {
  struct Visitor {
    VirtualClient& self;
    void operator()(const OpenConnection&) {
      if (self.now_ < self.lost_at_ + self.wait_at_least_) {
        self.judge_.find(self.now_, "connects again too soon");
      }
      self.broker_.connect(self.now_);
    }
    void operator()(const CloseConnection&) {
      self.broker_.close(self.now_);
      self.requests_.disconnected(self.now_);
    }
    void operator()(const SendRequest& action) {
      self.requests_.send_own(action.request, action.client_msg_id);
      self.transmit();
    }
    void operator()(const SendHeartbeat&) {
      std::string out;
      append_request(out, heartbeat(), {});
      self.broker_.send(self.now_, out);
    }
    void operator()(const StateChanged& changed) { self.change(changed); }
    void operator()(const GiveUp& action) {
      self.judge_.find(self.now_, "gives up: " + action.reason);
    }
  };
  for (const auto& action : actions) std::visit(Visitor{*this}, action);
}

void VirtualClient::change(const StateChanged& changed) {
  ++states_[std::string(to_string(changed.state))];
  if (changed.state == SessionState::ready) {
    ready_since_ = now_;
    spots_ = false;
    send(asset_list(account_id));
    send(symbol_list(account_id));
    ask(now_, false);
    return;
  }
  ready_ = ready_for(now_);
  ready_since_ = TimePoint::max();
  if (changed.state == SessionState::disconnected || changed.state == SessionState::error) {
    lost_at_ = now_;
    wait_at_least_ = changed.state == SessionState::error ? Duration{15min} : Duration{1s};
  }
  tell(requests_.lose(), "CONNECTION_LOST");
}

Duration VirtualClient::ready_for(TimePoint now) const {
  return ready_since_ == TimePoint::max() ? ready_ : ready_ + (now - ready_since_);
}

void VirtualClient::tell(const std::vector<AnswerHandler>& handlers, const std::string& code) {
  for (const auto& handler : handlers) handler(tl::unexpected(BrokerError{.code = code}));
}

void VirtualClient::transmit() {
  std::string out;
  if (requests_.take(now_, out) == 0) return;
  broker_.send(now_, out);
  session_.sent(now_);
}

void VirtualClient::tick(TimePoint now) {
  now_ = now;
  tell(requests_.expire(now), "NO_ANSWER");
  run(session_.tick(now));
  transmit();
}

TimePoint VirtualClient::next() const {
  return std::min(session_.next_tick(), requests_.next_due());
}

void VirtualClient::send(Request request) {
  ++asked_;
  requests_.send(std::move(request), [this](const Answer& answer) {
    ++heard_;
    ++answers_[answer ? "answered" : answer.error().code];
  });
}

void VirtualClient::ask(TimePoint now, bool much) {
  now_ = now;
  if (state() != SessionState::ready) return;
  spots_ = !spots_;
  send(spots_ ? subscribe_spots(account_id, both_symbols)
              : unsubscribe_spots(account_id, both_symbols));
  if (spots_) send(subscribe_live_bars(account_id, both_symbols[0], one_minute));
  if (!much) return;
  for (int i = 0; i < 1500; ++i) send(symbols_by_id(account_id, both_symbols));
  for (int i = 0; i < 150; ++i)
    send(ctrader::bars(account_id, both_symbols[0], one_minute, 0, 60'000));
}

}  // namespace depthwire::tests
