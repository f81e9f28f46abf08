#pragma once

#include "proto/ctrader/common.pb.h"
#include "proto/ctrader/model.pb.h"
#include "simulator/faults/request_faults.hpp"
#include "simulator/market/bars.hpp"
#include "simulator/market/board.hpp"
#include "simulator/server/broker_account.hpp"
#include "simulator/server/event_encoder.hpp"
#include "simulator/server/rate_limit.hpp"
#include "simulator/server/tally.hpp"
#include "simulator/server/tokens.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace depthwire::simulator {

/// Who may come in. The defaults are those of the embedded default configuration.
struct Credentials {
  std::string client_id = "simulator";
  std::string client_secret = "simulator-secret";
  std::string access_token = "simulator-token";
  std::string refresh_token = "simulator-refresh-token";
  std::vector<std::int64_t> account_ids{1'000'001};  ///< at least one; all by the same token
  bool may_trade = false;  ///< the scope of the access token: trading, not only accounts
};

struct SessionSettings {
  Credentials credentials;
  RateLimits limits;
  bool depth_requires_spots = false;  ///< the error table says so, servers were seen not to
  bool extra_fields = true;           ///< fields that are not in the public protos, as servers send
  std::size_t frame_bytes_max = 1U << 20U;
  std::chrono::seconds client_silence{30};  ///< then the connection is cut
  std::chrono::seconds own_silence{25};     ///< then a heartbeat is sent
};

/// What all sessions of a server share; it outlives them.
struct Shared {
  const Board& board;
  Tally& tally;
  RequestFaults& faults;
  std::size_t& bars_to_spoil;
  Tokens& tokens;
  Accounts& accounts;
  /// Tells all sessions (on_account) of `notices`. The message id is that of the request that they
  /// come of.
  std::function<void(std::int64_t account_id, const trading::Notices& notices,
                     const std::optional<std::string>& message_id)>
      publish;
};

/// One client's connection as the cTrader Open API serves it: frames in, frames out, no socket and
/// no clock. Source: PROTOCOL.md 1.1, 2-10.
class Session {
 public:
  Session(const SessionSettings& settings, const Shared& shared, TimePoint now);

  /// Calls `on_message` with every message that comes, heartbeats too, before it is answered.
  void observe(std::function<void(const ctrader::ProtoMessage&)> on_message) {
    on_message_ = std::move(on_message);
  }

  /// Takes bytes as they came from the wire, whole frames or parts.
  void receive(std::string_view bytes, TimePoint now);
  /// A text came that is no message in JSON, for the reason `why`: answers so, and closes.
  void refuse_text(std::string_view why);
  /// What the market did; the board knows it already.
  void on_event(const Event& event);
  /// What happened to an account, by whomever. The events that come of a request carry its id on
  /// every connection, so that clients see ids that are not theirs. Source: PROTOCOL.md 2.
  void on_account(std::int64_t account_id, const trading::Notices& notices,
                  const std::optional<std::string>& message_id);
  /// Cuts the silent and the unauthenticated, sends heartbeats. To be called at least every second.
  void on_tick(TimePoint now);
  /// Tells the client that the server goes away, and closes.
  void say_goodbye(std::string_view reason);

  /// Ends the sessions of all accounts here, or that of one: the client is told, the connection and
  /// the other accounts stay.
  void disconnect_accounts(std::optional<std::int64_t> account_id = std::nullopt);
  /// The same after telling that the access token is no longer good for them.
  void invalidate_token(std::string_view reason,
                        std::optional<std::int64_t> account_id = std::nullopt);

  /// Frames that wait to be sent; the caller takes them out.
  [[nodiscard]] std::string& output() { return output_; }
  /// True once nothing more will come: send what is left, then close.
  [[nodiscard]] bool closing() const { return closing_; }
  /// Why it is closing, for the log; empty before.
  [[nodiscard]] const std::string& close_reason() const { return close_reason_; }

  /// Symbols of which this client gets spots or depth.
  [[nodiscard]] std::size_t subscribed_symbols() const;
  /// True if it gets all that the market has: every book, and the spots where there is no book.
  [[nodiscard]] bool subscribed_to_everything() const;
  /// When it last asked for something; heartbeats do not count.
  [[nodiscard]] TimePoint last_request() const { return last_request_; }

 private:
  struct Subscription {
    bool spots = false;
    bool timestamps = false;
    bool depth = false;
    std::vector<BarBuilder> bars;
  };
  // An account that is authorised here, and what the client gets by it.
  struct Authorised {
    BrokerAccount* account;
    std::string token;  // with which it came in
    EventEncoder encoder;
    std::vector<Subscription> subscriptions;  // by symbol
  };
  using Request = ctrader::ProtoMessage;

  void take_frame(std::string_view frame, TimePoint now);
  void serve(const Request& request, TimePoint now);
  void answer_instead(const RequestFaults::Instead& instead);
  void dispatch(const Request& request);

  void application_auth(const Request& request);
  void account_list(const Request& request);
  void account_auth(const Request& request);
  void account_logout(const Request& request);
  void version(const Request& request);
  void profile(const Request& request);
  void refresh_token(const Request& request);
  void look_at_tokens(TimePoint now);
  [[nodiscard]] Authorised* authorised(std::int64_t account_id);
  [[nodiscard]] std::vector<std::int64_t> authorised_ids(std::optional<std::int64_t> only) const;
  void end_sessions(const std::vector<std::int64_t>& account_ids);
  void end_token(const std::vector<std::int64_t>& account_ids, std::string_view reason);

  void assets(const Request& request);
  void asset_classes(const Request& request);
  void categories(const Request& request);
  void symbols_list(const Request& request);
  void symbols_by_id(const Request& request);
  void symbols_for_conversion(const Request& request);
  void dynamic_leverage(const Request& request);
  void trader(const Request& request);
  [[nodiscard]] ctrader::ProtoOATrader trader_now(const BrokerAccount& account) const;
  void reconcile(const Request& request);
  void expected_margin(const Request& request);
  void unrealized_pnl(const Request& request);
  void margin_calls(const Request& request);
  void update_margin_call(const Request& request);

  template <class Message>
  void trade(const Request& request, trading::Answer (trading::Account::*act)(const Message&));
  void refuse_order(const trading::Refusal& refusal);

  void subscribe_spots(const Request& request);
  void unsubscribe_spots(const Request& request);
  void subscribe_depth(const Request& request);
  void unsubscribe_depth(const Request& request);
  void subscribe_bars(const Request& request);
  void unsubscribe_bars(const Request& request);
  void technical_spot(std::size_t symbol);
  void send_event(Authorised& to, const Event& event);
  void follow(BarBuilder& builder, const Event& event);

  void trendbars(const Request& request);
  void tick_data(const Request& request);
  void deals(const Request& request);
  void deals_of_position(const Request& request);
  void deal_offsets(const Request& request);
  void orders(const Request& request);
  void orders_of_position(const Request& request);
  void order_details(const Request& request);
  void cash_flow(const Request& request);

  // Read a request, the second one that of an account which is then asked_; or answer why not.
  template <class Message>
  std::optional<Message> parse(const Request& request);
  template <class Message>
  std::optional<Message> parse_for_account(const Request& request);
  // The indices of `ids`, all known and none twice, or an answer that says why not.
  template <class Ids>
  std::optional<std::vector<std::size_t>> known_symbols(const Ids& ids);
  std::optional<std::size_t> known_symbol(std::int64_t id);
  bool known_period(int period);

  void send(std::uint32_t payload_type, const google::protobuf::MessageLite& message);
  void reply(std::uint32_t payload_type, const google::protobuf::MessageLite& message);
  void refuse(std::string_view code, std::string_view why,
              std::optional<std::uint64_t> retry_after = std::nullopt,
              std::optional<std::int64_t> maintenance_end = std::nullopt);
  void refuse_and_close(std::string_view code, std::string_view why);
  void write(const ctrader::ProtoMessage& message);
  void close(std::string_view reason);

  SessionSettings settings_;
  const Board& board_;
  Tally& tally_;
  RequestFaults& faults_;
  std::size_t& bars_to_spoil_;
  Tokens& tokens_;
  Accounts& accounts_;
  std::function<void(std::int64_t, const trading::Notices&, const std::optional<std::string>&)>
      publish_;
  RateLimit limit_;
  std::function<void(const ctrader::ProtoMessage&)> on_message_;

  std::string input_;
  std::string output_;
  bool closing_ = false;
  std::string close_reason_;
  std::optional<std::string> message_id_;  // of the request that is being answered

  bool application_ok_ = false;
  std::vector<Authorised> authorised_;  // in the order in which they came in
  Authorised* asked_ = nullptr;         // the account of the request that is being answered
  std::vector<LiveBar> live_bars_;      // reused

  TimePoint opened_;
  TimePoint heard_;
  TimePoint last_request_;
  TimePoint said_;
  bool said_since_tick_ = false;
};

}  // namespace depthwire::simulator
