#pragma once

#include <chrono>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace depthwire::streaming {

/// Who wants which symbol until when. A symbol is wanted while one of its leases runs.
class Leases {
 public:
  using Time = std::chrono::steady_clock::time_point;

  /// Begins or extends the lease of `holder`; one that ends at or before `now` is given back.
  void grant(const std::string& symbol, const std::string& holder, Time end, Time now) {
    auto& holders = ends_[symbol];
    holders[holder] = end;
    expire(now);
  }

  /// Drops what has ended.
  void expire(Time now) {
    for (auto& [symbol, holders] : ends_) {
      std::erase_if(holders, [now](const auto& lease) { return lease.second <= now; });
    }
    std::erase_if(ends_, [](const auto& symbol) { return symbol.second.empty(); });
  }

  /// The symbols with a lease, in alphabetical order.
  [[nodiscard]] std::vector<std::string> symbols() const {
    std::vector<std::string> names;
    names.reserve(ends_.size());
    for (const auto& [symbol, holders] : ends_) names.push_back(symbol);
    return names;
  }

 private:
  std::map<std::string, std::map<std::string, Time>> ends_;  // by symbol and holder
};

}  // namespace depthwire::streaming
