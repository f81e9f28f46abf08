#pragma once

#include "common/market/types.hpp"

#include <algorithm>
#include <cstdint>
#include <random>
#include <vector>

namespace depthwire::bench {

inline constexpr std::int64_t ladder_levels = 20;

/// A ladder whose quotes are replaced, most often near the touch.
class Ladder {
 public:
  explicit Ladder(std::uint32_t seed) : random_(seed) {}

  market::DepthUpdate build() {
    market::DepthUpdate update{.kind = market::DepthKind::reset};
    for (std::int64_t level = 0; level < ladder_levels; ++level) {
      for (const market::Side side : {market::Side::bid, market::Side::ask}) {
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
      const auto level = std::min(random_() % ladder_levels, random_() % ladder_levels);
      const std::size_t at = 2 * level + random_() % 2;
      market::Quote& quote = quotes_[at];
      const auto is_new = [&](const market::Quote& added) { return added.id == quote.id; };
      if (std::any_of(update.added.begin(), update.added.end(), is_new)) continue;
      update.removed.push_back(quote.id);
      quote = make(quote.side, static_cast<std::int64_t>(level));
      update.added.push_back(quote);
    }
    return update;
  }

 private:
  market::Quote make(market::Side side, std::int64_t level) {
    const std::int64_t price =
        side == market::Side::bid ? 110'000 - 10 * level : 110'010 + 10 * level;
    return {++next_id_, side, market::Price{price},
            market::Size{static_cast<std::int64_t>(1 + random_() % 50) * 1'000'000}};
  }

  std::mt19937 random_;
  std::vector<market::Quote> quotes_;
  market::QuoteId next_id_ = 0;
};

}  // namespace depthwire::bench
