#include "simulator/market/l2_source.hpp"

#include <optional>
#include <utility>

namespace depthwire::simulator {

using market::Price;
using market::Side;

namespace {

FileFacts l2_facts(const std::filesystem::path& file) {
  std::int64_t event = -1;
  std::optional<std::int64_t> opening_event;  // the first one with levels
  market::Spot touch;
  market::Spot quote;
  auto facts = facts_of<L2File>(file, [&](const L2File& rows, FileFacts& found) {
    const L2Row& row = rows.row();
    if (event >= 0 && row.event != event && row.event != event + 1) {
      rows.fail("event number " + std::to_string(event) + " or the one after it");
    }
    event = row.event;
    auto& side = row.side == Side::bid ? touch.bid : touch.ask;
    auto& quoted = row.side == Side::bid ? quote.bid : quote.ask;
    if (row.kind == 'Q') {
      found.has_quotes = true;
      if (!quoted) quoted = row.price;
      return;
    }
    if (row.kind == 'T' || row.size.digits == 0) return;
    if (!opening_event) opening_event = row.event;
    if (row.event != *opening_event) return;
    const bool better = !side || (row.side == Side::bid ? row.price > *side : row.price < *side);
    if (better) side = row.price;
  });
  facts.opening = facts.has_quotes ? quote : touch;
  return facts;
}

}  // namespace

L2Source::L2Source(std::filesystem::path file, const std::string& name)
    : file_(std::move(file)),
      facts_(l2_facts(file_)),
      info_(info_of(file_, name, facts_)),
      rows_(std::make_unique<File>(file_)) {}

void L2Source::restart() {
  rows_ = std::make_unique<File>(file_);
  clear_first_ = true;
}

bool L2Source::next(Event& event) {
  event.clear();
  while (!rows_->at_end()) {
    take_rows_of_one_event(event);
    if (event.has_depth() || event.has_spot()) return true;
  }
  return false;
}

void L2Source::take_rows_of_one_event(Event& event) {
  const auto number = rows_->row().event;
  event.time_ns = rows_->row().time_ns;
  levels_.begin_event();
  bool in_snapshot = false;
  std::optional<Price> quoted_bid;
  std::optional<Price> quoted_ask;
  for (; !rows_->at_end() && rows_->row().event == number; rows_->advance()) {
    const L2Row& row = rows_->row();
    switch (row.kind) {
      case 'S':
        if (!in_snapshot) levels_.clear(event.depth);
        in_snapshot = true;
        clear_first_ = false;
        break;
      case 'D':
        if (clear_first_) levels_.clear(event.depth);
        clear_first_ = false;
        break;
      case 'Q': (row.side == Side::bid ? quoted_bid : quoted_ask) = row.price; continue;
      default: continue;
    }
    // The first pass has seen that it fits.
    const auto cents = row.size.times_ten_to(facts_.size_decimals);
    if (!cents) rows_->fail("the file as it was a moment ago");
    levels_.set(row.side, row.price, *cents, event.depth);
  }
  event.spot = facts_.has_quotes ? touch_.move_to(quoted_bid, quoted_ask)
                                 : touch_.move_to(levels_.best_bid(), levels_.best_ask());
}

}  // namespace depthwire::simulator
