#pragma once

#include "simulator/server/session.hpp"

#include <algorithm>
#include <optional>
#include <vector>

// How the handlers of a session read their requests; for session*.cpp only.
namespace depthwire::simulator {

template <class Message>
std::optional<Message> Session::parse(const Request& request) {
  Message message;
  if (!message.ParsePartialFromString(request.payload()) || !message.IsInitialized()) {
    refuse("INVALID_REQUEST", "the payload is not a whole " + message.GetTypeName());
    return std::nullopt;
  }
  return message;
}

template <class Message>
std::optional<Message> Session::parse_for_account(const Request& request) {
  auto message = parse<Message>(request);
  if (!message) return std::nullopt;
  asked_ = authorised(message->ctidtraderaccountid());
  if (asked_ == nullptr) {
    refuse("ACCOUNT_NOT_AUTHORIZED", "account " + std::to_string(message->ctidtraderaccountid()) +
                                         " is not authorised on this connection");
    return std::nullopt;
  }
  return message;
}

template <class Ids>
std::optional<std::vector<std::size_t>> Session::known_symbols(const Ids& ids) {
  if (ids.empty()) {
    refuse("INVALID_REQUEST", "no symbol id is given");
    return std::nullopt;
  }
  std::vector<std::size_t> symbols;
  for (const auto id : ids) {
    const auto symbol = known_symbol(id);
    if (!symbol) return std::nullopt;
    if (std::ranges::find(symbols, *symbol) == symbols.end()) symbols.push_back(*symbol);
  }
  return symbols;
}

}  // namespace depthwire::simulator
