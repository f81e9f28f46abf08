#include "services/streaming/actors/session.hpp"

#include "common/ctrader/payload_names.hpp"
#include "proto/bus/command.pb.h"
#include "proto/ctrader/messages.pb.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

namespace depthwire::streaming {
namespace {

using ctrader::SessionState;

constexpr ctrader::PeriodNumber one_minute = 1;
constexpr std::uint32_t longest_lease_seconds = 24 * 60 * 60;

std::vector<std::int64_t> ids_of(const std::vector<SymbolRef>& symbols) {
  std::vector<std::int64_t> ids;
  ids.reserve(symbols.size());
  for (const auto& symbol : symbols) ids.push_back(symbol.id);
  return ids;
}

ctrader::ConnectionName name_of(const SessionOptions& options) {
  const auto& connection = options.client.connection;
  return {options.client.name, connection.host + ":" + std::to_string(connection.port)};
}

/// Whom an event of an account is about; nothing where it does not say.
std::optional<std::int64_t> account_of(const ctrader::Envelope& envelope) {
  const auto message = ctrader::make_payload(envelope.payload_type);
  if (message == nullptr || !ctrader::parse_payload(envelope, *message)) return std::nullopt;
  const auto* field = message->GetDescriptor()->FindFieldByName("ctidTraderAccountId");
  if (field == nullptr || !message->GetReflection()->HasField(*message, field)) return std::nullopt;
  return message->GetReflection()->GetInt64(*message, field);
}

/// A request was not refused but lost with the connection: all begins anew then.
bool is_lost(const ctrader::BrokerError& error) { return error.code == "CONNECTION_LOST"; }

}  // namespace

Session::Session(boost::asio::io_context& io, zmq::context_t& context, SessionOptions options,
                 SessionHooks hooks)
    : io_{io},
      options_{std::move(options)},
      hooks_{std::move(hooks)},
      publisher_{context, with_commands(options_.publisher)},
      log_{publisher_, options_.publisher.journal, options_.publisher.environment == "sim",
           name_of(options_)},
      sink_{publisher_, log_},
      feed_{sink_, log_.clock(), options_.patience, options_.quality},
      plan_{options_.symbols},
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
  if (options_.enabled) {
    lost(reason);
    for (const auto& [id, state] : further_accounts_) {
      if (state == SessionState::disconnected) continue;
      log_.further_account(id, SessionState::disconnected, reason, true);
    }
    log_.connection(SessionState::disconnected, reason, true);
  }
  commit();
  publisher_.close(reason);
}

void Session::tick() {
  ask_again();
  follow_plan();
  // How long an answer takes is not the simulator's time: the bytes of a recording would depend on
  // it, so there a suspicion is only told.
  if (!log_.clock().is_simulated() && streaming_) {
    touch();
    if (feed_.look()) commit();
    const auto due = feed_.due_resubscriptions();
    if (!due.empty()) resubscribe_depth(due);
  }
  log_.tick();
  if (publisher_.take_resumed()) restate();
}

/// The journal's disk was full: tells anew what readers must know to go on.
void Session::restate() {
  log_.restate();
  for (const auto& [name, bytes] : published_symbols_) {
    bus::SymbolInfo info;
    if (info.ParseFromString(bytes)) log_.symbol(info);
  }
  feed_.restate();
  commit();
}

void Session::commit() {
  publisher_.flush();
  if (!publisher_.take_segment_started()) return;
  feed_.keyframes();
  publisher_.flush();
}

// The connection.

void Session::on_state(SessionState state, const std::string& reason) {
  touch();
  if (state != SessionState::ready) lost(reason);
  log_.account(account());
  log_.connection(state, reason, false);
  commit();
  if (state == SessionState::ready) load_symbols();
  hooks_.state(state, reason);
}

/// What was subscribed is gone: no book is known from here on.
void Session::lost(const std::string& reason) {
  steps_in_flight_ = 0;
  plan_.disconnected();
  if (!streaming_) return;
  streaming_ = false;
  log_.down(last_inbound_ns_, reason);
  feed_.remove_all();
}

/// Its own business: what is streamed goes on, whatever becomes of it.
void Session::on_account_state(std::int64_t id, SessionState state, const std::string& reason) {
  touch();
  const auto before = std::exchange(further_accounts_[id], state);
  // Where it was not in, being authenticated is the way; else it was lost, or is refused.
  const bool begins = before == SessionState::disconnected || before == SessionState::error;
  log_.further_account(id, state, reason, state != SessionState::account_auth || begins);
  commit();
  hooks_.account(id, state, reason);
}

void Session::on_give_up(const std::string& reason) { hooks_.give_up(reason); }

void Session::on_group_begin() {
  touch();
  last_inbound_ns_ = log_.clock().stamp();
}

void Session::on_event(const ctrader::Envelope& envelope) {
  switch (envelope.payload_type) {
    case ctrader::PROTO_OA_DEPTH_EVENT: feed_.depth(envelope.payload); return;
    case ctrader::PROTO_OA_SPOT_EVENT: feed_.spot(envelope.payload); return;
    case ctrader::PROTO_OA_SYMBOL_CHANGED_EVENT: refresh_symbols(envelope); return;
    case ctrader::PROTO_OA_EXECUTION_EVENT:
    case ctrader::PROTO_OA_TRADER_UPDATE_EVENT:
    case ctrader::PROTO_OA_TRAILING_SL_CHANGED_EVENT:
    case ctrader::PROTO_OA_MARGIN_CHANGED_EVENT:
    case ctrader::PROTO_OA_MARGIN_CALL_UPDATE_EVENT:
    case ctrader::PROTO_OA_MARGIN_CALL_TRIGGER_EVENT:
    case ctrader::PROTO_OA_ORDER_ERROR_EVENT: publish_account_event(envelope); return;
    default: break;
  }
  if (unknown_types_.insert(envelope.payload_type).second) {
    spdlog::info("streaming: messages of type {} are passed over", envelope.payload_type);
  }
}

void Session::on_undecodable(ctrader::DecodeError error) {
  if (++undecodable_frames_ == 1) {
    spdlog::warn("streaming: a frame cannot be read: {}", ctrader::to_string(error));
  }
}

void Session::on_group_end() {
  last_inbound_ns_ = std::max(last_inbound_ns_, log_.clock().last());
  commit();
}

void Session::publish_account_event(const ctrader::Envelope& envelope) {
  bus::Envelope record;
  auto* account = record.mutable_account();
  account->set_account_id(account_of(envelope).value_or(this->account()));
  account->set_payload_type(envelope.payload_type);
  account->set_payload(std::string(envelope.payload));
  log_.append("account", "", record);
}

// Symbols and subscriptions.

void Session::load_symbols() {
  ctrader::load_catalogue(client_, account(), [this](auto catalogue) {
    if (!catalogue) {
      if (is_lost(catalogue.error())) return;
      spdlog::error("streaming: no list of symbols: {}; asking again in a while",
                    to_string(catalogue.error()));
      ask_again_at_ = ctrader::Clock::now() + options_.ask_again_after;
      return;
    }
    for (const auto& name : catalogue->unusable()) {
      spdlog::warn("streaming: the symbol \"{}\" is passed over: no topic can carry its name",
                   name);
    }
    plan_.connected(std::move(*catalogue));
    follow_plan();
  });
}

void Session::ask_again() {
  if (!ask_again_at_ || ctrader::Clock::now() < *ask_again_at_) return;
  ask_again_at_.reset();
  if (client_.state() == SessionState::ready) load_symbols();
}

/// Those of `symbols` that are still wanted: while an answer was under way a lease may have ended.
Session::Symbols Session::still_wanted(Symbols symbols) const {
  std::erase_if(symbols,
                [this](const SymbolRef& symbol) { return !plan_.subscribes(symbol.name); });
  return symbols;
}

void Session::follow_plan() {
  auto changes = plan_.changes(ctrader::Clock::now());
  for (const auto& name : changes.unknown) {
    spdlog::warn("streaming: the broker has no symbol {}", name);
  }
  if (!changes.unsubscribe.empty()) unsubscribe(changes.unsubscribe);
  if (!changes.subscribe.empty()) subscribe(std::move(changes.subscribe));
}

void Session::subscribe(Symbols symbols) {
  step_begun();
  auto ids = ids_of(symbols);
  ctrader::load_details(
      client_, account(), std::move(ids), [this, symbols = std::move(symbols)](auto details) {
        if (!details && is_lost(details.error())) return;
        if (details) {
          publish_symbols(*details);
        } else {
          spdlog::error("streaming: no symbol data: {}", to_string(details.error()));
        }
        subscribe_streams(still_wanted(symbols));
        step_done();
      });
}

/// Spots first: depth and live bars need them.
void Session::subscribe_streams(const Symbols& symbols) {
  if (symbols.empty()) return;
  touch();
  streaming_ = true;
  for (const auto& symbol : symbols) feed_.add(symbol.id, symbol.name);
  commit();
  request_for(symbols, ctrader::subscribe_spots, "spots", [this](const Symbols& subscribed) {
    const auto wanted = still_wanted(subscribed);
    subscribe_depth(wanted);
    subscribe_bars(wanted);
  });
}

void Session::subscribe_depth(const Symbols& symbols) {
  request_for(symbols, ctrader::subscribe_depth, "depth", [](const Symbols&) {});
}

void Session::subscribe_bars(const Symbols& symbols) {
  if (!options_.live_bars) return;
  for (const auto& symbol : symbols) {
    client_.send(ctrader::subscribe_live_bars(account(), symbol.id, one_minute),
                 [this, symbol](const ctrader::Answer& answer) {
                   if (!answer) tell_refused(symbol, "live bars", answer.error());
                 });
  }
}

/// Asks for all `symbols` at once; refused, for each by itself, as one bad symbol spoils the whole
/// request. `then` hears of those that were granted.
void Session::request_for(const Symbols& symbols, MakeRequest make, const std::string& what,
                          std::function<void(const Symbols&)> then) {
  if (symbols.empty()) return;
  step_begun();
  client_.send(make(account(), ids_of(symbols)),
               [this, symbols, make, what, then](const ctrader::Answer& answer) {
                 if (!answer && is_lost(answer.error())) return;
                 if (answer) {
                   then(symbols);
                 } else if (symbols.size() == 1) {
                   tell_refused(symbols.front(), what, answer.error());
                 } else {
                   for (const auto& symbol : symbols) request_for({symbol}, make, what, then);
                 }
                 step_done();
               });
}

void Session::resubscribe_depth(const Symbols& symbols) {
  for (const auto& symbol : symbols) {
    spdlog::warn("streaming: the book of {} is not to be trusted; subscribing it anew",
                 symbol.name);
    feed_.close(symbol.id);
    client_.send(ctrader::unsubscribe_depth(account(), ids_of({symbol})),
                 [this, symbol](const ctrader::Answer& answer) {
                   // Refused or not, depth of this symbol is subscribed no more.
                   if (!answer && is_lost(answer.error())) return;
                   touch();
                   feed_.reopen(symbol.id);
                   commit();
                   subscribe_depth({symbol});
                 });
  }
}

void Session::step_done() {
  if (--steps_in_flight_ > 0 || !streaming_) return;
  touch();
  log_.up();
  commit();
}

void Session::unsubscribe(const Symbols& symbols) {
  touch();
  const auto passed_over = [](const ctrader::Answer&) {
    // What is not subscribed any more has reached its end by another way.
  };
  for (const auto& symbol : symbols) {
    if (options_.live_bars) {
      client_.send(ctrader::unsubscribe_live_bars(account(), symbol.id, one_minute), passed_over);
    }
    feed_.remove(symbol.id);
  }
  client_.send(ctrader::unsubscribe_depth(account(), ids_of(symbols)), passed_over);
  client_.send(ctrader::unsubscribe_spots(account(), ids_of(symbols)), passed_over);
  commit();
}

void Session::tell_refused(const SymbolRef& symbol, const std::string& what,
                           const ctrader::BrokerError& error) {
  if (is_lost(error)) return;
  spdlog::warn("streaming: no {} of {}: {}", what, symbol.name, to_string(error));
  bus::Envelope envelope;
  envelope.mutable_data_quality()->set_check("subscription_refused");
  envelope.mutable_data_quality()->set_detail(what + ": " + to_string(error));
  envelope.mutable_data_quality()->set_value(1);
  log_.append("data_quality", symbol.name, envelope);
  commit();
}

void Session::publish_symbols(const std::vector<ctrader::ProtoOASymbol>& details) {
  touch();
  for (const auto& detail : details) {
    const auto info = plan_.catalogue()->info(detail);
    feed_.set_hours(info.name(), hours_.of(detail));
    auto& published = published_symbols_[info.name()];
    auto bytes = info.SerializeAsString();
    if (published == bytes) continue;
    published = std::move(bytes);
    if (info.digits() > 5) {
      spdlog::warn("streaming: {} has {} digits; prices are carried with 5", info.name(),
                   info.digits());
    }
    log_.symbol(info);
  }
  commit();
}

void Session::refresh_symbols(const ctrader::Envelope& envelope) {
  ctrader::ProtoOASymbolChangedEvent event;
  if (!ctrader::parse_payload(envelope, event)) return;
  // The ids of symbols are those of one account.
  if (event.has_ctidtraderaccountid() && event.ctidtraderaccountid() != account()) return;
  std::vector<std::int64_t> ids;
  for (const auto& symbol : plan_.subscribed()) {
    const auto& changed = event.symbolid();
    if (std::find(changed.begin(), changed.end(), symbol.id) != changed.end()) {
      ids.push_back(symbol.id);
    }
  }
  ctrader::load_details(client_, account(), std::move(ids), [this](auto details) {
    if (details && plan_.catalogue() != nullptr) publish_symbols(*details);
  });
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
  if (name == "lease") {
    answer(lease(body));
  } else {
    answer({bus::CommandAnswer::Status::unknown_command, "streaming has the command: lease", {}});
  }
}

bus::CommandAnswer Session::lease(const std::string& body) {
  using Status = bus::CommandAnswer::Status;
  bus::LeaseCommand command;
  if (!command.ParseFromString(body) || command.symbol().empty() || command.holder().empty()) {
    return {Status::refused, "lease needs a symbol and a holder", {}};
  }
  if (command.seconds() > longest_lease_seconds) {
    return {Status::refused, "a lease lasts at most 24 hours; ask again to extend it", {}};
  }
  const auto* catalogue = plan_.catalogue();
  if (catalogue != nullptr && !catalogue->id(command.symbol())) {
    return {Status::refused, "the broker has no symbol " + command.symbol(), {}};
  }
  const auto now = ctrader::Clock::now();
  plan_.lease(command.symbol(), command.holder(), now + std::chrono::seconds{command.seconds()},
              now);
  follow_plan();
  return {Status::done, "", {}};
}

}  // namespace depthwire::streaming
