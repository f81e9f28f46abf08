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
  places_.clear();
  deep_ = false;
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
  const auto place = place_of(id);
  return place ? &quotes_[*place] : nullptr;
}

std::optional<std::size_t> Book::place_of(QuoteId id) const {
  if (deep_) {
    const auto found = places_.find(id);
    if (found == places_.end()) return std::nullopt;
    return found->second;
  }
  // The newest quotes are the ones most often re-priced, and they lie at the back.
  for (std::size_t i = quotes_.size(); i > 0; --i) {
    if (quotes_[i - 1].id == id) return i - 1;
  }
  return std::nullopt;
}

std::optional<std::int64_t> Book::mid_half_points() const {
  if (bids_.empty() || asks_.empty()) return std::nullopt;
  return bids_.back().price.points + asks_.back().price.points;
}

void Book::insert(const Quote& quote) {
  remove(quote.id);
  quotes_.push_back(quote);
  if (!deep_ && quotes_.size() >= indexed_from) {
    deep_ = true;
    index();
  } else if (deep_) {
    places_.emplace(quote.id, quotes_.size() - 1);
  }
  add_to_level(quote.side, quote.price, quote.size.cents);
}

void Book::index() {
  places_.clear();
  for (std::size_t i = 0; deep_ && i < quotes_.size(); ++i) places_.emplace(quotes_[i].id, i);
}

bool Book::remove(QuoteId id) {
  const auto place = place_of(id);
  if (!place) return false;
  const Quote found = quotes_[*place];
  add_to_level(found.side, found.price, -found.size.cents);
  quotes_[*place] = quotes_.back();
  quotes_.pop_back();
  if (deep_) {
    if (*place < quotes_.size()) places_[quotes_[*place].id] = *place;
    places_.erase(id);
  }
  return true;
}

void Book::add_to_level(Side side, Price price, std::int64_t cents) {
  Levels& levels = side_levels(side);
  const auto at = std::lower_bound(
      levels.begin(), levels.end(), price, [side](const Level& level, Price wanted) {
        return side == Side::bid ? level.price < wanted : level.price > wanted;
      });
  if (at == levels.end() || at->price != price) {
    assert(cents > 0);
    levels.insert(at, Level{price, Size{cents}});
    return;
  }
  at->size.cents += cents;
  assert(at->size.cents >= 0);
  if (at->size.cents == 0) levels.erase(at);
}

}  // namespace depthwire::market
