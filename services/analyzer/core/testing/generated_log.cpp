#include "services/analyzer/core/testing/generated_log.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>

namespace depthwire::analyzer::testing {
namespace {

using market::DepthKind;
using market::Price;
using market::Quote;
using market::QuoteId;
using market::Side;
using market::Size;

constexpr Ns start = 1'700'000'000 * ns_per_second;

/// Keeps a ladder of up to eight levels a side, one quote a level.
class Market {
 public:
  Market(std::string symbol, std::uint32_t seed, int calm)
      : symbol_(std::move(symbol)),
        random_(seed),
        longest_step_(200U * static_cast<unsigned>(calm)) {}

  Log generate(std::int64_t seconds, const Plan& plan) {
    add(start, SymbolFacts{.digits = 5, .pip_position = 4});
    market::DepthUpdate first{.kind = DepthKind::reset};
    add(start, first);
    market::DepthUpdate build;
    for (std::int64_t i = 0; i < 8; ++i) {
      build.added.push_back(quote(Side::bid, mid_ - 5 - 10 * i));
      build.added.push_back(quote(Side::ask, mid_ + 5 + 10 * i));
    }
    add(start, build);
    spot(start);
    open_ = high_ = low_ = mid_;
    auto next = plan.begin();
    for (Ns t = start + step(); t < start + seconds * ns_per_second; t += step()) {
      if (t >= silent_until_) act(t);
      for (; next != plan.end() && start + next->after <= t; ++next) plant(t, *next);
    }
    return std::move(log_);
  }

 private:
  Ns step() { return static_cast<Ns>(1 + random_() % longest_step_) * ns_per_ms; }
  std::int64_t size() {
    const bool large = random_() % 64 == 0;
    return static_cast<std::int64_t>(1 + random_() % 40) * (large ? 1'000 : 100);
  }
  Quote quote(Side side, std::int64_t price) {
    const Quote made{++next_id_, side, Price{price}, Size{size()}};
    quotes_.push_back(made);
    return made;
  }
  template <class Value>
  void add(Ns t, Value value) {
    log_.push_back({t, symbol_, std::move(value)});
  }
  void spot(Ns t) {
    const auto half = static_cast<std::int64_t>(4 + random_() % 4);
    add(t, market::Spot{.bid = Price{mid_ - half}, .ask = Price{mid_ + half}});
  }

  void act(Ns t) {
    bars(t);
    const auto choice = random_() % 10;
    if (choice < 2 && t >= hold_until_) {
      walk(t);
    } else if (choice < 8) {
      replace(t);
    } else {
      take(t);
    }
  }

  // A quote gives way to one of another size at the same price.
  void replace(Ns t) {
    if (quotes_.empty()) return;
    const std::size_t at = random_() % quotes_.size();
    const Quote old = quotes_[at];
    quotes_.erase(quotes_.begin() + static_cast<std::ptrdiff_t>(at));
    market::DepthUpdate update;
    update.removed.push_back(old.id);
    update.added.push_back(quote(old.side, old.price.points));
    add(t, update);
  }

  // The touch of a side goes; it comes back, a little later, three times of four.
  void take(Ns t) {
    const Side side = random_() % 2 == 0 ? Side::bid : Side::ask;
    const auto best =
        std::max_element(quotes_.begin(), quotes_.end(), [&](const Quote& a, const Quote& b) {
          if ((a.side == side) != (b.side == side)) return b.side == side;
          return side == Side::bid ? a.price < b.price : a.price > b.price;
        });
    if (best == quotes_.end() || best->side != side) return;
    market::DepthUpdate update;
    update.removed.push_back(best->id);
    quotes_.erase(best);
    add(t, update);
    if (random_() % 4 == 0) return;
    market::DepthUpdate back;
    back.added.push_back(quote(side, side == Side::bid ? mid_ - 5 : mid_ + 5));
    add(t + static_cast<Ns>(random_() % 2) * ns_per_ms, back);
  }

  // The mid moves by one tick of ten points; levels that would cross go, and new ones come.
  void walk(Ns t) {
    mid_ += random_() % 2 == 0 ? 10 : -10;
    high_ = std::max(high_, mid_);
    low_ = std::min(low_, mid_);
    ++ticks_;
    market::DepthUpdate update;
    const auto gone = [&](const Quote& q) {
      const std::int64_t away = q.side == Side::bid ? mid_ - q.price.points : q.price.points - mid_;
      return away < 5 || away > 75;
    };
    for (const Quote& q : quotes_) {
      if (gone(q)) update.removed.push_back(q.id);
    }
    std::erase_if(quotes_, gone);
    update.added.push_back(quote(Side::bid, mid_ - 5));
    update.added.push_back(quote(Side::ask, mid_ + 5));
    add(t, update);
    spot(t);
  }

  void plant(Ns t, const Planted& planted) {
    if (planted.pattern == Pattern::iceberg) iceberg(t, planted.side);
    if (planted.pattern == Pattern::sweep) sweep(t, planted.side);
    if (planted.pattern == Pattern::pull) pull(t);
    if (planted.pattern == Pattern::spoof) spoof(t, planted.side);
    if (planted.pattern == Pattern::layering) layering(t, planted.side);
  }

  // Of planted quotes the noise knows nothing. This size is like none of its own, so that no
  // addition of one looks like a re-price of the other.
  static constexpr std::int64_t planted_size = 4'700;

  // A price `away` from the mid on `side`.
  [[nodiscard]] std::int64_t at(Side side, std::int64_t away) const {
    return side == Side::bid ? mid_ - away : mid_ + away;
  }
  Quote planted_quote(Side side, std::int64_t away, std::int64_t size = planted_size) {
    return {++next_id_, side, Price{at(side, away)}, Size{size}};
  }
  void hold(Ns t, Ns ms) { hold_until_ = std::max(hold_until_, t + ms * ns_per_ms); }
  void change(Ns t, Ns ms, std::vector<QuoteId> removed, std::vector<Quote> added) {
    add(t + ms * ns_per_ms,
        market::DepthUpdate{.removed = std::move(removed), .added = std::move(added)});
  }

  void iceberg(Ns t, Side side) {
    hold(t, 18'000);
    Quote quote = planted_quote(side, 4);  // better than the noise, hence the touch
    change(t, 0, {}, {quote});
    for (const Ns ms : {1'300, 2'000, 5'500, 9'400, 11'000, 15'200}) {
      change(t, ms - 300, {quote.id}, {});
      quote.id = ++next_id_;
      change(t, ms, {}, {quote});
    }
    change(t, 17'000, {quote.id}, {});
  }

  // The five best levels of the noise are there.
  void complete(Ns t, Side side) {
    market::DepthUpdate update;
    for (std::int64_t away = 5; away < 55; away += 10) {
      const bool there = std::any_of(quotes_.begin(), quotes_.end(), [&](const Quote& q) {
        return q.side == side && q.price.points == at(side, away);
      });
      if (!there) update.added.push_back(quote(side, at(side, away)));
    }
    if (!update.added.empty()) add(t, update);
  }
  std::vector<QuoteId> remove_three_levels(Side side) {
    const auto best = [&](const Quote& q) {
      return q.side == side && std::abs(q.price.points - mid_) <= 25;
    };
    std::vector<QuoteId> removed;
    for (const Quote& q : quotes_) {
      if (best(q)) removed.push_back(q.id);
    }
    std::erase_if(quotes_, best);
    return removed;
  }

  // What goes has been there for a while, and no noise comes between: it would be a part of the
  // pattern, or look like a re-price of what went.
  void silence(Ns t) { silent_until_ = t + 360 * ns_per_ms; }

  void sweep(Ns t, Side side) {
    hold(t, 3'000);
    silence(t);
    complete(t, side);
    change(t, 200, remove_three_levels(side), {});
    mid_ = at(side, 30);
    high_ = std::max(high_, mid_);
    low_ = std::min(low_, mid_);
    spot(t + 201 * ns_per_ms);
  }

  void pull(Ns t) {
    hold(t, 1'000);
    silence(t);
    complete(t, Side::bid);
    complete(t, Side::ask);
    std::vector<QuoteId> removed = remove_three_levels(Side::bid);
    const auto asks = remove_three_levels(Side::ask);
    removed.insert(removed.end(), asks.begin(), asks.end());
    change(t, 200, std::move(removed), {});
    add(t + 201 * ns_per_ms, market::Spot{.bid = Price{mid_ - 30}, .ask = Price{mid_ + 30}});
  }

  void spoof(Ns t, Side side) {
    hold(t, 400);
    complete(t, market::opposite(side));         // else there may be no mid to come nearer
    const Quote guard = planted_quote(side, 4);  // keeps the next from being the touch
    const Quote large = planted_quote(side, 12, 60'000);
    const Quote nearer = planted_quote(market::opposite(side), 1);
    change(t, 0, {}, {guard, large});
    change(t, 30, {}, {nearer});
    change(t, 100, {large.id}, {});
    change(t, 300, {guard.id, nearer.id}, {});
  }

  void layering(Ns t, Side side) {
    hold(t, 1'400);
    const Quote guard = planted_quote(side, 4);
    std::vector<Quote> layers;
    std::vector<QuoteId> ids;
    for (const std::int64_t away : {8, 11, 14, 17}) {
      layers.push_back(planted_quote(side, away));
      ids.push_back(layers.back().id);
    }
    change(t, 0, {}, {guard});
    change(t, 1, {}, std::move(layers));
    change(t, 1'000, std::move(ids), {});
    change(t, 1'300, {guard.id}, {});
  }

  void bars(Ns t) {
    const Ns minute = 60 * ns_per_second;
    if (t / minute == bar_) return;
    if (bar_ != 0) {
      add(t, BarUpdate{bar_ * minute, {open_, high_, low_, mid_, ticks_}, true});
    }
    bar_ = t / minute;
    open_ = high_ = low_ = mid_;
    ticks_ = 0;
  }

  std::string symbol_;
  std::mt19937 random_;
  unsigned longest_step_;  // ms
  Log log_;
  std::vector<Quote> quotes_;
  QuoteId next_id_ = 0;
  std::int64_t mid_ = 110'000;
  Ns hold_until_ = 0;    // the mid does not walk before
  Ns silent_until_ = 0;  // no noise before
  Ns bar_ = 0;
  std::int64_t open_ = 0;
  std::int64_t high_ = 0;
  std::int64_t low_ = 0;
  std::uint64_t ticks_ = 0;
};

template <class... Handlers>
struct Overloaded : Handlers... {
  using Handlers::operator()...;
};
template <class... Handlers>
Overloaded(Handlers...) -> Overloaded<Handlers...>;

}  // namespace

Plan plan_of_all(std::int64_t seconds, Ns from, Ns every) {
  constexpr std::array patterns = {Pattern::iceberg, Pattern::sweep, Pattern::pull, Pattern::spoof,
                                   Pattern::layering};
  Plan plan;
  std::size_t turn = 0;
  for (Ns after = from; after + every <= seconds * ns_per_second; after += every) {
    const Side side = turn / patterns.size() % 2 == 0 ? Side::bid : Side::ask;
    plan.push_back({after, patterns[turn % patterns.size()], side});
    ++turn;
  }
  return plan;
}

Log generate_log(const std::string& symbol, std::uint32_t seed, std::int64_t seconds,
                 const Plan& plan, int calm) {
  Plan single;  // a spoof is three quotes
  for (const Planted& planted : plan) {
    single.push_back(planted);
    if (planted.pattern != Pattern::spoof) continue;
    for (const Ns later : {5, 10}) {
      single.push_back({planted.after + later * ns_per_second, Pattern::spoof, planted.side});
    }
  }
  std::stable_sort(single.begin(), single.end(),
                   [](const Planted& a, const Planted& b) { return a.after < b.after; });
  Log log = Market(symbol, seed, calm).generate(seconds, single);
  std::stable_sort(log.begin(), log.end(),
                   [](const LogRecord& a, const LogRecord& b) { return a.t < b.t; });
  return log;
}

Log mirrored(Log log, std::int64_t about) {
  const auto reflect = [&](Price price) { return Price{about - price.points}; };
  for (LogRecord& record : log) {
    if (auto* update = std::get_if<market::DepthUpdate>(&record.value)) {
      for (Quote& quote : update->added) {
        quote.side = market::opposite(quote.side);
        quote.price = reflect(quote.price);
      }
    } else if (auto* spot = std::get_if<market::Spot>(&record.value)) {
      *spot = market::Spot{.bid = reflect(*spot->ask), .ask = reflect(*spot->bid)};
    } else if (auto* bar = std::get_if<BarUpdate>(&record.value)) {
      const BarValues v = bar->values;
      bar->values = {about - v.open, about - v.low, about - v.high, about - v.close, v.tick_count};
    }
  }
  return log;
}

std::vector<Output> run(AnalyzerStage& stage, const Log& log, std::uint64_t first_offset) {
  std::vector<Output> outputs;
  std::uint64_t offset = first_offset;
  for (const LogRecord& record : log) {
    Input input{.epoch = 1, .offset = offset++, .receive_time = record.t, .symbol = record.symbol};
    std::visit(Overloaded{[&](const market::Spot& spot) { input.value = &spot; },
                          [&](const market::DepthUpdate& update) { input.value = &update; },
                          [&](const auto& other) { input.value = other; }},
               record.value);
    stage.step(input, outputs);
  }
  return outputs;
}

}  // namespace depthwire::analyzer::testing
