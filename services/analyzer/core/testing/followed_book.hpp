#pragma once

#include "services/analyzer/core/book/known_books.hpp"
#include "services/analyzer/core/inferred/removals.hpp"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

namespace depthwire::analyzer::testing {

/// A book, and what vanishes from it, as the engine follows them. One tick is one point.
struct FollowedBook {
  void apply(Ns ms, std::vector<market::QuoteId> removed, std::vector<market::Quote> added) {
    const market::DepthUpdate update{market::DepthKind::change, std::move(removed),
                                     std::move(added)};
    ASSERT_TRUE(apply_and_compare(book, update, change));
    touch.step(ms * ns_per_ms, ++offset, change, 1);
    removals.step(ms * ns_per_ms, change, touch, 1);
  }

  market::Book book;
  BookChange change;
  TouchRemoval touch;
  Removals removals;
  std::uint64_t offset = 0;
};

}  // namespace depthwire::analyzer::testing
