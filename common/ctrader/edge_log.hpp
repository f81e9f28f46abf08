#pragma once

#include "common/bus/publisher.hpp"
#include "common/ctrader/receive_clock.hpp"
#include "common/ctrader/session.hpp"
#include "common/service/clock_watch.hpp"
#include "proto/bus/envelope.pb.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace depthwire::ctrader {

/// Which connection a process's records speak of.
struct ConnectionName {
  std::string connection;  ///< streaming, historical
  std::string endpoint;    ///< host:port
};

/// The log of a process that talks to the broker: stamps, encodes and publishes what every such
/// process has to tell of itself. Used by the thread that owns the publisher.
class EdgeLog {
 public:
  /// Continues what `publisher` recovered. With `simulated`, time is the simulator's.
  EdgeLog(bus::Publisher& publisher, const std::filesystem::path& journal, bool simulated,
          ConnectionName name);

  /// The account that what is told from now on is about.
  void account(std::int64_t id) { account_ = id; }

  [[nodiscard]] ReceiveClock& clock() { return clock_; }
  [[nodiscard]] bus::Publisher& publisher() { return publisher_; }

  /// Appends `envelope` with provider, symbol and times filled in. An event time of nothing is the
  /// receive time.
  void append(std::string_view kind, const std::string& symbol, bus::Envelope& envelope,
              std::optional<std::int64_t> event_ns = std::nullopt,
              std::uint16_t flags = journal::no_flags);

  /// Publishes and logs the state of the connection; an end that is not `expected` is a warning.
  void connection(SessionState state, const std::string& reason, bool expected);
  /// The same of a further account on the connection. Its records are under a name of its own, as
  /// `streaming/1000002`, since readers keep the newest state by name: the connection's state is
  /// what they find under `streaming`, whatever becomes of other accounts on it.
  void further_account(std::int64_t id, SessionState state, const std::string& reason,
                       bool expected);
  void symbol(const bus::SymbolInfo& info);

  /// Tells that nothing came after `since_ns`. A second call before up() is passed over.
  void down(std::int64_t since_ns, const std::string& reason);
  /// Ends the outage that is open, be it of an earlier life.
  void up();
  /// Tells again of each begin and end of an outage that a full disk has cost.
  void restate();
  [[nodiscard]] bool is_down() const { return down_since_ns_.has_value(); }

  /// Writes CLOCK when nothing was appended for a second and CLOCK_STEP when the wall clock was
  /// set, in real time. Sends bus heartbeats. To be called every 100 ms.
  void tick();
  /// The same at a given time: of the steady clock, and UTC in nanoseconds.
  void tick(std::chrono::steady_clock::time_point now, std::int64_t wall_ns);

  /// Notes that somebody else appended to the publisher.
  void appended() { quiet_ = false; }

 private:
  void append_state(const std::string& name, std::int64_t account, SessionState state,
                    const std::string& reason);
  void append_control(bus::Envelope& envelope);
  void tell(bus::Envelope& envelope);
  void watch_clock(std::chrono::steady_clock::time_point now, std::int64_t wall_ns);

  bus::Publisher& publisher_;
  ConnectionName name_;
  std::int64_t account_ = 0;
  SessionState last_state_ = SessionState::disconnected;
  ReceiveClock clock_;
  service::ClockWatch clock_watch_;
  std::optional<std::int64_t> down_since_ns_;
  std::vector<bus::Envelope> untold_;  // begins and ends of outages that were dropped
  bool quiet_ = true;                  // nothing was appended since quiet_since_
  std::chrono::steady_clock::time_point quiet_since_;
  std::string bytes_;
};

}  // namespace depthwire::ctrader
