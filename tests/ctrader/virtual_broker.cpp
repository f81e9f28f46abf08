#include "tests/ctrader/virtual_broker.hpp"

#include "common/ctrader/frame.hpp"

#include <algorithm>
#include <utility>

namespace depthwire::tests {

using namespace ctrader;
using namespace std::chrono_literals;

namespace {

constexpr std::int64_t epoch_ms = 1'789'757'100'000;
constexpr auto another_session = "of another session";  // an id

std::vector<simulator::SymbolInfo> symbols() {
  std::vector<simulator::SymbolInfo> all;
  for (const auto* name : {"EURUSD", "GBPUSD"}) {
    all.push_back(
        {.name = name, .opening = {.bid = market::Price{100'000}, .ask = market::Price{100'010}}});
  }
  return all;
}

simulator::SessionSettings settings(bool other_secret) {
  simulator::SessionSettings settings;
  if (other_secret) settings.credentials.client_secret = "another";
  ++settings.limits.ordinary;  // for the request by which drop_account() does it
  return settings;
}

/// The whole frames of `bytes`.
std::vector<std::string> frames_of(std::string_view bytes) {
  FrameSplitter splitter;
  const auto space = splitter.prepare(bytes.size());
  std::copy(bytes.begin(), bytes.end(), space.begin());
  splitter.commit(bytes.size());
  std::vector<std::string> frames;
  for (auto frame = splitter.next(); frame && *frame; frame = splitter.next()) {
    frames.emplace_back(**frame);
  }
  return frames;
}

ProtoMessage message_of(const std::string& frame) {
  ProtoMessage message;
  message.ParsePartialFromString(frame);
  return message;
}

std::string framed(const ProtoMessage& message) {
  std::string bytes;
  append_frame(bytes, message.SerializeAsString());
  return bytes;
}

ProtoMessage make_message(std::uint32_t type, const google::protobuf::MessageLite& payload,
                          const std::string& id) {
  ProtoMessage message;
  message.set_payloadtype(type);
  message.set_payload(payload.SerializePartialAsString());
  if (!id.empty()) message.set_clientmsgid(id);
  return message;
}

}  // namespace

struct VirtualBroker::Connection {
  Connection(const simulator::SessionSettings& settings, const simulator::Shared& shared,
             TimePoint now)
      : server{settings, shared, now}, next_tick{now + 1s} {}

  simulator::Session server;
  Line up;    // from the client
  Line down;  // to it
  TimePoint next_tick;
  TimePoint moves_until = TimePoint::min();
  std::optional<TimePoint> half_open_since;
  std::optional<TimePoint> cut_at;  // when the client hears of it
  bool goodbye = false;
  bool over = false;  // the server has closed
};

VirtualBroker::VirtualBroker(Judge& judge, std::mt19937_64& random)
    : judge_{judge}, random_{random}, board_{symbols(), epoch_ms * 1'000'000}, tally_(2) {}

VirtualBroker::~VirtualBroker() = default;

std::int64_t VirtualBroker::unix_ms(TimePoint now) {
  return epoch_ms +
         std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch()).count();
}

Duration VirtualBroker::latency() {
  return std::chrono::microseconds{std::uniform_int_distribution<int>{10'000, 80'000}(random_)};
}

void VirtualBroker::connect(TimePoint now) { connected_at_ = now + 3 * latency(); }

void VirtualBroker::close(TimePoint now) {
  connected_at_ = TimePoint::max();
  if (!connection_) return;
  judge_.closed(now);
  connection_.reset();
}

void VirtualBroker::send(TimePoint now, const std::string& frames) {
  for (const auto& frame : frames_of(frames)) judge_.sent(now, message_of(frame));
  if (connection_) connection_->up.send(now, latency(), frames);
}

TimePoint VirtualBroker::next() const {
  if (!connection_) return connected_at_;
  const auto& link = *connection_;
  auto next = std::min({link.up.next(), link.down.next(), link.cut_at.value_or(TimePoint::max())});
  if (!link.over) next = std::min(next, link.next_tick);
  return next;
}

std::vector<Happening> VirtualBroker::step(TimePoint now) {
  if (now >= connected_at_) {
    connected_at_ = TimePoint::max();
    if (now < refuses_until_) return {Ended{"connection refused"}};
    open(now);
    return {Opened{}};
  }
  if (!connection_) return {};
  auto& link = *connection_;
  if (link.half_open_since && now - *link.half_open_since > 65s) {
    judge_.find(now, "a half-open connection is not noticed");
    link.half_open_since.reset();
  }
  take_up(now);
  if (!link.over && now >= link.next_tick) {
    link.server.on_tick(now);
    link.next_tick = now + 1s;
  }
  drain(now);
  std::vector<Happening> happenings;
  if (auto bytes = link.down.take(now); !bytes.empty()) {
    for (const auto& frame : frames_of(bytes)) {
      judge_.told(now, message_of(frame), unix_ms(now));
    }
    happenings.emplace_back(Bytes{std::move(bytes)});
  }
  const bool heard_the_end =
      link.over && !link.half_open_since && !link.cut_at && link.down.next() == TimePoint::max();
  if (heard_the_end || (link.cut_at && now >= *link.cut_at)) {
    happenings.emplace_back(Ended{"the connection ended"});
    close(now);
  }
  return happenings;
}

void VirtualBroker::open(TimePoint now) {
  const simulator::Shared shared{board_, tally_, faults_, bars_to_spoil_, tokens_, accounts_, {}};
  connection_ = std::make_unique<Connection>(settings(now < other_secret_until_), shared, now);
  judge_.opened(now);
}

void VirtualBroker::take_up(TimePoint now) {
  auto& link = *connection_;
  for (const auto& frame : frames_of(link.up.take(now))) {
    if (link.over || link.server.closing()) return;
    const auto request = message_of(frame);
    judge_.arrived(now, request.payloadtype());
    if (refused_ > 0 && request.payloadtype() != HEARTBEAT_EVENT) {
      --refused_;
      refusal_.set_clientmsgid(request.clientmsgid());
      push(now, refusal_);
      continue;
    }
    std::string bytes;
    append_frame(bytes, frame);
    link.server.receive(bytes, now);
  }
}

/// Sends what the server has to say, but for what faults make of it.
void VirtualBroker::drain(TimePoint now) {
  auto& link = *connection_;
  if (link.over) return;
  for (const auto& frame : frames_of(std::exchange(link.server.output(), {}))) {
    auto out = message_of(frame);
    if (out.payloadtype() == PROTO_OA_ERROR_RES && out.clientmsgid() != another_session) {
      ProtoOAErrorRes error;
      error.ParseFromString(out.payload());
      judge_.refused(now, error.errorcode());
    }
    if (out.has_clientmsgid() && swallowed_ > 0) {
      --swallowed_;
      continue;
    }
    if (out.has_clientmsgid() && denied_ > 0) {
      --denied_;
      ProtoOAErrorRes error;
      error.set_errorcode("TIMEOUT_ERROR");
      out = make_message(PROTO_OA_ERROR_RES, error, out.clientmsgid());
    }
    push(now, out);
  }
  if (!link.server.closing()) return;
  link.over = true;
  if (!link.goodbye && !link.half_open_since) {
    judge_.find(now, "the server hangs up: " + link.server.close_reason());
  }
}

void VirtualBroker::push(TimePoint now, const ProtoMessage& message) {
  connection_->down.send(now, latency(), framed(message));
}

void VirtualBroker::push(TimePoint now, std::uint32_t type,
                         const google::protobuf::MessageLite& payload, const std::string& id) {
  push(now, make_message(type, payload, id));
}

// Faults.

void VirtualBroker::cut(TimePoint now) {
  if (!connection_) return;
  connection_->up.die();
  connection_->down.die();
  connection_->over = true;
  connection_->cut_at = now + latency();
}

void VirtualBroker::half_open(TimePoint now, bool both) {
  if (!connection_ || connection_->cut_at) return;
  if (both) connection_->up.die();
  connection_->down.die();
  connection_->half_open_since = now;
}

void VirtualBroker::stand_still(TimePoint now, Duration up, Duration down) {
  // Not for so long that the server must think the client silent.
  if (!connection_ || now < connection_->moves_until) return;
  connection_->moves_until = now + std::max(up, down) + 20s;
  connection_->up.stand_still(now + up);
  connection_->down.stand_still(now + down);
}

void VirtualBroker::say_goodbye() {
  if (!connection_ || connection_->over) return;
  connection_->goodbye = true;
  connection_->server.say_goodbye("a fault");
}

void VirtualBroker::drop_account(TimePoint now, bool token) {
  if (!connection_ || connection_->over) return;
  if (token) {
    ProtoOAAccountsTokenInvalidatedEvent event;
    event.add_ctidtraderaccountids(account_id);
    event.set_reason("a fault");
    push(now, PROTO_OA_ACCOUNTS_TOKEN_INVALIDATED_EVENT, event);
  }
  ProtoOAAccountLogoutReq logout;
  logout.set_ctidtraderaccountid(account_id);
  connection_->server.receive(
      framed(make_message(PROTO_OA_ACCOUNT_LOGOUT_REQ, logout, another_session)), now);
}

void VirtualBroker::refuse_requests(int count, const ProtoOAErrorRes& error) {
  refused_ = count;
  refusal_ = make_message(PROTO_OA_ERROR_RES, error, "");
}

void VirtualBroker::send_oddities(TimePoint now) {
  if (!connection_ || connection_->over) return;
  push(now, PROTO_OA_EXECUTION_EVENT, ProtoOAExecutionEvent(), another_session);
  push(now, 9999, ProtoOAExecutionEvent());
  std::string garbage;
  append_frame(garbage, "\xff\xff");
  connection_->down.send(now, latency(), garbage);
}

}  // namespace depthwire::tests
