#include "simulator/market/l3_source.hpp"

#include <optional>
#include <utility>

namespace depthwire::simulator {

using market::Price;
using market::Quote;
using market::Side;
using market::Size;

namespace {

FileFacts l3_facts(const std::filesystem::path& file) {
  return facts_of<L3File>(file, [](const L3File& rows, FileFacts& found) {
    const L3Row& row = rows.row();
    if (row.action == L3Row::Action::trade || row.action == L3Row::Action::deleted) return;
    auto& side = row.side == Side::bid ? found.opening.bid : found.opening.ask;
    if (!side) side = row.price;
  });
}

template <class Levels>
void count_down(Levels& levels, Price price) {
  const auto found = levels.find(price);
  if (--found->second == 0) levels.erase(found);
}

template <class Levels>
std::optional<Price> best(const Levels& levels) {
  if (levels.empty()) return std::nullopt;
  return levels.begin()->first;
}

}  // namespace

L3Source::L3Source(std::filesystem::path file, const std::string& name)
    : file_(std::move(file)),
      facts_(l3_facts(file_)),
      info_(info_of(file_, name, facts_)),
      rows_(std::make_unique<File>(file_)) {}

void L3Source::restart() {
  rows_ = std::make_unique<File>(file_);
  clear_first_ = true;
}

bool L3Source::next(Event& event) {
  event.clear();
  while (!rows_->at_end() && rows_->row().action == L3Row::Action::trade) rows_->advance();
  if (rows_->at_end()) return false;
  const L3Row& row = rows_->row();
  event.time_ns = row.time_ns;
  if (std::exchange(clear_first_, false)) clear(event.depth);

  forget(row.id);
  if (row.action == L3Row::Action::deleted || row.size.digits == 0) {
    event.depth.removed.push_back(row.id);
  } else {
    const auto cents = row.size.times_ten_to(facts_.size_decimals);
    if (!cents) rows_->fail("the file as it was a moment ago");
    const Quote quote{row.id, row.side, row.price, Size{*cents}};
    quotes_.emplace(row.id, quote);
    ++(row.side == Side::bid ? bids_[row.price] : asks_[row.price]);
    event.depth.added.push_back(quote);
  }
  event.spot = touch_.move_to(best(bids_), best(asks_));
  rows_->advance();
  return true;
}

void L3Source::forget(market::QuoteId id) {
  const auto found = quotes_.find(id);
  if (found == quotes_.end()) return;
  if (found->second.side == Side::bid) {
    count_down(bids_, found->second.price);
  } else {
    count_down(asks_, found->second.price);
  }
  quotes_.erase(found);
}

void L3Source::clear(market::DepthUpdate& update) {
  for (const auto& [id, quote] : quotes_) update.removed.push_back(id);
  quotes_.clear();
  bids_.clear();
  asks_.clear();
}

}  // namespace depthwire::simulator
