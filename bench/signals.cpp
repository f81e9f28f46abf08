// What one depth event costs the analyzer with all signals on: 20 levels a side, 1-3 changed quotes
// an event, 200 events a second, a spot with every tenth. The reference is the book alone, which
// nobody who wants signals can do without.
#include "services/analyzer/core/engine/analyzer_stage.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <random>
#include <string_view>
#include <vector>

namespace {

using namespace depthwire;
using analyzer::Ns;
using market::Price;
using market::Quote;
using market::QuoteId;
using market::Side;
using market::Size;

constexpr std::size_t events = 200'000;
constexpr std::size_t warm_up = 40'000;
constexpr std::int64_t levels = 20;

/// A ladder whose quotes are replaced, most often near the touch.
class Ladder {
 public:
  market::DepthUpdate build() {
    market::DepthUpdate update{.kind = market::DepthKind::reset};
    for (std::int64_t level = 0; level < levels; ++level) {
      for (const Side side : {Side::bid, Side::ask}) {
        quotes_.push_back(make(side, level));
        update.added.push_back(quotes_.back());
      }
    }
    return update;
  }

  market::DepthUpdate change() {
    market::DepthUpdate update;
    const std::size_t count = 1 + random_() % 3;
    for (std::size_t i = 0; i < count; ++i) {
      const auto level = std::min(random_() % levels, random_() % levels);
      const std::size_t at = 2 * level + random_() % 2;
      Quote& quote = quotes_[at];
      // A quote of this very update stays where it is: an id in both lists would stay for good.
      if (std::find(update.added.begin(), update.added.end(), quote) != update.added.end()) {
        continue;
      }
      update.removed.push_back(quote.id);
      quote = make(quote.side, static_cast<std::int64_t>(level));
      update.added.push_back(quote);
    }
    return update;
  }

 private:
  Quote make(Side side, std::int64_t level) {
    const std::int64_t price = side == Side::bid ? 110'000 - 10 * level : 110'010 + 10 * level;
    return {++next_id_, side, Price{price},
            Size{static_cast<std::int64_t>(1 + random_() % 50) * 1'000'000}};
  }

  std::mt19937 random_{42};
  std::vector<Quote> quotes_;
  QuoteId next_id_ = 0;
};

double us(std::chrono::steady_clock::duration span) {
  return std::chrono::duration<double, std::micro>(span).count();
}

double quantile(std::vector<double> values, double q) {
  const auto at =
      values.begin() + static_cast<std::ptrdiff_t>(q * static_cast<double>(values.size()));
  std::nth_element(values.begin(), at, values.end());
  return *at;
}

void print(const char* name, double value, double reference) {
  std::printf(
      "{\"name\": \"%s\", \"value\": %.3f, \"unit\": \"us\", \"reference\": %.3f, \"ratio\": "
      "%.3f}\n",
      name, value, reference, value / reference);
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view wanted = argc > 1 ? argv[1] : "";
  if (!std::string_view("signals.step_p").starts_with(wanted.substr(0, 14))) return 0;
  Ladder ladder;
  std::vector<market::DepthUpdate> updates{ladder.build()};
  while (updates.size() < events + warm_up) updates.push_back(ladder.change());

  market::Book book;
  std::vector<double> plain;
  plain.reserve(updates.size());
  for (const auto& update : updates) {
    const auto begin = std::chrono::steady_clock::now();
    const auto applied = book.apply(update);
    const auto end = std::chrono::steady_clock::now();
    if (applied) plain.push_back(us(end - begin));
  }

  analyzer::AnalyzerStage stage;
  std::vector<analyzer::Output> outputs;
  std::vector<double> steps;
  steps.reserve(events);
  Ns t = 1'700'000'000 * analyzer::ns_per_second;
  std::uint64_t offset = 0;
  for (std::size_t i = 0; i < updates.size(); ++i) {
    t += 5 * analyzer::ns_per_ms;
    const auto wobble = static_cast<std::int64_t>(i / 10 % 3);
    const market::Spot spot{.bid = Price{110'000 - wobble}, .ask = Price{110'010}};
    if (i % 10 == 0) stage.step({1, ++offset, t, "EURUSD", &spot}, outputs);
    outputs.clear();
    const auto begin = std::chrono::steady_clock::now();
    stage.step({1, ++offset, t, "EURUSD", &updates[i]}, outputs);
    const auto end = std::chrono::steady_clock::now();
    if (i >= warm_up) steps.push_back(us(end - begin));
  }

  print("signals.step_p50_us", quantile(steps, 0.5), quantile(plain, 0.5));
  print("signals.step_p99_us", quantile(steps, 0.99), quantile(plain, 0.99));
  return 0;
}
