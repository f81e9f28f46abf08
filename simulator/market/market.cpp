#include "simulator/market/market.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace depthwire::simulator {

Market::Market(std::vector<std::unique_ptr<SymbolSource>> sources, MarketLimits limits)
    : limits_(limits) {
  assert(!sources.empty());
  begin_ns_ = sources.front()->begin_ns();
  for (auto& source : sources) {
    begin_ns_ = std::min(begin_ns_, source->begin_ns());
    sources_.push_back({std::move(source), {}});
  }
  last_ns_ = begin_ns_;
  for (std::size_t symbol = 0; symbol < sources_.size(); ++symbol) advance(symbol);
}

const SymbolInfo& Market::symbol(std::size_t index) const {
  return sources_.at(index).source->info();
}

bool Market::next(Event& event) {
  if (limits_.events && events_ >= *limits_.events) return false;
  if (due_.empty() && limits_.loop) start_over();
  if (due_.empty()) return false;
  const std::size_t symbol = due_.top().symbol;
  Event& ahead = sources_[symbol].ahead;
  if (limits_.duration_ns && ahead.time_ns - begin_ns_ >= *limits_.duration_ns) return false;

  due_.pop();
  std::swap(event, ahead);
  event.symbol = symbol;
  last_ns_ = event.time_ns;
  ++events_;
  advance(symbol);
  return true;
}

void Market::advance(std::size_t symbol) {
  Entry& entry = sources_[symbol];
  if (!entry.source->next(entry.ahead)) return;
  entry.ahead.time_ns += begin_ns_ - entry.source->begin_ns() + loop_shift_ns_;
  due_.push({entry.ahead.time_ns, symbol});
}

void Market::start_over() {
  loop_shift_ns_ = last_ns_ - begin_ns_ + 1'000'000'000;
  for (std::size_t symbol = 0; symbol < sources_.size(); ++symbol) {
    sources_[symbol].source->restart();
    advance(symbol);
  }
}

}  // namespace depthwire::simulator
