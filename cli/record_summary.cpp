#include "cli/record_summary.hpp"

#include "common/bus/topic.hpp"
#include "proto/bus/envelope.pb.h"

#include <google/protobuf/util/json_util.h>

#include <algorithm>
#include <cstdarg>
#include <cstdio>
#include <ctime>

namespace depthwire::cli {
namespace {

__attribute__((format(printf, 1, 2))) std::string format(const char* pattern, ...) {
  std::array<char, 256> text{};
  va_list values;
  va_start(values, pattern);
  std::vsnprintf(text.data(), text.size(), pattern, values);
  va_end(values);
  return text.data();
}

/// With as many decimals as brokers write: 1.08453, 151.234.
std::string price(std::int64_t points) {
  const int decimals = points >= 1'000'000 && points % 100 == 0 ? 3 : 5;
  return format("%.*f", decimals, static_cast<double>(points) / 1e5);
}

std::string size(std::uint64_t cents) { return format("%.10g", static_cast<double>(cents) / 100); }

std::string direction(int sign) { return sign > 0 ? "up" : sign < 0 ? "down" : "flat"; }

std::string describe(const bus::Spot& spot) {
  return (spot.has_bid_points() ? price(spot.bid_points()) : "-") + " / " +
         (spot.has_ask_points() ? price(spot.ask_points()) : "-");
}

std::string describe(const bus::Depth& depth) {
  return bus::Depth::Kind_Name(depth.kind()) +
         format(" +%d -%d quotes", depth.added_size(), depth.removed_size());
}

std::string describe(const bus::Book& book) {
  const auto touch = [](const auto& prices, const auto& sizes) {
    return prices.empty() || sizes.empty() ? std::string("-")
                                           : price(prices[0]) + " x " + size(sizes[0]);
  };
  return touch(book.bid_prices_points(), book.bid_sizes_cents()) + " | " +
         touch(book.ask_prices_points(), book.ask_sizes_cents()) +
         (book.has_spread_points() ? " spread " + price(book.spread_points()) : "");
}

std::string describe(const bus::Bar& bar) {
  const auto& prices = bar.has_bid() ? bar.bid() : bar.ask();
  return bus::Period_Name(bar.period()) + " " + price(prices.open()) + " " + price(prices.high()) +
         " " + price(prices.low()) + " " + price(prices.close()) + (bar.closed() ? "" : " forming");
}

std::string describe(const bus::Signal& signal) {
  return signal.signal() + " " + direction(signal.direction()) +
         format(" strength %.2f", signal.strength()) +
         (signal.has_value() ? format(" value %.6g", signal.value()) : "") +
         (signal.state().empty() ? "" : " " + signal.state());
}

/// The name only of a further account, which must not pass for the connection that it shares.
std::string describe(const bus::Connection& connection) {
  const bool further = connection.connection().find('/') != std::string::npos;
  return bus::Connection::State_Name(connection.state()) + " " +
         (further ? connection.connection() + ": " : "") + connection.reason();
}

std::string describe(const bus::Envelope& envelope) {
  using Case = bus::Envelope::PayloadCase;
  switch (envelope.payload_case()) {
    case Case::kSpot: return describe(envelope.spot());
    case Case::kDepth: return describe(envelope.depth());
    case Case::kBook: return describe(envelope.book());
    case Case::kBar: return describe(envelope.bar());
    case Case::kSignal: return describe(envelope.signal());
    case Case::kTick:
      return bus::Side_Name(envelope.tick().side()) + " " + price(envelope.tick().price_points());
    case Case::kConnection: return describe(envelope.connection());
    case Case::kSymbolInfo:
      return format("%u digits, ", envelope.symbol_info().digits()) +
             envelope.symbol_info().description();
    case Case::kFlow:
      return envelope.flow().flavour() +
             format(" buy %.6g sell %.6g", envelope.flow().buy(), envelope.flow().sell());
    case Case::kSentiment:
      return envelope.sentiment().label() +
             format(" confidence %.2f", envelope.sentiment().confidence());
    case Case::kRegime:
      return format("%lld min: ",
                    static_cast<long long>(envelope.regime().timeframe_ns() / 60'000'000'000)) +
             envelope.regime().label();
    case Case::kCorrelation:
      return format("%d symbols, %d pairs", envelope.correlation().symbols_size(),
                    envelope.correlation().pairs_size());
    case Case::kDataQuality:
      return envelope.data_quality().check() + " " + envelope.data_quality().detail();
    case Case::kJob:
      return envelope.job().id() + " " + bus::Job::State_Name(envelope.job().state()) +
             format(" %llu records", static_cast<unsigned long long>(envelope.job().records()));
    case Case::kEpochStart: return "epoch starts: " + envelope.epoch_start().reason();
    case Case::kAlert: return envelope.alert().rule() + " " + envelope.alert().text();
    default: break;
  }
  std::string json;  // what is rare is shown whole; the line is cut
  return google::protobuf::util::MessageToJsonString(envelope, &json).ok() ? json : "unreadable";
}

/// 13:30:00.250 of the publish time.
std::string publish_time_of_day(std::int64_t ns) {
  const std::time_t seconds = ns / 1'000'000'000;
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  return format("%02d:%02d:%02d.%03d", parts.tm_hour, parts.tm_min, parts.tm_sec,
                static_cast<int>(ns % 1'000'000'000 / 1'000'000));
}

}  // namespace

std::string record_summary(const journal::Record& record, std::size_t width) {
  bus::Envelope envelope;
  const bool parsed =
      envelope.ParseFromArray(record.payload.data(), static_cast<int>(record.payload.size()));
  const auto topic = bus::parse_topic(record.topic);
  std::string line =
      publish_time_of_day(record.header.publish_time_ns) +
      format(" %-6.12s %-6.20s ", topic ? std::string(topic->kind).c_str() : "-",
             topic && !topic->symbol.empty() ? std::string(topic->symbol).c_str() : "-") +
      (parsed ? describe(envelope) : "unreadable");
  std::replace(line.begin(), line.end(), '\n', ' ');
  if (line.size() > width) {
    line.resize(width - std::min<std::size_t>(width, 3));
    line += "...";
  }
  return line;
}

}  // namespace depthwire::cli
