#include "common/ctrader/edge_log.hpp"

#include "common/ctrader/journal_tail.hpp"

#include <spdlog/spdlog.h>

#include <utility>

namespace depthwire::ctrader {
namespace {

constexpr std::chrono::seconds clock_after{1};

std::int64_t utc_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

bus::Connection::State to_bus(SessionState state) {
  switch (state) {
    case SessionState::disconnected: return bus::Connection::disconnected;
    case SessionState::connecting: return bus::Connection::connecting;
    case SessionState::app_auth: return bus::Connection::app_auth;
    case SessionState::account_auth: return bus::Connection::account_auth;
    case SessionState::ready: return bus::Connection::ready;
    case SessionState::error: return bus::Connection::error;
  }
  return bus::Connection::disconnected;
}

/// What operators look for in the log: the words of the broker's own samples.
void log_state(const ConnectionName& name, std::int64_t account, SessionState state,
               const std::string& reason, bool expected) {
  const auto& connection = name.connection;
  switch (state) {
    case SessionState::connecting:
      spdlog::info("{} connection: Connecting to {}", connection, name.endpoint);
      return;
    case SessionState::app_auth:
      spdlog::info("{} connection: Authenticating application", connection);
      return;
    case SessionState::account_auth:
      if (expected) {
        spdlog::info("{} connection: Application authenticated", connection);
      } else {
        spdlog::warn("{} connection: Authenticating the account again: {}", connection, reason);
      }
      return;
    case SessionState::ready:
      spdlog::info("{} connection: Account authenticated ({})", connection, account);
      return;
    case SessionState::disconnected:
      if (expected) {
        spdlog::info("{} connection: {}", connection, reason);
      } else {
        spdlog::warn("{} connection: Disconnected: {}", connection, reason);
      }
      return;
    case SessionState::error: spdlog::error("{} connection: {}", connection, reason); return;
  }
}

ReceiveClock make_clock(bool simulated, std::int64_t last) {
  return simulated ? ReceiveClock::simulated(last)
                   : ReceiveClock::real(last, utc_ns(), std::chrono::steady_clock::now());
}

}  // namespace

EdgeLog::EdgeLog(bus::Publisher& publisher, const std::filesystem::path& journal, bool simulated,
                 ConnectionName name)
    : publisher_{publisher},
      name_{std::move(name)},
      clock_{make_clock(simulated, 0)},
      quiet_since_{std::chrono::steady_clock::now()} {
  const auto tail = read_journal_tail(journal, publisher.recovered().last);
  clock_ = make_clock(simulated, tail.last_receive_ns);
  publisher_.stamp_with([this] {
    clock_.advance(std::chrono::steady_clock::now());
    return clock_.stamp();
  });
  // Between two lives nothing was received, whether or not the earlier one could say so.
  if (tail.has_records) down_since_ns_ = tail.down_since_ns.value_or(tail.last_receive_ns);
}

void EdgeLog::append(std::string_view kind, const std::string& symbol, bus::Envelope& envelope,
                     std::optional<std::int64_t> event_ns, std::uint16_t flags) {
  const auto stamp = clock_.stamp();
  envelope.set_provider("ctrader");
  envelope.set_symbol(symbol);
  envelope.set_receive_time_ns(stamp);
  envelope.set_event_time_ns(event_ns.value_or(stamp));
  envelope.SerializeToString(&bytes_);
  publisher_.append(publisher_.topic(kind, symbol), envelope.payload_case(), bytes_, flags);
  quiet_ = false;
}

void EdgeLog::append_control(bus::Envelope& envelope) {
  envelope.set_receive_time_ns(clock_.stamp());
  envelope.SerializeToString(&bytes_);
  publisher_.append(publisher_.control_topic(), envelope.payload_case(), bytes_);
  quiet_ = false;
}

void EdgeLog::connection(SessionState state, const std::string& reason, bool expected) {
  // Where the application has just been authenticated, the account is next; else it was lost.
  const bool follows = std::exchange(last_state_, state) == SessionState::app_auth;
  log_state(name_, account_, state, reason,
            state == SessionState::account_auth ? follows : expected);
  append_state(name_.connection, account_, state, reason);
}

void EdgeLog::further_account(std::int64_t id, SessionState state, const std::string& reason,
                              bool expected) {
  // Other words than those of the connection, which people and `depthwire doctor` look for.
  const auto level = state == SessionState::error ? spdlog::level::err
                     : expected                   ? spdlog::level::info
                                                  : spdlog::level::warn;
  spdlog::log(level, "{}: further account {}: {}: {}", name_.connection, id, to_string(state),
              reason);
  append_state(name_.connection + "/" + std::to_string(id), id, state, reason);
}

void EdgeLog::append_state(const std::string& name, std::int64_t account, SessionState state,
                           const std::string& reason) {
  bus::Envelope envelope;
  auto* connection = envelope.mutable_connection();
  connection->set_state(to_bus(state));
  connection->set_reason(reason);
  connection->set_connection(name);
  connection->set_endpoint(name_.endpoint);
  connection->set_account_id(account);
  append("connection", "", envelope);
}

void EdgeLog::symbol(const bus::SymbolInfo& info) {
  bus::Envelope envelope;
  *envelope.mutable_symbol_info() = info;
  append("symbol", info.name(), envelope);
}

void EdgeLog::down(std::int64_t since_ns, const std::string& reason) {
  if (down_since_ns_) return;
  down_since_ns_ = since_ns;
  bus::Envelope envelope;
  envelope.mutable_source_down()->set_reason(reason);
  envelope.mutable_source_down()->set_time_ns(since_ns);
  tell(envelope);
}

void EdgeLog::up() {
  if (!down_since_ns_) return;
  bus::Envelope envelope;
  envelope.mutable_source_up()->set_down_since_ns(*down_since_ns_);
  envelope.mutable_source_up()->set_time_ns(clock_.stamp());
  down_since_ns_.reset();
  tell(envelope);
}

/// Flushed at once, for this record may be the very one that finds the disk full.
void EdgeLog::tell(bus::Envelope& envelope) {
  append_control(envelope);
  publisher_.flush();
  if (publisher_.full()) untold_.push_back(envelope);
}

void EdgeLog::restate() {
  for (auto& envelope : std::exchange(untold_, {})) tell(envelope);
}

void EdgeLog::watch_clock(std::chrono::steady_clock::time_point now, std::int64_t wall_ns) {
  const auto step = clock_watch_.look(now, wall_ns);
  if (!step) return;
  spdlog::warn("{}: the wall clock was set by {} ms; receive times go on as they were",
               name_.connection, *step / 1'000'000);
  clock_.advance(now);
  bus::Envelope envelope;
  envelope.mutable_clock_step()->set_step_ns(*step);
  append_control(envelope);
  publisher_.flush();
}

void EdgeLog::tick() { tick(std::chrono::steady_clock::now(), utc_ns()); }

void EdgeLog::tick(std::chrono::steady_clock::time_point now, std::int64_t wall_ns) {
  publisher_.tick();
  if (!clock_.is_simulated()) watch_clock(now, wall_ns);
  if (!quiet_) {
    quiet_ = true;
    quiet_since_ = now;
    return;
  }
  if (clock_.is_simulated() || now - quiet_since_ < clock_after) return;
  clock_.advance(now);
  bus::Envelope envelope;
  envelope.mutable_clock();
  append_control(envelope);
  publisher_.flush();
}

}  // namespace depthwire::ctrader
