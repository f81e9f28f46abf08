#pragma once

#include "proto/ctrader/messages.pb.h"
#include "simulator/server/session.hpp"
#include "tests/ctrader/judge.hpp"
#include "tests/ctrader/line.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <variant>
#include <vector>

namespace depthwire::tests {

// What happens to a client's connection.
struct Opened {};
struct Ended {
  std::string reason;
};
struct Bytes {
  std::string bytes;
};
using Happening = std::variant<Opened, Ended, Bytes>;

/// The session core of the simulator at the end of a network that fails on command, with a clock
/// that the test moves. One connection at a time. All that passes is shown to the judge.
class VirtualBroker {
 public:
  static constexpr std::int64_t account_id = 1'000'001;

  VirtualBroker(Judge& judge, std::mt19937_64& random);
  ~VirtualBroker();
  VirtualBroker(const VirtualBroker&) = delete;
  VirtualBroker& operator=(const VirtualBroker&) = delete;

  // The client's end.
  void connect(TimePoint now);
  void close(TimePoint now);
  void send(TimePoint now, const std::string& frames);

  /// When step() has something to do.
  [[nodiscard]] TimePoint next() const;
  [[nodiscard]] std::vector<Happening> step(TimePoint now);
  [[nodiscard]] static std::int64_t unix_ms(TimePoint now);

  // Faults. Those that need a connection do nothing without one.
  void cut(TimePoint now);
  void refuse_connections(TimePoint until) { refuses_until_ = until; }
  /// Nothing passes any more, in both directions or only to the client, and nobody is told.
  void half_open(TimePoint now, bool both);
  /// Nothing passes for so long in each direction, then all of it at once.
  void stand_still(TimePoint now, Duration up, Duration down);
  void say_goodbye();
  /// Ends the account's session, as a restart of a backend does; with `token` as a change of token.
  void drop_account(TimePoint now, bool token);
  /// Answers the next `count` requests with `error` in place of serving them.
  void refuse_requests(int count, const ctrader::ProtoOAErrorRes& error);
  /// Serves the next `count` requests and says that it could not, or says nothing.
  void deny_answers(int count) { denied_ = count; }
  void swallow_answers(int count) { swallowed_ = count; }
  /// Messages that no request asked for: of another session, of a later protocol, of nobody's.
  void send_oddities(TimePoint now);
  /// Takes another secret for the right one.
  void change_secret(TimePoint until) { other_secret_until_ = until; }

 private:
  struct Connection;

  [[nodiscard]] Duration latency();
  void open(TimePoint now);
  void take_up(TimePoint now);
  void drain(TimePoint now);
  void push(TimePoint now, const ctrader::ProtoMessage& message);
  void push(TimePoint now, std::uint32_t type, const google::protobuf::MessageLite& message,
            const std::string& id = "");

  Judge& judge_;
  std::mt19937_64& random_;
  simulator::Board board_;
  simulator::Tally tally_;
  simulator::RequestFaults faults_;  // none: those here are of the network's and our own
  std::size_t bars_to_spoil_ = 0;
  simulator::Tokens tokens_{
      {simulator::Credentials().access_token, simulator::Credentials().refresh_token}};
  simulator::Accounts accounts_ = simulator::make_accounts({account_id}, board_);  // idle
  std::unique_ptr<Connection> connection_;
  TimePoint connected_at_ = TimePoint::max();  // when the attempt that is under way will be decided
  TimePoint refuses_until_;
  TimePoint other_secret_until_;
  int refused_ = 0;
  ctrader::ProtoMessage refusal_;
  int denied_ = 0;
  int swallowed_ = 0;
};

}  // namespace depthwire::tests
