#pragma once

#include "common/ctrader/connection.hpp"
#include "common/ctrader/decode.hpp"
#include "common/ctrader/request_pipeline.hpp"
#include "common/ctrader/session.hpp"

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace depthwire::ctrader {

struct ClientOptions {
  std::string name;  ///< begins the ids of requests
  ConnectionOptions connection;
  Account account;  ///< without an access token: told by the process tokens
  /// Accounts of the same grant and kind to authenticate on the same connection.
  std::vector<std::int64_t> further_accounts;
  std::filesystem::path token_socket;
  SessionTimes times;
  Duration answer_timeout = std::chrono::seconds{30};
  std::function<double()> random;         ///< in [0, 1); empty: seeded by the system
  std::function<std::int64_t()> unix_ms;  ///< UTC; empty: the system's
};

/// What went over a client's connections so far: whole frames with their lengths, without TLS,
/// whatever the transport makes of them.
struct Traffic {
  std::uint64_t bytes_in = 0;
  std::uint64_t bytes_out = 0;
  std::uint64_t messages_in = 0;
  std::uint64_t messages_out = 0;
  std::uint64_t unknown_in = 0;  ///< of the messages in: of types that the protocol does not name
  /// In messages other than spots and depth, which are decoded elsewhere: passed over. In JSON
  /// nobody counts them.
  std::uint64_t unknown_fields = 0;
  std::uint64_t unknown_enum_values = 0;  ///< in the same: count as absent
  std::uint64_t throttled_out = 0;        ///< requests that waited for the rate limits
};

/// Hears from a Client, on the thread of its io_context.
class ClientHandler {
 public:
  virtual ~ClientHandler() = default;
  virtual void on_state(SessionState state, const std::string& reason) = 0;
  /// The same of one of the further accounts.
  virtual void on_account_state(std::int64_t /*account*/, SessionState /*state*/,
                                const std::string& /*reason*/) {}
  /// The set-up needs a person: the process should end with exit code 78.
  virtual void on_give_up(const std::string& reason) = 0;
  /// Frames that were ready together follow, then on_group_end().
  virtual void on_group_begin() {}
  /// An event that is not the session's own. Views hold during the call.
  virtual void on_event(const Envelope& envelope) = 0;
  /// A frame that is no message.
  virtual void on_undecodable(DecodeError error) = 0;
  virtual void on_group_end() {}
};

/// One authenticated connection to the broker: keeps it up, sends requests within the rate limits,
/// matches answers. What the broker throttles or cannot do at the moment is sent again a few times,
/// a subscription for ever; what was in flight when the connection went is answered with the code
/// CONNECTION_LOST, what nobody answers with NO_ANSWER. Used on the thread of its io_context.
class Client {
 public:
  Client(boost::asio::io_context& io, ClientOptions options, ClientHandler& handler);
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  void start();
  /// Ends the connection. The handler hears nothing more.
  void stop();

  [[nodiscard]] SessionState state() const;
  [[nodiscard]] const Traffic& traffic() const;
  /// Which account is or will be authenticated; 0 while none is known.
  [[nodiscard]] std::int64_t account_id() const;
  /// Queues a request, in `ready` only; `handler` is called once, never from within send(), and not
  /// after stop().
  void send(Request request, AnswerHandler handler);

 private:
  class Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace depthwire::ctrader
