#pragma once

#include "common/market/book.hpp"

#include <optional>
#include <vector>

namespace depthwire::analyzer {

/// A part of a quote that is there no more, or a quote that is new.
struct QuotePart {
  market::QuoteId id = 0;
  market::Side side = market::Side::bid;
  market::Price price;
  market::Size size;

  template <class Archive>
  void serialize(Archive& archive) {
    archive(id, side, price, size);
  }
};

/// What one depth event did to a book. Kept and filled again for every event.
struct BookChange {
  std::optional<market::Level> bid_before;
  std::optional<market::Level> ask_before;
  std::optional<market::Level> bid_after;
  std::optional<market::Level> ask_after;
  /// Deleted ids, and what the same id at the same price lost. An id whose price changed was
  /// re-priced: it is in `moved` alone.
  std::vector<QuotePart> removals;
  std::vector<QuotePart> additions;  ///< ids that were not in the book
  std::vector<QuotePart> moved;      ///< ids whose price changed, as they are now
  bool rebuild = false;              ///< the book was empty before
  std::uint32_t unknown_removals = 0;

  [[nodiscard]] const std::optional<market::Level>& before(market::Side side) const {
    return side == market::Side::bid ? bid_before : ask_before;
  }
  [[nodiscard]] const std::optional<market::Level>& after(market::Side side) const {
    return side == market::Side::bid ? bid_after : ask_after;
  }
};

/// Applies `update` to `book` and says in `change` what it did. False when the book refused it;
/// the book is then as it was.
[[nodiscard]] bool apply_and_compare(market::Book& book, const market::DepthUpdate& update,
                                     BookChange& change);

}  // namespace depthwire::analyzer
