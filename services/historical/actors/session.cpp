#include "services/historical/actors/session.hpp"

#include "common/ctrader/bars.hpp"
#include "services/historical/core/bounds.hpp"
#include "services/historical/core/tick_decoder.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

namespace depthwire::historical {
namespace {

using ctrader::SessionState;
using Status = bus::CommandAnswer::Status;

constexpr std::int64_t ns_per_ms = 1'000'000;
constexpr std::size_t most_held = 256;

ctrader::ConnectionName name_of(const SessionOptions& options) {
  const auto& connection = options.client.connection;
  return {options.client.name, connection.host + ":" + std::to_string(connection.port)};
}

/// The first millisecond at or after `ns`.
std::int64_t ms_from(std::int64_t ns) { return (ns + ns_per_ms - 1) / ns_per_ms; }

/// The bars of an answer. A bar of history does not say its own period.
tl::expected<std::vector<bus::Bar>, ctrader::DecodeError> bars_of(
    const ctrader::ProtoOAGetTrendbarsRes& answer, bus::Period period) {
  std::vector<bus::Bar> bars;
  for (const auto& sent : answer.trendbar()) {
    // A field that the broker leaves out is no reason to throw: the decoder knows what it needs.
    auto bar = ctrader::decode_bar(sent.SerializePartialAsString());
    if (!bar) return tl::unexpected(bar.error());
    bar->period = *ctrader::number_of(period);
    if (!bar->close) bar->close = bar->low;
    bars.push_back(ctrader::to_bus(*bar, bus::Bar::history));
  }
  return bars;
}

/// The end of a command: how many records came of it, and from when to when.
struct Published {
  std::uint64_t records = 0;
  std::int64_t oldest_ns = 0;
  std::int64_t newest_ns = 0;

  void add(std::int64_t time_ns) {
    oldest_ns = records == 0 ? time_ns : std::min(oldest_ns, time_ns);
    newest_ns = records == 0 ? time_ns : std::max(newest_ns, time_ns);
    ++records;
  }
  [[nodiscard]] bus::CommandAnswer answer(bool has_more) const {
    bus::HistoryReply reply;
    reply.set_records(records);
    reply.set_has_more(has_more);
    reply.set_oldest_ns(oldest_ns);
    reply.set_newest_ns(newest_ns);
    return {Status::done, "", reply.SerializeAsString()};
  }
};

}  // namespace

Session::Session(boost::asio::io_context& io, zmq::context_t& context, SessionOptions options,
                 SessionHooks hooks)
    : io_{io},
      options_{std::move(options)},
      hooks_{std::move(hooks)},
      publisher_{context, with_commands(options_.publisher)},
      log_{publisher_, options_.publisher.journal, options_.publisher.environment == "sim",
           name_of(options_)},
      client_{io, options_.client, *this} {}

Session::~Session() = default;

void Session::start() {
  if (options_.enabled) return client_.start();
  const std::string reason = "disabled: ctrader.enabled is false";
  log_.account(account());
  log_.connection(SessionState::disconnected, reason, true);
  commit();
  hooks_.state(SessionState::disconnected, reason);
}

void Session::stop(const std::string& reason) {
  client_.stop();
  touch();
  if (options_.enabled) log_.connection(SessionState::disconnected, reason, true);
  commit();
  publisher_.close(reason);
}

void Session::commit() { publisher_.flush(); }

void Session::tick() {
  ask_again();
  log_.tick();
  if (publisher_.take_resumed()) restate();
  if (!publisher_.full()) take_held();
}

// What was told while the disk was full is gone.
void Session::restate() {
  log_.restate();
  for (const auto& [name, bytes] : published_symbols_) {
    bus::SymbolInfo info;
    if (info.ParseFromString(bytes)) log_.symbol(info);
  }
  commit();
}

void Session::on_state(SessionState state, const std::string& reason) {
  touch();
  log_.account(account());
  log_.connection(state, reason, false);
  commit();
  if (state == SessionState::ready) load_symbols();
  hooks_.state(state, reason);
}

void Session::on_undecodable(ctrader::DecodeError error) {
  spdlog::warn("historical: a frame cannot be read: {}", ctrader::to_string(error));
}

// Symbols.

void Session::load_symbols() {
  ctrader::load_catalogue(client_, account(), [this](auto catalogue) {
    if (!catalogue) {
      no_symbols(catalogue.error());
      return;
    }
    for (const auto& name : catalogue->unusable()) {
      spdlog::warn("historical: the symbol \"{}\" is passed over: no topic can carry its name",
                   name);
    }
    catalogue_ = std::move(*catalogue);
    std::vector<std::int64_t> ids;
    for (const auto& name : catalogue_.enabled_names()) ids.push_back(*catalogue_.id(name));
    ctrader::load_details(client_, account(), std::move(ids), [this](auto details) {
      if (details) {
        publish_symbols(*details);
      } else {
        no_symbols(details.error());
      }
    });
  });
}

void Session::no_symbols(const ctrader::BrokerError& error) {
  if (error.code == "CONNECTION_LOST") return;  // all begins anew then
  spdlog::error("historical: no symbols: {}; asking again in a while", to_string(error));
  ask_again_at_ = ctrader::Clock::now() + options_.ask_again_after;
}

void Session::ask_again() {
  if (!ask_again_at_ || ctrader::Clock::now() < *ask_again_at_) return;
  ask_again_at_.reset();
  if (client_.state() == SessionState::ready) load_symbols();
}

void Session::publish_symbols(const std::vector<ctrader::ProtoOASymbol>& details) {
  touch();
  for (const auto& detail : details) {
    const auto info = catalogue_.info(detail);
    auto& published = published_symbols_[info.name()];
    auto bytes = info.SerializeAsString();
    if (published == bytes) continue;
    published = std::move(bytes);
    log_.symbol(info);
    ++counts_.symbols;
  }
  commit();
}

// Commands.

bus::PublisherOptions Session::with_commands(bus::PublisherOptions options) {
  options.commands = [this](const std::string& name, const std::string& body,
                            const bus::AnswerCommand& answer) {
    boost::asio::post(io_, [this, name, body, answer] { command(name, body, answer); });
  };
  return options;
}

void Session::command(const std::string& name, const std::string& body,
                      const bus::AnswerCommand& answer) {
  if (name == "bars") {
    bars(body, answer);
  } else if (name == "ticks") {
    ticks(body, answer);
  } else {
    answer({Status::unknown_command, "historical has the commands: bars, ticks", {}});
  }
}

// What the broker answered could not be kept, and asking it costs a share of its rate limit.
void Session::hold(Held held) {
  if (held_.size() < most_held) return held_.push_back(std::move(held));
  held.answer({Status::failed,
               "the journal's disk is full, and " + std::to_string(most_held) +
                   " commands wait for room already",
               {}});
}

void Session::take_held() {
  for (const auto& [name, body, answer] : std::exchange(held_, {})) command(name, body, answer);
}

std::optional<std::int64_t> Session::find(const std::string& symbol,
                                          const bus::AnswerCommand& answer) const {
  if (client_.state() != SessionState::ready || catalogue_.empty()) {
    answer({Status::failed,
            "not connected to the broker: " + std::string(to_string(client_.state())),
            {}});
    return std::nullopt;
  }
  const auto id = catalogue_.id(symbol);
  if (!id) answer({Status::refused, "the broker has no symbol " + symbol, {}});
  return id;
}

void Session::bars(const std::string& body, const bus::AnswerCommand& answer) {
  bus::BarsCommand command;
  if (!command.ParseFromString(body)) {
    return answer({Status::refused, "the body of bars cannot be read", {}});
  }
  if (const auto wrong = check(command)) return answer({Status::refused, *wrong, {}});
  if (publisher_.full()) return hold({"bars", body, answer});
  const auto id = find(command.symbol(), answer);
  if (!id) return;
  client_.send(ctrader::bars(account(), *id, *ctrader::number_of(command.period()),
                             ms_from(command.from_time_ns()), command.to_time_ns() / ns_per_ms),
               [this, command, answer](const ctrader::Answer& came) {
                 if (!came) return answer({Status::failed, to_string(came.error()), {}});
                 got_bars(command, *came, answer);
               });
}

void Session::got_bars(const bus::BarsCommand& command, const ctrader::Envelope& envelope,
                       const bus::AnswerCommand& answer) {
  ctrader::ProtoOAGetTrendbarsRes message;
  if (!ctrader::parse_payload(envelope, message)) {
    return answer({Status::failed, "the broker's answer cannot be read", {}});
  }
  auto decoded = bars_of(message, command.period());
  if (!decoded) {
    return answer(
        {Status::failed, "the broker sent " + std::string(to_string(decoded.error())), {}});
  }
  touch();
  Published published;
  for (auto& bar : *decoded) {
    bar.set_closed(is_closed(bar, command.to_time_ns()));
    const auto open_ns = bar.open_time_ns();
    bus::Envelope record;
    *record.mutable_bar() = std::move(bar);
    log_.append("bar", command.symbol(), record, open_ns, journal::synthetic);
    published.add(open_ns);
  }
  commit();
  // Dropped, this time or by somebody before: asked for again once there is room.
  if (publisher_.full()) return hold({"bars", command.SerializeAsString(), answer});
  counts_.bars += published.records;
  answer(published.answer(message.hasmore()));
}

/// The newest bar may still be forming. In `sim` there is no clock to tell; what was asked for is
/// taken to be over.
bool Session::is_closed(const bus::Bar& bar, std::int64_t to_ns) {
  const auto now = log_.clock().is_simulated() ? to_ns : log_.clock().stamp();
  return bar.open_time_ns() + length_ns(bar.period()) <= now;
}

void Session::ticks(const std::string& body, const bus::AnswerCommand& answer) {
  bus::TicksCommand command;
  if (!command.ParseFromString(body)) {
    return answer({Status::refused, "the body of ticks cannot be read", {}});
  }
  if (const auto wrong = check(command)) return answer({Status::refused, *wrong, {}});
  if (publisher_.full()) return hold({"ticks", body, answer});
  const auto id = find(command.symbol(), answer);
  if (!id) return;
  const auto side = command.side() == bus::bid ? market::Side::bid : market::Side::ask;
  client_.send(ctrader::ticks(account(), *id, side, ms_from(command.from_time_ns()),
                              command.to_time_ns() / ns_per_ms),
               [this, command, answer](const ctrader::Answer& came) {
                 if (!came) return answer({Status::failed, to_string(came.error()), {}});
                 got_ticks(command, *came, answer);
               });
}

void Session::got_ticks(const bus::TicksCommand& command, const ctrader::Envelope& envelope,
                        const bus::AnswerCommand& answer) {
  ctrader::ProtoOAGetTickDataRes message;
  if (!ctrader::parse_payload(envelope, message)) {
    return answer({Status::failed, "the broker's answer cannot be read", {}});
  }
  const auto decoded = decode_ticks(message);
  if (!decoded) {
    return answer(
        {Status::failed, "the broker sent " + std::string(to_string(decoded.error())), {}});
  }
  touch();
  Published published;
  for (const auto& tick : *decoded) {
    bus::Envelope record;
    record.mutable_tick()->set_side(command.side());
    record.mutable_tick()->set_price_points(tick.price.points);
    const auto time_ns = tick.time_ms * ns_per_ms;
    log_.append("tick", command.symbol(), record, time_ns, journal::synthetic);
    published.add(time_ns);
  }
  commit();
  if (publisher_.full()) return hold({"ticks", command.SerializeAsString(), answer});
  counts_.ticks += published.records;
  answer(published.answer(message.hasmore()));
}

}  // namespace depthwire::historical
