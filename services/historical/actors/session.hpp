#pragma once

#include "common/bus/publisher.hpp"
#include "common/ctrader/client.hpp"
#include "common/ctrader/edge_log.hpp"
#include "common/ctrader/symbol_loader.hpp"
#include "services/historical/actors/job_runner.hpp"

#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace depthwire::historical {

struct SessionOptions {
  bus::PublisherOptions publisher;  ///< its `commands` are set here
  ctrader::ClientOptions client;
  HealingOptions healing;
  bool enabled = true;
  /// Until the list of symbols is asked for again, should it be refused.
  std::chrono::milliseconds ask_again_after{10'000};
};

/// What the process around the session wants to hear of. Called on the session's thread.
struct SessionHooks {
  std::function<void(ctrader::SessionState, const std::string& reason)> state;
  std::function<void(const std::string& reason)> give_up;
};

/// History as a whole: a connection of its own, the symbols of the account, and the jobs that fetch
/// bars and ticks of them. On the one thread that runs `io`.
class Session final : private ctrader::ClientHandler {
 public:
  /// Opens the journal and binds; throws service::ExitError as bus::Publisher does.
  Session(boost::asio::io_context& io, zmq::context_t& context, SessionOptions options,
          SessionHooks hooks);
  ~Session() override;

  void start();
  /// Says goodbye on the bus and closes the journal.
  void stop(const std::string& reason);
  /// To be called every 100 ms.
  void tick();

  [[nodiscard]] const HistoryCounts& counts() const { return jobs_.counts(); }
  [[nodiscard]] const HealingCounts& healed() const { return healing_.counts(); }
  [[nodiscard]] const CheckingCounts& checked() const { return healing_.checks(); }
  /// Live bars that wait to be checked.
  [[nodiscard]] std::size_t unchecked_bars() const { return healing_.unchecked_bars(); }
  /// Symbols whose last outage is not healed yet.
  [[nodiscard]] std::size_t gaps() const { return healing_.healer().gaps(); }
  [[nodiscard]] std::size_t open_jobs() const { return jobs_.open_jobs(); }
  /// Symbols published so far.
  [[nodiscard]] std::uint64_t symbols() const { return symbols_; }
  [[nodiscard]] const bus::Publisher& publisher() const { return publisher_; }
  [[nodiscard]] const ctrader::Traffic& traffic() const { return client_.traffic(); }

 private:
  [[nodiscard]] std::int64_t account() const { return client_.account_id(); }
  void on_state(ctrader::SessionState state, const std::string& reason) override;
  void on_give_up(const std::string& reason) override { hooks_.give_up(reason); }
  void on_event(const ctrader::Envelope& /*envelope*/) override {}  // streaming tells of them
  void on_undecodable(ctrader::DecodeError error) override;

  [[nodiscard]] bus::PublisherOptions with_commands(bus::PublisherOptions options);
  void command(const std::string& name, const std::string& body, const bus::AnswerCommand& answer);
  void restate();

  void load_symbols();
  void no_symbols(const ctrader::BrokerError& error);
  void ask_again();
  void publish_symbols(const std::vector<ctrader::ProtoOASymbol>& details);
  void commit();
  void touch() { log_.clock().advance(ctrader::Clock::now()); }

  boost::asio::io_context& io_;
  SessionOptions options_;
  SessionHooks hooks_;
  bus::Publisher publisher_;
  ctrader::EdgeLog log_;
  ctrader::Client client_;
  ctrader::Catalogue catalogue_;
  std::map<std::string, std::string> published_symbols_;  // serialized, by name
  std::optional<ctrader::TimePoint> ask_again_at_;        // the list of symbols did not come
  std::uint64_t symbols_ = 0;
  HistoryJournal history_;
  Healing healing_;
  JobRunner jobs_;
};

}  // namespace depthwire::historical
