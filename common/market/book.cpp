#include "common/market/book.hpp"

#include <algorithm>
#include <cassert>

namespace depthwire::market {

std::string_view to_string(BookError error) {
  switch (error) {
    case BookError::nonpositive_price: return "a quote with a price of zero or less";
    case BookError::nonpositive_size: return "a quote with a size of zero or less";
  }
  return "unknown";
}

tl::expected<Applied, BookError> Book::apply(const DepthUpdate& update) {
  for (const Quote& quote : update.added) {
    if (quote.price.points <= 0) return tl::unexpected(BookError::nonpositive_price);
    if (quote.size.cents <= 0) return tl::unexpected(BookError::nonpositive_size);
  }
  if (update.kind == DepthKind::keyframe && !empty()) return Applied{};
  if (update.kind == DepthKind::reset) clear();

  Applied applied;
  for (const QuoteId id : update.removed) {
    if (!remove(id)) ++applied.unknown_removals;
  }
  for (const Quote& quote : update.added) insert(quote);
  return applied;
}

void Book::clear() {
  quotes_.clear();
  bids_.clear();
  asks_.clear();
}

std::span<const Level> Book::levels_to_touch(Side side) const {
  return side == Side::bid ? bids_ : asks_;
}

std::vector<Level> Book::levels(Side side, std::size_t depth) const {
  const auto all = levels_to_touch(side);
  const auto count = std::min(depth, all.size());
  return {all.rbegin(), all.rbegin() + static_cast<std::ptrdiff_t>(count)};
}

std::optional<Level> Book::touch(Side side) const {
  const auto all = levels_to_touch(side);
  if (all.empty()) return std::nullopt;
  return all.back();
}

const Quote* Book::find(QuoteId id) const {
  // The newest quotes are the ones most often re-priced, and they lie at the back.
  for (std::size_t i = quotes_.size(); i > 0; --i) {
    if (quotes_[i - 1].id == id) return &quotes_[i - 1];
  }
  return nullptr;
}

std::optional<std::int64_t> Book::mid_half_points() const {
  if (bids_.empty() || asks_.empty()) return std::nullopt;
  return bids_.back().price.points + asks_.back().price.points;
}

void Book::insert(const Quote& quote) {
  remove(quote.id);
  quotes_.push_back(quote);
  add_to_level(quote.side, quote.price, quote.size.cents);
}

bool Book::remove(QuoteId id) {
  const Quote* found = find(id);
  if (found == nullptr) return false;
  add_to_level(found->side, found->price, -found->size.cents);
  quotes_.erase(quotes_.begin() + (found - quotes_.data()));
  return true;
}

void Book::add_to_level(Side side, Price price, std::int64_t cents) {
  Levels& levels = side_levels(side);
  // Walk from the touch: changes cluster there.
  auto at = levels.end();
  const auto better = [side](Price a, Price b) { return side == Side::bid ? a > b : a < b; };
  while (at != levels.begin() && better(std::prev(at)->price, price)) --at;
  if (at != levels.begin() && std::prev(at)->price == price) {
    --at;
    at->size.cents += cents;
    assert(at->size.cents >= 0);
    if (at->size.cents == 0) levels.erase(at);
    return;
  }
  assert(cents > 0);
  levels.insert(at, Level{price, Size{cents}});
}

}  // namespace depthwire::market
