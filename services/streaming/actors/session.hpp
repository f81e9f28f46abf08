#pragma once

#include "common/bus/publisher.hpp"
#include "common/ctrader/client.hpp"
#include "common/ctrader/edge_log.hpp"
#include "common/ctrader/symbol_loader.hpp"
#include "services/streaming/actors/symbol_hours.hpp"
#include "services/streaming/core/feed.hpp"
#include "services/streaming/core/subscription_plan.hpp"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace depthwire::streaming {

struct SessionOptions {
  bus::PublisherOptions publisher;  ///< its `commands` are set here
  ctrader::ClientOptions client;
  bool enabled = true;               ///< false: publishes that it is disabled, and no more
  std::vector<std::string> symbols;  ///< names, or `all`
  bool live_bars = true;             ///< one-minute bars of the broker
  /// How long a book may be suspect until its depth is subscribed anew.
  std::chrono::nanoseconds patience = BookWatch::usual_patience;
  QualityLimits quality;
  /// Until the list of symbols is asked for again, should it be refused.
  std::chrono::milliseconds ask_again_after{10'000};
};

/// What the process around the session wants to hear of. Called on the session's thread.
struct SessionHooks {
  std::function<void(ctrader::SessionState, const std::string& reason)> state;
  std::function<void(const std::string& reason)> give_up;
  /// Of a further account on the connection.
  std::function<void(std::int64_t id, ctrader::SessionState, const std::string& reason)> account;
};

/// Streaming as a whole: the connection, the subscriptions on it, and the journal they fill. All of
/// it, from bytes to published records, on the one thread that runs `io`.
class Session final : private ctrader::ClientHandler {
 public:
  /// Opens the journal and binds; throws service::ExitError as bus::Publisher does.
  Session(boost::asio::io_context& io, zmq::context_t& context, SessionOptions options,
          SessionHooks hooks);
  ~Session() override;

  void start();
  /// Says goodbye on the bus and closes the journal.
  void stop(const std::string& reason);
  /// To be called every 100 ms: bus heartbeats, CLOCK, leases that end.
  void tick();

  [[nodiscard]] const FeedCounts& counts() const { return feed_.counts(); }
  [[nodiscard]] std::size_t symbols() const { return feed_.symbols(); }
  [[nodiscard]] const Feed& feed() const { return feed_; }
  [[nodiscard]] ctrader::SessionState state() const { return client_.state(); }
  [[nodiscard]] const bus::Publisher& publisher() const { return publisher_; }
  [[nodiscard]] ctrader::Traffic traffic() const {
    auto traffic = client_.traffic();
    traffic.unknown_fields += feed_.counts().unknown_fields;
    return traffic;
  }
  /// Frames that were no message.
  [[nodiscard]] std::uint64_t undecodable_frames() const { return undecodable_frames_; }

 private:
  [[nodiscard]] std::int64_t account() const { return client_.account_id(); }
  /// Feed's records go to the publisher.
  class Sink final : public RecordSink {
   public:
    Sink(bus::Publisher& publisher, ctrader::EdgeLog& log) : publisher_{publisher}, log_{log} {}
    [[nodiscard]] journal::TopicId topic(std::string_view kind, std::string_view symbol) override {
      return publisher_.topic(kind, symbol);
    }
    void append(journal::TopicId topic, int payload_type, std::string_view envelope,
                std::uint16_t flags) override {
      publisher_.append(topic, payload_type, envelope, flags);
      log_.appended();
    }

   private:
    bus::Publisher& publisher_;
    ctrader::EdgeLog& log_;
  };

  using Symbols = std::vector<SymbolRef>;
  using MakeRequest = ctrader::Request (*)(std::int64_t, std::span<const std::int64_t>);

  void on_state(ctrader::SessionState state, const std::string& reason) override;
  void on_account_state(std::int64_t id, ctrader::SessionState state,
                        const std::string& reason) override;
  void on_give_up(const std::string& reason) override;
  void on_group_begin() override;
  void on_event(const ctrader::Envelope& envelope) override;
  void on_undecodable(ctrader::DecodeError error) override;
  void on_group_end() override;

  [[nodiscard]] bus::PublisherOptions with_commands(bus::PublisherOptions options);
  void command(const std::string& name, const std::string& body, const bus::AnswerCommand& answer);
  [[nodiscard]] bus::CommandAnswer lease(const std::string& body);

  void load_symbols();
  void ask_again();
  void follow_plan();
  void subscribe(Symbols symbols);
  [[nodiscard]] Symbols still_wanted(Symbols symbols) const;
  void subscribe_streams(const Symbols& symbols);
  void subscribe_depth(const Symbols& symbols);
  void subscribe_bars(const Symbols& symbols);
  void unsubscribe(const Symbols& symbols);
  /// Gets a fresh book for symbols whose book is not to be trusted.
  void resubscribe_depth(const Symbols& symbols);
  void request_for(const Symbols& symbols, MakeRequest make, const std::string& what,
                   std::function<void(const Symbols&)> then);
  void publish_symbols(const std::vector<ctrader::ProtoOASymbol>& details);
  void refresh_symbols(const ctrader::Envelope& envelope);
  void tell_refused(const SymbolRef& symbol, const std::string& what,
                    const ctrader::BrokerError& error);
  void step_begun() { ++steps_in_flight_; }
  void step_done();
  void lost(const std::string& reason);
  void publish_account_event(const ctrader::Envelope& envelope);
  void commit();
  void restate();
  void touch() { log_.clock().advance(ctrader::Clock::now()); }

  boost::asio::io_context& io_;
  SessionOptions options_;
  SessionHooks hooks_;
  bus::Publisher publisher_;
  ctrader::EdgeLog log_;
  Sink sink_;
  Feed feed_;
  SymbolHours hours_;
  SubscriptionPlan plan_;
  ctrader::Client client_;
  std::map<std::string, std::string> published_symbols_;            // serialized, by name
  std::set<std::uint32_t> unknown_types_;                           // logged once each
  std::map<std::int64_t, ctrader::SessionState> further_accounts_;  // those that were told of
  std::int64_t last_inbound_ns_ = 0;
  int steps_in_flight_ = 0;
  std::optional<ctrader::TimePoint> ask_again_at_;  // the list of symbols did not come
  bool streaming_ = false;                          // what was subscribed may have sent data
  std::uint64_t undecodable_frames_ = 0;
};

}  // namespace depthwire::streaming
