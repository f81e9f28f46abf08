#include "services/analyzer/core/testing/generated_log.hpp"

#include <algorithm>

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
  Market(std::string symbol, std::uint32_t seed) : symbol_(std::move(symbol)), random_(seed) {}

  Log generate(std::int64_t seconds) {
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
    for (Ns t = start + step(); t < start + seconds * ns_per_second; t += step()) act(t);
    return std::move(log_);
  }

 private:
  Ns step() { return static_cast<Ns>(1 + random_() % 200) * ns_per_ms; }
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
    if (choice < 2) {
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
  Log log_;
  std::vector<Quote> quotes_;
  QuoteId next_id_ = 0;
  std::int64_t mid_ = 110'000;
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

Log generate_log(const std::string& symbol, std::uint32_t seed, std::int64_t seconds) {
  Log log = Market(symbol, seed).generate(seconds);
  std::stable_sort(log.begin(), log.end(),
                   [](const LogRecord& a, const LogRecord& b) { return a.t < b.t; });
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
