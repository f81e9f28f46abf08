#include "services/analyzer/core/book/book_change.hpp"

#include <algorithm>

namespace depthwire::analyzer {
namespace {

template <class Parts>
bool holds(const Parts& parts, market::QuoteId id) {
  return std::any_of(parts.begin(), parts.end(), [id](const auto& part) { return part.id == id; });
}

}  // namespace

bool apply_and_compare(market::Book& book, const market::DepthUpdate& update, BookChange& change) {
  change.removals.clear();
  change.additions.clear();
  change.moved.clear();
  change.rebuild = book.empty() || update.kind != market::DepthKind::change;
  change.bid_before = book.touch(market::Side::bid);
  change.ask_before = book.touch(market::Side::ask);
  for (const market::QuoteId id : update.removed) {
    const market::Quote* quote = book.find(id);
    // An id in both lists stays: `added` says what became of it.
    if (quote == nullptr || holds(update.added, id) || holds(change.removals, id)) continue;
    change.removals.push_back({id, quote->side, quote->price, quote->size});
  }
  for (const market::Quote& quote : update.added) {
    const market::Quote* old = book.find(quote.id);
    if (old == nullptr) {
      change.additions.push_back({quote.id, quote.side, quote.price, quote.size});
    } else if (old->side != quote.side || old->price != quote.price) {
      change.moved.push_back({quote.id, quote.side, quote.price, quote.size});
    } else if (quote.size < old->size) {
      change.removals.push_back(
          {quote.id, quote.side, quote.price, market::Size{old->size.cents - quote.size.cents}});
    }
  }
  const auto applied = book.apply(update);
  if (!applied) return false;
  change.unknown_removals = applied->unknown_removals;
  change.bid_after = book.touch(market::Side::bid);
  change.ask_after = book.touch(market::Side::ask);
  return true;
}

}  // namespace depthwire::analyzer
