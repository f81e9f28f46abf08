#pragma once

#include "common/market/types.hpp"

#include <tl/expected.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace depthwire::market {

/// What an accepted update did beside changing quotes.
struct Applied {
  std::uint32_t unknown_removals = 0;  ///< ids in `removed` that were not in the book
};

/// Why an update was refused.
enum class BookError : std::uint8_t { nonpositive_price, nonpositive_size };

[[nodiscard]] std::string_view to_string(BookError error);

/// The order book of one symbol, rebuilt from a provider's depth updates. Not thread-safe.
/// A crossed book is kept as sent. Source: cTrader Open API, ProtoOADepthEvent.
///
/// Levels lie in arrays sorted by price with the touch at the back, so that the busy end moves
/// least; quotes lie in one flat array searched by id, which at the 5 to 100 quotes a side of a
/// retail feed beats a hash table. Only a book that has once been deeper gets one.
class Book {
 public:
  /// Applies a change or a reset whole, or changes nothing and says why. A keyframe replaces the
  /// book when it is empty and is passed over otherwise.
  [[nodiscard]] tl::expected<Applied, BookError> apply(const DepthUpdate& update);

  void clear();

  [[nodiscard]] bool empty() const { return quotes_.empty(); }
  /// All levels of `side`, the touch LAST. Valid until the next change.
  [[nodiscard]] std::span<const Level> levels_to_touch(Side side) const;
  /// The levels of `side` from the touch outwards, at most `depth` of them.
  [[nodiscard]] std::vector<Level> levels(Side side, std::size_t depth) const;
  [[nodiscard]] std::optional<Level> touch(Side side) const;
  /// The quote of `id`, or nullptr. Valid until the next change.
  [[nodiscard]] const Quote* find(QuoteId id) const;
  /// Every quote, in no particular but a deterministic order. Valid until the next change.
  [[nodiscard]] std::span<const Quote> quotes() const { return quotes_; }
  /// Best bid plus best ask: the mid in half points. Empty while a side is.
  [[nodiscard]] std::optional<std::int64_t> mid_half_points() const;

  /// The state, for snapshots.
  template <class Archive>
  void serialize(Archive& archive) {
    archive(quotes_, deep_, bids_, asks_);
    if constexpr (Archive::is_loading::value) index();
  }

 private:
  using Levels = std::vector<Level>;

  void insert(const Quote& quote);
  bool remove(QuoteId id);
  void index();
  void add_to_level(Side side, Price price, std::int64_t cents);

  Levels& side_levels(Side side) { return side == Side::bid ? bids_ : asks_; }

  static constexpr std::size_t indexed_from = 256;  // quotes

  [[nodiscard]] std::optional<std::size_t> place_of(QuoteId id) const;

  std::vector<Quote> quotes_;
  std::unordered_map<QuoteId, std::size_t> places_;  // of a deep book; else empty
  bool deep_ = false;
  Levels bids_;  // ascending price: best at the back
  Levels asks_;  // descending price: best at the back
};

}  // namespace depthwire::market
