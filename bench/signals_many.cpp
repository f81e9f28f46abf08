// What many symbols cost the analyzer: depth events of 100 of them on one core, the memory of each,
// and the correlation of 50. The references are the books alone, and the same spots without the
// matrix.
#include "bench/signals_ladder.hpp"
#include "services/analyzer/core/engine/analyzer_stage.hpp"

#include <unistd.h>

#include <cstdio>
#include <ctime>
#include <fstream>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace depthwire;
using analyzer::Ns;
using market::Price;

constexpr Ns start = 1'700'000'000 * analyzer::ns_per_second;

double cpu_seconds() {
  timespec now{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

double resident_kib() {
  std::ifstream file("/proc/self/statm");
  long size = 0;
  long resident = 0;
  file >> size >> resident;
  return static_cast<double>(resident) * static_cast<double>(::sysconf(_SC_PAGESIZE)) / 1024.0;
}

void print(const char* name, double value, const char* unit, double reference) {
  std::printf(
      "{\"name\": \"%s\", \"value\": %.3f, \"unit\": \"%s\", \"reference\": %.3f, \"ratio\": "
      "%.3f}\n",
      name, value, unit, reference, value / reference);
}

std::vector<std::string> names(std::size_t count) {
  std::vector<std::string> all;
  all.reserve(count);
  for (std::size_t i = 0; i < count; ++i) all.push_back("SYMBOL" + std::to_string(1'000 + i));
  return all;
}

/// 100 symbols of 20 levels a side, 5 depth events and a spot of each in a second of the market.
void rate_and_memory() {
  constexpr std::size_t symbols = 100;
  constexpr std::size_t rounds = 2'000;
  const auto all = names(symbols);
  std::vector<std::vector<market::DepthUpdate>> updates(symbols);
  for (std::size_t s = 0; s < symbols; ++s) {
    bench::Ladder ladder(static_cast<std::uint32_t>(s));
    updates[s].push_back(ladder.build());
    while (updates[s].size() < rounds) updates[s].push_back(ladder.change());
  }
  const double before = resident_kib();
  std::vector<market::Book> books(symbols);
  const double books_begin = cpu_seconds();
  std::size_t refused = 0;
  for (std::size_t round = 0; round < rounds; ++round) {
    for (std::size_t s = 0; s < symbols; ++s) refused += !books[s].apply(updates[s][round]);
  }
  const double books_cpu = cpu_seconds() - books_begin;
  const double books_kib = resident_kib() - before;

  analyzer::AnalyzerStage stage;
  std::vector<analyzer::Output> outputs;
  std::uint64_t offset = 0;
  const double begin = cpu_seconds();
  for (std::size_t round = 0; round < rounds; ++round) {
    const Ns t = start + static_cast<Ns>(round) * analyzer::ns_per_second / 5;
    for (std::size_t s = 0; s < symbols; ++s) {
      outputs.clear();
      const auto wobble = static_cast<std::int64_t>((round / 5 + s) % 3);
      const market::Spot spot{.bid = Price{110'000 - wobble}, .ask = Price{110'010}};
      if (round % 5 == 0) stage.step({1, ++offset, t, all[s], &spot}, outputs);
      stage.step({1, ++offset, t, all[s], &updates[s][round]}, outputs);
    }
  }
  const double cpu = cpu_seconds() - begin;
  const auto events = static_cast<double>(symbols * rounds);
  if (refused != 0) std::fprintf(stderr, "%zu events were refused\n", refused);
  print("signals.rate_100_symbols", events / cpu, "events/s", events / books_cpu);
  print("signals.kib_per_symbol", (resident_kib() - before - books_kib) / symbols, "KiB",
        std::max(1.0, books_kib / symbols));
}

/// 20 minutes of 50 symbols, four spots a second of each; the share of a core that they take.
double spots_percent(Ns interval) {
  constexpr std::size_t symbols = 50;
  constexpr int quarters = 20 * 60 * 4;
  const auto all = names(symbols);
  std::vector<std::int64_t> mids(symbols, 110'000);
  std::mt19937 random(9);
  analyzer::Params params;
  params.correlation_interval = interval;
  analyzer::AnalyzerStage stage(params);
  std::vector<analyzer::Output> outputs;
  std::uint64_t offset = 0;
  const double begin = cpu_seconds();
  for (int quarter = 0; quarter < quarters; ++quarter) {
    for (std::size_t s = 0; s < symbols; ++s) {
      outputs.clear();
      mids[s] += static_cast<std::int64_t>(random() % 11) - 5;
      const market::Spot spot{.bid = Price{mids[s]}, .ask = Price{mids[s] + 10}};
      const Ns t = start + quarter * analyzer::ns_per_second / 4 + static_cast<Ns>(s) * 1'000'000;
      stage.step({1, ++offset, t, all[s], &spot}, outputs);
    }
  }
  return 100.0 * (cpu_seconds() - begin) / (quarters / 4.0);
}

bool is_wanted(std::string_view name, std::string_view prefix) { return name.starts_with(prefix); }

}  // namespace

int main(int argc, char** argv) {
  const std::string_view wanted = argc > 1 ? argv[1] : "";
  if (is_wanted("signals.rate_100_symbols", wanted) ||
      is_wanted("signals.kib_per_symbol", wanted)) {
    rate_and_memory();
  }
  if (is_wanted("signals.correlation_cpu_percent", wanted)) {
    const double alone = spots_percent(0);
    const double with = spots_percent(5 * analyzer::ns_per_second);
    print("signals.correlation_cpu_percent", with - alone, "% of a core", alone);
  }
  return 0;
}
