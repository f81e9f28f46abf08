#pragma once

#include "common/market/book.hpp"

#include <vector>

namespace depthwire::analyzer::testing {

inline market::Quote bid(market::QuoteId id, std::int64_t price, std::int64_t size) {
  return {id, market::Side::bid, market::Price{price}, market::Size{size}};
}
inline market::Quote ask(market::QuoteId id, std::int64_t price, std::int64_t size) {
  return {id, market::Side::ask, market::Price{price}, market::Size{size}};
}

/// BOOK of signals.md section 3, one tick = one pip = one point: bids 100x5, 99x3, 98x2; asks
/// 101x2, 102x3, 103x5; M = 100.5.
inline market::Book reference_book() {
  market::Book book;
  const auto applied = book.apply({market::DepthKind::change,
                                   {},
                                   {bid(1, 100, 5), bid(2, 99, 3), bid(3, 98, 2), ask(4, 101, 2),
                                    ask(5, 102, 3), ask(6, 103, 5)}});
  static_cast<void>(applied);
  return book;
}

inline constexpr double tolerance = 1e-6;

}  // namespace depthwire::analyzer::testing
