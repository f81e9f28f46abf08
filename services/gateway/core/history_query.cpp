#include "services/gateway/core/history_query.hpp"

#include "services/gateway/core/json.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <map>
#include <optional>

namespace depthwire::gateway {
namespace {

constexpr std::int64_t ms_per_minute = 60'000;
/// The last time that nanoseconds since 1970 can tell.
constexpr std::int64_t latest_ms = 9'223'372'036'854;

std::optional<std::string> decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i] == '+' ? ' ' : text[i];
      continue;
    }
    unsigned byte = 0;
    const auto* const begin = text.data() + i + 1;
    if (i + 2 >= text.size()) return std::nullopt;
    if (std::from_chars(begin, begin + 2, byte, 16).ptr != begin + 2) return std::nullopt;
    out += static_cast<char>(byte);
    i += 2;
  }
  return out;
}

std::map<std::string, std::string> parameters(std::string_view text) {
  std::map<std::string, std::string> found;
  while (!text.empty()) {
    const auto pair = text.substr(0, text.find('&'));
    text.remove_prefix(std::min(text.size(), pair.size() + 1));
    const auto equals = std::min(pair.find('='), pair.size());
    auto name = decoded(pair.substr(0, equals));
    auto value = decoded(pair.substr(std::min(equals + 1, pair.size())));
    if (name && value) found[*name] = *value;
  }
  return found;
}

std::optional<std::int64_t> time_of(const std::string& text) {
  std::int64_t ms = 0;
  const auto* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, ms);
  if (text.empty() || error != std::errc{} || rest != end || ms < 0 || ms > latest_ms) {
    return std::nullopt;
  }
  return ms;
}

bus::Period period_of(std::string name) {
  std::ranges::transform(name, name.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  bus::Period period = bus::period_unknown;
  return bus::Period_Parse(name, &period) && period >= bus::m1 ? period : bus::period_unknown;
}

/// How many minutes a bar lasts at least.
std::int64_t minutes_of(bus::Period period) {
  switch (period) {
    case bus::m1: return 1;
    case bus::m2: return 2;
    case bus::m3: return 3;
    case bus::m4: return 4;
    case bus::m5: return 5;
    case bus::m10: return 10;
    case bus::m15: return 15;
    case bus::m30: return 30;
    case bus::h1: return 60;
    case bus::h4: return 180;
    case bus::h12: return 660;
    default: return 1'380;
  }
}

}  // namespace

tl::expected<HistoryQuery, std::string> parse_history_query(std::string_view text) {
  auto given = parameters(text);
  HistoryQuery query;
  query.symbol = given["symbol"];
  if (query.symbol.empty()) return tl::unexpected(std::string("symbol: name one, such as EURUSD"));
  query.period = period_of(given["period"]);
  if (query.period == bus::period_unknown) {
    return tl::unexpected(
        "period: expected M1 to M5, M10, M15, M30, H1, H4, H12, D1, W1 or MN1, "
        "got \"" +
        given["period"] + "\"");
  }
  for (const auto* name : {"from", "to"}) {
    const auto time = time_of(given[name]);
    if (!time) {
      return tl::unexpected(std::string(name) + ": expected milliseconds since 1970, got \"" +
                            given[name] + "\"");
    }
    (name[0] == 'f' ? query.from_ms : query.to_ms) = *time;
  }
  if (query.to_ms < query.from_ms) return tl::unexpected(std::string("to lies before from"));
  if ((query.to_ms - query.from_ms) / (minutes_of(query.period) * ms_per_minute) >= most_bars) {
    return tl::unexpected("from and to: at most " + std::to_string(most_bars) +
                          " bars in one request; ask for less at a time");
  }
  return query;
}

std::string history_json(const HistoryQuery& query, const std::vector<HistoryBar>& bars,
                         std::string_view incomplete) {
  std::string out = R"({"symbol":)";
  json::append_string(out, query.symbol);
  json::append_key(out, "period");
  json::append_string(out, bus::Period_Name(query.period));
  json::append_key(out, "complete");
  out += incomplete.empty() ? "true" : "false";
  if (!incomplete.empty()) {
    json::append_key(out, "reason");
    json::append_string(out, incomplete);
  }
  json::append_key(out, "bars");
  out += '[';
  for (const auto& bar : bars) {
    if (out.back() != '[') out += ',';
    out += R"({"time":)";
    json::append_integer(out, bar.open_time_ms);
    out += ",\"open\":" + bar.open + ",\"high\":" + bar.high + ",\"low\":" + bar.low +
           ",\"close\":" + bar.close;
    json::append_key(out, "ticks");
    json::append_integer(out, bar.tick_count);
    json::append_key(out, "origin");
    json::append_string(out, bar.origin);
    out += '}';
  }
  return out + "]}";
}

HistoryAnswer history_error(int status, std::string_view why) {
  std::string body = R"({"error":)";
  json::append_string(body, why);
  return {status, body + "}"};
}

}  // namespace depthwire::gateway
