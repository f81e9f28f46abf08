#include "simulator/market/sample_source.hpp"

#include <optional>
#include <utility>

namespace depthwire::simulator {

using market::Price;
using market::Quote;
using market::Side;
using market::Size;

namespace {

constexpr std::int64_t second_ns = 1'000'000'000;

FileFacts sample_facts(const std::filesystem::path& file) {
  std::int64_t first_message = 0;
  return facts_of<SampleFile>(file, [&](const SampleFile& rows, FileFacts& found) {
    const SampleRow& row = rows.row();
    if (first_message == 0) first_message = row.message;
    if (row.removed || row.message != first_message) return;
    auto& side = row.side == Side::bid ? found.opening.bid : found.opening.ask;
    if (!side || (row.side == Side::bid ? row.price > *side : row.price < *side)) side = row.price;
  });
}

}  // namespace

SampleSource::SampleSource(std::filesystem::path file, const std::string& name)
    : file_(std::move(file)),
      facts_(sample_facts(file_)),
      info_(info_of(file_, name, facts_)),
      rows_(std::make_unique<File>(file_)),
      time_ns_(facts_.begin_ns),
      recorded_ns_(facts_.begin_ns) {}

void SampleSource::restart() {
  rows_ = std::make_unique<File>(file_);
  time_ns_ = recorded_ns_ = facts_.begin_ns;
  clear_first_ = true;
}

bool SampleSource::next(Event& event) {
  event.clear();
  if (rows_->at_end()) return false;
  const auto message = rows_->row().message;
  advance_clock(rows_->row().time_ns);
  event.time_ns = time_ns_;
  if (std::exchange(clear_first_, false)) {
    for (const auto& [id, quote] : quotes_) event.depth.removed.push_back(id);
    quotes_.clear();
  }
  for (; !rows_->at_end() && rows_->row().message == message; rows_->advance()) {
    const SampleRow& row = rows_->row();
    if (row.removed) {
      quotes_.erase(row.id);
      event.depth.removed.push_back(row.id);
      continue;
    }
    const auto cents = row.size.times_ten_to(facts_.size_decimals);
    if (!cents) rows_->fail("the file as it was a moment ago");
    const Quote quote{row.id, row.side, row.price, Size{*cents}};
    quotes_.insert_or_assign(row.id, quote);
    event.depth.added.push_back(quote);
  }
  event.spot = touch();
  return true;
}

void SampleSource::advance_clock(std::int64_t recorded_ns) {
  const auto passed = recorded_ns - recorded_ns_;
  recorded_ns_ = recorded_ns;
  time_ns_ += passed < 0 || passed > 60 * second_ns ? second_ns : passed;
}

market::Spot SampleSource::touch() {
  std::optional<Price> bid;
  std::optional<Price> ask;
  for (const auto& [id, quote] : quotes_) {
    if (quote.side == Side::bid && (!bid || quote.price > *bid)) bid = quote.price;
    if (quote.side == Side::ask && (!ask || quote.price < *ask)) ask = quote.price;
  }
  return touch_.move_to(bid, ask);
}

}  // namespace depthwire::simulator
