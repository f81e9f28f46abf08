#include "services/analyzer/core/measured/correlations.hpp"

#include <algorithm>
#include <cmath>

namespace depthwire::analyzer {
Correlations::Symbol& Correlations::symbol(std::string_view name) {
  const auto found = symbols_.find(name);
  return found != symbols_.end() ? found->second : symbols_[std::string(name)];
}

void Correlations::spot(std::string_view name, Ns t, std::optional<std::int64_t> mid_half_points,
                        Ns gap) {
  Symbol& one = symbol(name);
  auto& path = one.path;
  if (!mid_half_points || t - one.last > gap) path.clear();
  one.last = t;
  if (!mid_half_points || *mid_half_points <= 0) return;
  const double value = std::log(static_cast<double>(*mid_half_points));
  if (!path.empty() && path.back().value == value) return;
  if (!path.empty() && path.back().t == t) {
    path.back().value = value;  // an interval has a length
    return;
  }
  if (path.size() == params_.capacity) {
    // Half at once, so that each costs little.
    path.erase(path.begin(), path.begin() + static_cast<std::ptrdiff_t>(params_.capacity / 2));
  }
  path.push_back({t, value});
}

void Correlations::bar(std::string_view name, Ns open_time, std::int64_t close_points) {
  if (close_points <= 0) return;
  auto& closes = symbol(name).closes;
  if (closes.size() == params_.bars) closes.erase(closes.begin());
  closes.push_back({open_time, std::log(static_cast<double>(close_points))});
}

void Correlations::clear() {
  for (auto& [name, one] : symbols_) one.path.clear();
}

std::span<const TimedValue> Correlations::recent(const Symbol& one, Ns t) const {
  const std::span<const TimedValue> path = one.path;
  const auto inside = std::find_if(path.begin(), path.end(), [&](const TimedValue& value) {
    return value.t > t - params_.window;
  });
  const auto first = static_cast<std::size_t>(inside - path.begin());
  return path.subspan(first > 0 ? first - 1 : 0);
}

/// Returns of the minutes that both have, and the minute before them.
void Correlations::by_bars(const Symbol& a, const Symbol& b, CorrelationPair& pair) const {
  std::vector<double> x;
  std::vector<double> y;
  x.reserve(a.closes.size());
  y.reserve(a.closes.size());
  std::size_t j = 1;
  for (std::size_t i = 1; i < a.closes.size(); ++i) {
    const Ns open = a.closes[i].open_time;
    while (j < b.closes.size() && b.closes[j].open_time < open) ++j;
    if (j >= b.closes.size()) break;
    const bool both = b.closes[j].open_time == open &&
                      a.closes[i - 1].open_time == open - ns_per_minute &&
                      b.closes[j - 1].open_time == open - ns_per_minute;
    if (!both) continue;
    x.push_back(a.closes[i].value - a.closes[i - 1].value);
    y.push_back(b.closes[j].value - b.closes[j - 1].value);
  }
  pair.bars = x.size();
  if (x.size() + 1 >= params_.bars) pair.by_bars = correlation(x, y);
}

std::optional<CorrelationMatrix> Correlations::matrix(Ns t) const {
  CorrelationMatrix result{.t = t, .window = params_.window};
  struct Recent {
    std::string_view name;
    const Symbol* symbol;
    std::span<const TimedValue> path;
    std::size_t index;
  };
  std::vector<Recent> all;
  all.reserve(symbols_.size());
  for (const auto& [name, one] : symbols_) {
    all.push_back({name, &one, recent(one, t), all.size()});
    result.symbols.emplace_back(name);
  }
  bool any = false;
  result.pairs.reserve(all.size() * (all.size() - (all.empty() ? 0 : 1)) / 2);
  for (const Recent& a : all) {
    for (std::size_t j = a.index + 1; j < all.size(); ++j) {
      const Recent& b = all[j];
      auto& pair = result.pairs.emplace_back(CorrelationPair{.a = a.index, .b = j});
      pair.n = std::min(a.path.size(), b.path.size());
      if (pair.n >= params_.minimum) {
        if (const auto found = hayashi_yoshida(a.path, b.path)) {
          pair.by_ticks = found->correlation;
          pair.clamped = found->clamped;
        }
      }
      by_bars(*a.symbol, *b.symbol, pair);
      any = any || pair.by_ticks || pair.by_bars;
    }
  }
  if (!any) return std::nullopt;
  make_consistent(result.pairs);
  return result;
}

/// The symbols of which every pair is known form a matrix; it has to be one that prices can have.
void Correlations::make_consistent(std::vector<CorrelationPair>& pairs) {
  std::vector<std::size_t> members;
  for (const CorrelationPair& pair : pairs) {
    if (!pair.by_ticks) continue;
    members.push_back(pair.a);
    members.push_back(pair.b);
  }
  std::sort(members.begin(), members.end());
  members.erase(std::unique(members.begin(), members.end()), members.end());
  const std::size_t n = members.size();
  const auto place = [&](std::size_t symbol) {
    const auto found = std::lower_bound(members.begin(), members.end(), symbol);
    return static_cast<std::size_t>(found - members.begin());
  };
  // One that does not move has no pair, and with it no row; a pair that is missing counts as 0.
  std::vector<double> matrix(n * n, 0.0);
  for (std::size_t i = 0; i < n; ++i) matrix[i * n + i] = 1;
  for (const CorrelationPair& pair : pairs) {
    if (!pair.by_ticks) continue;
    const std::size_t i = place(pair.a);
    const std::size_t j = place(pair.b);
    matrix[i * n + j] = matrix[j * n + i] = *pair.by_ticks;
  }
  if (!make_semidefinite(matrix, n)) return;
  for (CorrelationPair& pair : pairs) {
    if (pair.by_ticks) pair.by_ticks = matrix[place(pair.a) * n + place(pair.b)];
  }
}

}  // namespace depthwire::analyzer
