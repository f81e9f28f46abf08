// A market for tests of the page: publishes what streaming, aggregator and analyzer would, from a
// seed. Prints its addresses as one line of JSON, then runs until its standard input ends.
// With the word `disabled` streaming is switched off and says no more than that.
//   depthwire-test-feed JOURNAL_DIRECTORY [SEED [EVENTS_PER_SECOND [disabled]]]

#include "common/bus/publisher.hpp"
#include "proto/bus/envelope.pb.h"

#include <poll.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <filesystem>
#include <iostream>
#include <memory>
#include <random>
#include <string>
#include <vector>

namespace depthwire {
namespace {

using std::chrono::milliseconds;

struct Symbol {
  std::string name;
  std::string description;
  std::int64_t id;
  std::uint32_t digits;
  std::int64_t mid_points;
  std::int64_t tick_points;  ///< least step of a price
};

std::vector<Symbol> symbols() {
  return {{"EURUSD", "Euro vs US Dollar", 1, 5, 108'345, 1},
          {"GBPUSD", "Great Britain Pound vs US Dollar", 2, 5, 126'871, 1},
          {"USDJPY", "US Dollar vs Japanese Yen", 3, 3, 15'481'200, 100},
          {"AUDUSD", "Australian Dollar vs US Dollar", 4, 5, 65'112, 1},
          {"USDCHF", "US Dollar vs Swiss Franc", 5, 5, 88'123, 1},
          {"XAUUSD", "Gold vs US Dollar", 6, 2, 265'012'000, 1'000}};
}

class Feed {
 public:
  Feed(zmq::context_t& context, const std::filesystem::path& journals, std::uint64_t seed)
      : random_(seed),
        symbols_(symbols()),
        streaming_(make(context, journals, "streaming")),
        aggregator_(make(context, journals, "aggregator")),
        analyzer_(make(context, journals, "analyzer")) {}

  std::string addresses() const {
    std::string out;
    for (const auto* publisher : {&streaming_, &aggregator_, &analyzer_}) {
      const auto& source = (*publisher)->source();
      out += (out.empty() ? "{\"" : ",\"") + source.substr(4) + R"(":{"publish":")" +
             (*publisher)->publish_address() + R"(","requests":")" +
             (*publisher)->requests_address() + "\"}";
    }
    return out + "}";
  }

  void begin(bool disabled) {
    auto envelope = stamped("");
    auto& connection = *envelope.mutable_connection();
    connection.set_connection("streaming");
    connection.set_state(disabled ? bus::Connection::disconnected : bus::Connection::ready);
    connection.set_reason(disabled ? "disabled: ctrader.enabled is false"
                                   : "account authenticated");
    connection.set_endpoint("127.0.0.1:5035");
    connection.set_account_id(1234567);
    publish(*streaming_, "connection", envelope);
    if (!disabled) describe_symbols();
    flush();
  }

  /// One event: a symbol moves; every now and then a signal.
  void step() {
    step(symbols_[below(symbols_.size())]);
    if (below(40) == 0) signal(symbols_[below(symbols_.size())]);
    flush();
  }

  void tick() {
    for (auto* publisher : {&streaming_, &aggregator_, &analyzer_}) (*publisher)->tick();
  }

 private:
  static std::unique_ptr<bus::Publisher> make(zmq::context_t& context,
                                              const std::filesystem::path& journals,
                                              const std::string& name) {
    bus::PublisherOptions options;
    options.environment = "sim";
    options.source = "sim." + name;
    options.journal = journals / name;
    options.publish = "tcp://127.0.0.1:*";
    options.requests = "tcp://127.0.0.1:*";
    return std::make_unique<bus::Publisher>(context, std::move(options));
  }

  std::uint64_t below(std::uint64_t bound) { return random_() % bound; }

  static bus::Envelope stamped(const std::string& symbol) {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    bus::Envelope envelope;
    envelope.set_provider("ctrader");
    envelope.set_symbol(symbol);
    envelope.set_receive_time_ns(std::chrono::nanoseconds(now).count());
    envelope.set_event_time_ns(envelope.receive_time_ns());
    return envelope;
  }

  void describe_symbols() {
    for (const auto& symbol : symbols_) {
      auto described = stamped(symbol.name);
      auto& info = *described.mutable_symbol_info();
      info.set_symbol_id(symbol.id);
      info.set_name(symbol.name);
      info.set_description(symbol.description);
      info.set_digits(symbol.digits);
      info.set_pip_position(static_cast<std::int32_t>(symbol.digits) - 1);
      info.set_enabled(true);
      publish(*streaming_, "symbol", described);
      step(symbols_[static_cast<std::size_t>(symbol.id - 1)]);
    }
  }

  static void publish(bus::Publisher& publisher, const std::string& kind,
                      const bus::Envelope& envelope) {
    publisher.append(publisher.topic(kind, envelope.symbol()),
                     static_cast<int>(envelope.payload_case()), envelope.SerializeAsString());
  }

  void flush() {
    for (auto* publisher : {&streaming_, &aggregator_, &analyzer_}) (*publisher)->flush();
  }

  void step(Symbol& symbol) {
    const auto tick = symbol.tick_points;
    symbol.mid_points += (static_cast<std::int64_t>(below(5)) - 2) * tick;
    const auto half = static_cast<std::int64_t>(below(3) + 1) * tick;
    const auto bid = symbol.mid_points - half;
    const auto ask = symbol.mid_points + half;

    auto spot = stamped(symbol.name);
    spot.mutable_spot()->set_bid_points(bid);
    spot.mutable_spot()->set_ask_points(ask);
    spot.mutable_spot()->set_session_close_points(symbol.mid_points / 1000 * 1000);
    publish(*streaming_, "spot", spot);

    auto view = stamped(symbol.name);
    auto& cause = *view.mutable_cause();
    cause.set_source(streaming_->source());
    cause.set_epoch(streaming_->head().epoch);
    cause.set_offset(streaming_->head().offset);
    fill(*view.mutable_book(), bid, ask, tick);
    publish(*aggregator_, "book", view);
  }

  void fill(bus::Book& book, std::int64_t bid, std::int64_t ask, std::int64_t tick) {
    std::uint64_t bids = 0;
    std::uint64_t asks = 0;
    for (std::int64_t i = 0; i < 10; ++i) {
      const auto bid_size = (below(40) + 1 + static_cast<std::uint64_t>(i) * 8) * 10'000'000;
      const auto ask_size = (below(40) + 1 + static_cast<std::uint64_t>(i) * 8) * 10'000'000;
      book.add_bid_prices_points(bid - i * 2 * tick);
      book.add_bid_sizes_cents(bid_size);
      book.add_ask_prices_points(ask + i * 2 * tick);
      book.add_ask_sizes_cents(ask_size);
      bids += bid_size;
      asks += ask_size;
    }
    book.set_mid_half_points(bid + ask);
    book.set_spread_points(ask - bid);
    book.set_bid_depth_cents(bids);
    book.set_ask_depth_cents(asks);
    book.set_imbalance((static_cast<double>(bids) - static_cast<double>(asks)) /
                       static_cast<double>(bids + asks));
  }

  void signal(const Symbol& symbol) {
    static constexpr std::array names = {"LIQUIDITY_IMBALANCE", "ABSORPTION", "EXHAUSTION",
                                         "LARGE_PLAYER", "SPREAD_ANOMALY"};
    const auto kind = below(names.size());
    const bool spread = kind == 4;
    auto envelope = stamped(symbol.name);
    auto& signal = *envelope.mutable_signal();
    signal.set_signal(names.at(kind));
    signal.set_t_ns(envelope.receive_time_ns());
    signal.set_direction(spread ? 0 : (below(2) == 0 ? -1 : 1));
    if (spread) signal.set_state("wide");
    signal.set_strength(static_cast<double>(below(60) + 40) / 100);
    signal.set_confidence(static_cast<double>(below(50) + 40) / 100);
    signal.set_basis(kind == 1 || kind == 2 ? bus::inferred : bus::measured);
    signal.set_n(60);
    signal.mutable_inputs()->set_source(streaming_->source());
    signal.mutable_inputs()->set_epoch(streaming_->head().epoch);
    signal.mutable_inputs()->set_from_offset(streaming_->head().offset);
    signal.mutable_inputs()->set_to_offset(streaming_->head().offset);
    publish(*analyzer_, "signal", envelope);
  }

  std::mt19937_64 random_;
  std::vector<Symbol> symbols_;
  std::unique_ptr<bus::Publisher> streaming_;
  std::unique_ptr<bus::Publisher> aggregator_;
  std::unique_ptr<bus::Publisher> analyzer_;
};

int run(int argc, char** argv) {
  if (argc < 2) {
    std::cerr
        << "usage: depthwire-test-feed JOURNAL_DIRECTORY [SEED [EVENTS_PER_SECOND [disabled]]]\n";
    return 64;
  }
  zmq::context_t context;
  Feed feed(context, argv[1], argc > 2 ? std::stoull(argv[2]) : 1);
  const auto pause = milliseconds(1000) / (argc > 3 ? std::stol(argv[3]) : 50);
  const bool disabled = argc > 4 && std::string(argv[4]) == "disabled";
  feed.begin(disabled);
  std::cout << feed.addresses() << std::endl;
  pollfd input{0, POLLIN, 0};
  while (poll(&input, 1, static_cast<int>(pause.count())) == 0) {
    if (!disabled) feed.step();
    feed.tick();
  }
  return 0;
}

}  // namespace
}  // namespace depthwire

int main(int argc, char** argv) { return depthwire::run(argc, argv); }
