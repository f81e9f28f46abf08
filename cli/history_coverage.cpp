#include "cli/commands.hpp"
#include "cli/day_coverage.hpp"
#include "cli/history_progress.hpp"
#include "cli/place.hpp"
#include "cli/settings.hpp"
#include "common/config/nearest.hpp"

#include <nlohmann/json.hpp>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <map>
#include <utility>

namespace depthwire::cli {
namespace {

using nlohmann::ordered_json;

/// By symbol and series: "m1", "ticks".
using AllCoverage = std::map<std::pair<std::string, std::string>, DayCoverage>;

// A bar that is there from several origins counts once.
constexpr const char* days_sql = R"(
SELECT symbol, period, (time AT TIME ZONE 'UTC')::date - DATE '1970-01-01', count(DISTINCT time)
FROM market_data_candles WHERE $1 IN ('', symbol) GROUP BY 1, 2, 3
UNION ALL
SELECT symbol, 'ticks', (time AT TIME ZONE 'UTC')::date - DATE '1970-01-01', count(*)
FROM ticks WHERE $1 IN ('', symbol) GROUP BY 1, 3
ORDER BY 1, 2, 3)";

AllCoverage read_coverage(postgres::Connection& connection, const std::string& symbol) {
  const auto rows = connection.execute(days_sql, {symbol});
  std::map<std::pair<std::string, std::string>, std::vector<DayRows>> days;
  for (int i = 0; i < rows.rows(); ++i) {
    days[{std::string(rows.text(i, 0)), std::string(rows.text(i, 1))}].push_back(
        {std::chrono::sys_days(std::chrono::days(rows.number(i, 2))), rows.number(i, 3)});
  }
  AllCoverage all;
  for (const auto& [series, of] : days) all.emplace(series, DayCoverage(of));
  return all;
}

void check_symbol(postgres::Connection& connection, const std::string& symbol) {
  std::vector<std::string> known;
  const auto rows = connection.execute("SELECT DISTINCT symbol FROM symbols ORDER BY 1");
  known.reserve(static_cast<std::size_t>(rows.rows()));
  for (int i = 0; i < rows.rows(); ++i) known.emplace_back(rows.text(i, 0));
  if (std::ranges::find(known, symbol) != known.end()) return;
  const auto near = config::nearest(symbol, known);
  throw service::ExitError(
      service::exit_code::usage,
      "--symbol: nothing is known of " + symbol + (near ? "; did you mean " + *near + "?" : ""));
}

ordered_json json_of(const std::vector<Days>& stretches) {
  auto list = ordered_json::array();
  for (const auto& days : stretches) {
    list.push_back({{"first", date_text(days.first)}, {"last", date_text(days.last)}});
  }
  return list;
}

void print_json(const AllCoverage& all, const std::string& database) {
  auto series = ordered_json::array();
  for (const auto& [name, coverage] : all) {
    series.push_back({{"symbol", name.first},
                      {"series", name.second},
                      {"rows", coverage.rows()},
                      {"first", date_text(coverage.stored().first)},
                      {"last", date_text(coverage.stored().last)},
                      {"missing", json_of(coverage.missing())},
                      {"partial", json_of(coverage.partial())}});
  }
  std::printf("%s\n", ordered_json{{"database", database}, {"series", series}}.dump(2).c_str());
}

/// `everything`: months of every series, not only of those that all others can be made of.
void print_table(const AllCoverage& all, bool everything) {
  const bool color = ::isatty(STDOUT_FILENO) == 1;
  std::printf("%-12s %-6s %14s  %-10s  %-10s %8s %8s\n", "symbol", "series", "rows", "first day",
              "last day", "missing", "partial");
  for (const auto& [name, coverage] : all) {
    std::printf("%-12s %-6s %14s  %s  %s %8lld %8lld\n", name.first.c_str(), name.second.c_str(),
                with_commas(static_cast<std::uint64_t>(coverage.rows())).c_str(),
                date_text(coverage.stored().first).c_str(),
                date_text(coverage.stored().last).c_str(),
                static_cast<long long>(coverage.count(DayState::missing)),
                static_cast<long long>(coverage.count(DayState::partial)));
    if (everything || name.second == "m1" || name.second == "ticks") {
      std::printf("%s", month_picture(coverage, color).c_str());
    }
  }
  std::printf("\nA sign a day: █ whole  ▒ partial  × missing  · closed\n");
}

}  // namespace

int history_coverage(const Common& common, const CoverageOptions& options) {
  const Place place = find_place(common.root, common.config);
  AllSettings settings;
  settings.load(place.config);
  const auto& config = settings.persister.database;
  postgres::Connection connection(config.settings(settings.environment(), config.reader, "cli"));
  if (!options.symbol.empty()) check_symbol(connection, options.symbol);
  const auto all = read_coverage(connection, options.symbol);
  if (options.json) {
    print_json(all, config.database(settings.environment()));
  } else if (all.empty()) {
    std::printf("nothing is stored yet; `depthwire backfill` fetches bars and ticks\n");
  } else {
    print_table(all, !options.symbol.empty());
  }
  return service::exit_code::ok;
}

}  // namespace depthwire::cli
