#include "services/historical/actors/session.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <spdlog/spdlog.h>

#include <utility>

namespace depthwire::historical {
namespace {

using ctrader::SessionState;

ctrader::ConnectionName name_of(const SessionOptions& options) {
  const auto& connection = options.client.connection;
  return {options.client.name, connection.host + ":" + std::to_string(connection.port)};
}

}  // namespace

Session::Session(boost::asio::io_context& io, zmq::context_t& context, SessionOptions options,
                 SessionHooks hooks)
    : io_{io},
      options_{std::move(options)},
      hooks_{std::move(hooks)},
      publisher_{context, with_commands(options_.publisher)},
      log_{publisher_, options_.publisher.journal, options_.publisher.environment == "sim",
           name_of(options_)},
      client_{io, options_.client, *this},
      history_{read_history_journal(options_.publisher.journal, publisher_.recovered().last,
                                    newest_offset(publisher_, "job"))},
      healing_{context,  options_.healing,          client_, log_, catalogue_,
               history_, options_.publisher.journal},
      jobs_{client_, log_, catalogue_, history_, healing_} {}

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
  healing_.append_state();
  commit();
  publisher_.close(reason);
}

void Session::commit() {
  publisher_.flush();
  jobs_.keep_state();
}

void Session::tick() {
  ask_again();
  log_.tick();
  if (publisher_.take_resumed()) restate();
  healing_.tick();
  jobs_.tick();
}

// What was told while the disk was full is gone.
void Session::restate() {
  log_.restate();
  for (const auto& [name, bytes] : published_symbols_) {
    bus::SymbolInfo info;
    if (info.ParseFromString(bytes)) log_.symbol(info);
  }
  jobs_.restate();
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
    ++symbols_;
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
  if (jobs_.command(name, body, answer)) return;
  answer({bus::CommandAnswer::Status::unknown_command,
          "historical has the commands: backfill, jobs, cancel, bars, ticks",
          {}});
}

}  // namespace depthwire::historical
