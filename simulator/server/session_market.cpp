#include "proto/ctrader/messages.pb.h"
#include "simulator/server/session.hpp"
#include "simulator/server/session_parse.hpp"

#include <algorithm>

namespace depthwire::simulator {

using namespace ctrader;

namespace {

constexpr std::int64_t id_of(std::size_t symbol) { return static_cast<std::int64_t>(symbol) + 1; }
constexpr std::int64_t to_ms(std::int64_t time_ns) { return time_ns / 1'000'000; }

}  // namespace

std::optional<std::size_t> Session::known_symbol(std::int64_t id) {
  if (id >= 1 && id <= static_cast<std::int64_t>(board_.size())) {
    return static_cast<std::size_t>(id - 1);
  }
  refuse("SYMBOL_NOT_FOUND", "no symbol with id " + std::to_string(id));
  return std::nullopt;
}

bool Session::known_period(int period) {
  if (period >= first_period && period <= last_period) return true;
  refuse("INVALID_REQUEST", "no such period");
  return false;
}

void Session::subscribe_spots(const Request& request) {
  const auto message = parse_for_account<ProtoOASubscribeSpotsReq>(request);
  if (!message) return;
  const auto symbols = known_symbols(message->symbolid());
  if (!symbols) return;
  for (const auto symbol : *symbols) {
    if (asked_->subscriptions[symbol].spots) {
      return refuse("ALREADY_SUBSCRIBED",
                    "spots of symbol " + std::to_string(id_of(symbol)) + " are subscribed");
    }
  }
  ProtoOASubscribeSpotsRes answer;
  answer.set_ctidtraderaccountid(message->ctidtraderaccountid());
  if (settings_.extra_fields) {
    answer.GetReflection()->MutableUnknownFields(&answer)->AddVarint(100, 1);
  }
  reply(PROTO_OA_SUBSCRIBE_SPOTS_RES, answer);
  for (const auto symbol : *symbols) {
    asked_->subscriptions[symbol].spots = true;
    asked_->subscriptions[symbol].timestamps = message->subscribetospottimestamp();
    technical_spot(symbol);
  }
}

void Session::unsubscribe_spots(const Request& request) {
  const auto message = parse_for_account<ProtoOAUnsubscribeSpotsReq>(request);
  if (!message) return;
  const auto symbols = known_symbols(message->symbolid());
  if (!symbols) return;
  for (const auto symbol : *symbols) {
    if (!asked_->subscriptions[symbol].spots) {
      return refuse("NOT_SUBSCRIBED_TO_SPOTS",
                    "spots of symbol " + std::to_string(id_of(symbol)) + " are not subscribed");
    }
  }
  for (const auto symbol : *symbols) {
    asked_->subscriptions[symbol].spots = false;
    asked_->subscriptions[symbol].bars.clear();
  }
  ProtoOAUnsubscribeSpotsRes answer;
  answer.set_ctidtraderaccountid(message->ctidtraderaccountid());
  reply(PROTO_OA_UNSUBSCRIBE_SPOTS_RES, answer);
}

void Session::subscribe_depth(const Request& request) {
  const auto message = parse_for_account<ProtoOASubscribeDepthQuotesReq>(request);
  if (!message) return;
  const auto symbols = known_symbols(message->symbolid());
  if (!symbols) return;
  for (const auto symbol : *symbols) {
    const Subscription& subscription = asked_->subscriptions[symbol];
    if (subscription.depth) {
      return refuse("ALREADY_SUBSCRIBED",
                    "depth of symbol " + std::to_string(id_of(symbol)) + " is subscribed");
    }
    if (settings_.depth_requires_spots && !subscription.spots) {
      return refuse("NOT_SUBSCRIBED_TO_SPOTS",
                    "spots of symbol " + std::to_string(id_of(symbol)) + " are not subscribed");
    }
  }
  ProtoOASubscribeDepthQuotesRes answer;
  answer.set_ctidtraderaccountid(message->ctidtraderaccountid());
  reply(PROTO_OA_SUBSCRIBE_DEPTH_QUOTES_RES, answer);
  for (const auto symbol : *symbols) {
    asked_->subscriptions[symbol].depth = true;
    const auto quotes = board_.at(symbol).quotes();
    if (quotes.empty()) continue;
    asked_->encoder.depth(output_, id_of(symbol), quotes, {}, board_.time_ns());
    ++tally_[symbol].whole_books;
  }
}

void Session::unsubscribe_depth(const Request& request) {
  const auto message = parse_for_account<ProtoOAUnsubscribeDepthQuotesReq>(request);
  if (!message) return;
  const auto symbols = known_symbols(message->symbolid());
  if (!symbols) return;
  for (const auto symbol : *symbols) {
    if (!asked_->subscriptions[symbol].depth) {
      return refuse("INVALID_REQUEST",
                    "depth of symbol " + std::to_string(id_of(symbol)) + " is not subscribed");
    }
  }
  for (const auto symbol : *symbols) asked_->subscriptions[symbol].depth = false;
  ProtoOAUnsubscribeDepthQuotesRes answer;
  answer.set_ctidtraderaccountid(message->ctidtraderaccountid());
  reply(PROTO_OA_UNSUBSCRIBE_DEPTH_QUOTES_RES, answer);
}

void Session::subscribe_bars(const Request& request) {
  const auto message = parse_for_account<ProtoOASubscribeLiveTrendbarReq>(request);
  if (!message || !known_period(message->period())) return;
  const auto symbol = known_symbol(message->symbolid());
  if (!symbol) return;
  Subscription& subscription = asked_->subscriptions[*symbol];
  // A real server was seen to answer this, not NOT_SUBSCRIBED_TO_SPOTS as documented.
  if (!subscription.spots) {
    return refuse("INVALID_REQUEST", "live bars need a subscription to the spots of the symbol");
  }
  const auto period = static_cast<Period>(message->period());
  if (std::ranges::find(subscription.bars, period, &BarBuilder::period) !=
      subscription.bars.end()) {
    return refuse("ALREADY_SUBSCRIBED", "these live bars are subscribed");
  }
  BarBuilder builder(period, 1);
  // The bar that is forming, as far as it has come.
  const auto now_ms = board_.time_ns() / 1'000'000;
  const auto bars = board_.at(*symbol).bars(period, 0, now_ms, 1);
  if (!bars.found.empty()) builder.add(bars.found.back());
  subscription.bars.push_back(std::move(builder));
  ProtoOASubscribeLiveTrendbarRes answer;
  answer.set_ctidtraderaccountid(message->ctidtraderaccountid());
  reply(PROTO_OA_SUBSCRIBE_LIVE_TRENDBAR_RES, answer);
  technical_spot(*symbol);
}

void Session::unsubscribe_bars(const Request& request) {
  const auto message = parse_for_account<ProtoOAUnsubscribeLiveTrendbarReq>(request);
  if (!message || !known_period(message->period())) return;
  const auto symbol = known_symbol(message->symbolid());
  if (!symbol) return;
  const auto period = static_cast<Period>(message->period());
  const auto gone =
      std::erase_if(asked_->subscriptions[*symbol].bars,
                    [period](const BarBuilder& builder) { return builder.period() == period; });
  if (gone == 0) return refuse("INVALID_REQUEST", "these live bars are not subscribed");
  ProtoOAUnsubscribeLiveTrendbarRes answer;
  answer.set_ctidtraderaccountid(message->ctidtraderaccountid());
  reply(PROTO_OA_UNSUBSCRIBE_LIVE_TRENDBAR_RES, answer);
}

// The last known prices, whether or not anything moves; its timestamp is that of the last tick.
void Session::technical_spot(std::size_t symbol) {
  const SymbolBoard& board = board_.at(symbol);
  const Subscription& subscription = asked_->subscriptions[symbol];
  SpotFields fields{.symbol_id = id_of(symbol), .spot = board.last()};
  fields.spot.session_close = board.info().opening.bid;
  if (subscription.timestamps) {
    fields.timestamp_ms = to_ms(board.last_tick_ns() > 0 ? board.last_tick_ns() : board_.time_ns());
  }
  live_bars_.clear();
  for (const BarBuilder& builder : subscription.bars) {
    if (fields.spot.bid && !builder.bars().empty()) {
      live_bars_.emplace_back(builder.period(), builder.bars().back());
    }
  }
  fields.bars = live_bars_;
  asked_->encoder.spot(output_, fields, board_.time_ns());
  ++tally_[symbol].technical_spots;
}

void Session::on_event(const Event& event) {
  if (closing_) return;  // nothing follows a goodbye
  for (auto& each : authorised_) send_event(each, event);
}

void Session::send_event(Authorised& to, const Event& event) {
  Subscription& subscription = to.subscriptions[event.symbol];
  SymbolTally& tally = tally_[event.symbol];
  if (subscription.depth && event.has_depth()) {
    to.encoder.depth(output_, id_of(event.symbol), event.depth.added, event.depth.removed,
                     event.time_ns);
    ++tally.depth_events;
    said_since_tick_ = true;
  }
  if (!subscription.spots || !event.has_spot()) return;
  SpotFields fields{.symbol_id = id_of(event.symbol), .spot = event.spot};
  if (subscription.timestamps) fields.timestamp_ms = to_ms(event.time_ns);
  live_bars_.clear();
  for (BarBuilder& builder : subscription.bars) {
    follow(builder, event);
    if (event.spot.bid) live_bars_.emplace_back(builder.period(), builder.bars().back());
  }
  fields.bars = live_bars_;
  to.encoder.spot(output_, fields, event.time_ns);
  ++tally.spots;
  said_since_tick_ = true;
}

void Session::follow(BarBuilder& builder, const Event& event) {
  const auto open_minute = [&] {
    return builder.bars().empty() ? 0 : builder.bars().back().open_minute;
  };
  const auto before = open_minute();
  builder.add(event.time_ns, event.spot);
  if (bars_to_spoil_ == 0 || open_minute() == before) return;
  --bars_to_spoil_;
  auto wrong = builder.bars().back();
  wrong.high.points += wrong.high.points / 100;  // more than a market moves in a minute
  wrong.volume = 0;                              // merged into the bar, which has counted it
  builder.add(wrong);
}

std::size_t Session::subscribed_symbols() const {
  if (closing_) return 0;  // or a market at full speed would run away from those who come back
  std::size_t count = 0;
  for (std::size_t symbol = 0; symbol < board_.size(); ++symbol) {
    count += std::ranges::any_of(authorised_, [symbol](const Authorised& each) {
      return each.subscriptions[symbol].spots || each.subscriptions[symbol].depth;
    });
  }
  return count;
}

bool Session::subscribed_to_everything() const {
  for (std::size_t symbol = 0; symbol < board_.size(); ++symbol) {
    const bool has_depth = board_.at(symbol).info().has_depth;
    const bool whole = std::ranges::any_of(authorised_, [&](const Authorised& each) {
      return has_depth ? each.subscriptions[symbol].depth : each.subscriptions[symbol].spots;
    });
    if (!whole) return false;
  }
  return true;
}

}  // namespace depthwire::simulator
