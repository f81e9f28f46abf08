// What one depth event costs the analyzer with all signals on: 20 levels a side, 1-3 changed quotes
// an event, 200 events a second, a spot with every tenth. The reference is the book alone, which
// nobody who wants signals can do without.
#include "bench/signals_ladder.hpp"
#include "services/analyzer/core/engine/analyzer_stage.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <string_view>
#include <vector>

namespace {

using namespace depthwire;
using analyzer::Ns;
using market::Price;

constexpr std::size_t events = 200'000;
constexpr std::size_t warm_up = 40'000;

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
  bench::Ladder ladder(42);
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
