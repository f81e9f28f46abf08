#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

// Values have a `serialize` member for snapshots of a stage's state (common/state).

namespace depthwire::market {

/// A price in points, 1e-5 of a price unit.
struct Price {
  std::int64_t points = 0;
  auto operator<=>(const Price&) const = default;
  template <class Archive>
  void serialize(Archive& archive) {
    archive(points);
  }
};

/// A size in cents, 1/100 of a base unit.
struct Size {
  std::int64_t cents = 0;
  auto operator<=>(const Size&) const = default;
  template <class Archive>
  void serialize(Archive& archive) {
    archive(cents);
  }
};

inline constexpr double points_per_unit = 100'000.0;
inline constexpr double cents_per_unit = 100.0;

enum class Side : std::uint8_t { bid, ask };

[[nodiscard]] constexpr Side opposite(Side side) {
  return side == Side::bid ? Side::ask : Side::bid;
}
[[nodiscard]] constexpr std::string_view to_string(Side side) {
  return side == Side::bid ? "bid" : "ask";
}

using QuoteId = std::uint64_t;

/// One provider quote: as cTrader streams it, an id that rests at a price with a size.
struct Quote {
  QuoteId id = 0;
  Side side = Side::bid;
  Price price;
  Size size;
  bool operator==(const Quote&) const = default;
  template <class Archive>
  void serialize(Archive& archive) {
    archive(id, side, price, size);
  }
};

/// All that rests at one price of one side.
struct Level {
  Price price;
  Size size;
  bool operator==(const Level&) const = default;
  template <class Archive>
  void serialize(Archive& archive) {
    archive(price, size);
  }
};

enum class DepthKind : std::uint8_t {
  change,    ///< apply `removed`, then `added`
  reset,     ///< the book is empty from here on
  keyframe,  ///< the whole book in `added`; only a reader that has no book applies it
};

/// One change of a symbol's depth. Its parts take effect together: first `removed`, then `added`.
struct DepthUpdate {
  DepthKind kind = DepthKind::change;
  std::vector<QuoteId> removed;  ///< ids that the book does not know are counted, not refused
  std::vector<Quote> added;      ///< an id that is in the book already replaces that quote
  bool operator==(const DepthUpdate&) const = default;
  template <class Archive>
  void serialize(Archive& archive) {
    archive(kind, removed, added);
  }
};

/// The live best prices as the server sends them: an absent side did not change.
struct Spot {
  std::optional<Price> bid;
  std::optional<Price> ask;
  std::optional<Price> session_close;  ///< only in the first event after a subscription
  bool operator==(const Spot&) const = default;
  template <class Archive>
  void serialize(Archive& archive) {
    archive(bid, ask, session_close);
  }
};

}  // namespace depthwire::market
