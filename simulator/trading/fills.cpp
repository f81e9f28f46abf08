#include "simulator/trading/fills.hpp"

#include <algorithm>
#include <map>

namespace depthwire::simulator::trading {

std::vector<Fill> find_fills(const SymbolBoard& board, const Wanted& wanted) {
  const bool buys = wanted.side == ctrader::BUY;
  const auto side = buys ? market::Side::ask : market::Side::bid;
  // By price from the touch outwards.
  const auto rank = [buys](market::Price price) { return buys ? price.points : -price.points; };
  std::map<std::int64_t, std::int64_t> levels;
  for (const auto& quote : board.quotes()) {
    if (quote.side == side) levels[rank(quote.price)] += quote.size.cents;
  }
  if (levels.empty()) {
    const auto& touch = buys ? board.last().ask : board.last().bid;
    if (touch) levels[rank(*touch)] = wanted.volume;
  }
  std::vector<Fill> fills;
  std::int64_t filled = 0;
  std::int64_t seen = 0;
  for (const auto& [ranked, size] : levels) {
    if (filled == wanted.volume || (wanted.limit && ranked > rank(*wanted.limit))) break;
    // What is less than a step at one price goes to the next.
    seen = std::min(seen + size, wanted.volume);
    const auto here = seen == wanted.volume ? seen : seen - (seen % wanted.step);
    if (here > filled) fills.push_back({here - filled, {buys ? ranked : -ranked}});
    filled = std::max(filled, here);
  }
  return fills;
}

}  // namespace depthwire::simulator::trading
