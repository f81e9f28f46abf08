#include "simulator/market/tick_source.hpp"

#include <utility>

namespace depthwire::simulator {
namespace {

constexpr std::int64_t fx_lot_cents = 10'000'000;

FileFacts tick_facts(const std::filesystem::path& file) {
  return facts_of<TickFile>(file, [](const TickFile& rows, FileFacts& found) {
    if (!found.opening.bid) found.opening = {.bid = rows.row().bid, .ask = rows.row().ask};
  });
}

}  // namespace

TickSource::TickSource(std::filesystem::path file, const std::string& name)
    : file_(std::move(file)),
      facts_(tick_facts(file_)),
      info_(info_of(file_, name, facts_)),
      rows_(std::make_unique<File>(file_)) {
  info_.has_depth = false;
  info_.lot_cents = fx_lot_cents;
}

void TickSource::restart() { rows_ = std::make_unique<File>(file_); }

bool TickSource::next(Event& event) {
  event.clear();
  for (; !rows_->at_end() && !event.has_spot(); rows_->advance()) {
    const TickRow& row = rows_->row();
    event.time_ns = row.time_ns;
    event.spot = touch_.move_to(row.bid, row.ask);
  }
  return event.has_spot();
}

}  // namespace depthwire::simulator
