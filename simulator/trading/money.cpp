#include "simulator/trading/money.hpp"

#include "simulator/server/reference_data.hpp"

namespace depthwire::simulator::trading {

std::optional<double> base_rate(const Board& board, std::size_t symbol,
                                ctrader::ProtoOATradeSide side) {
  const auto base = pair_of(board.at(symbol).info().name).first;
  return conversion_rate(board, base, deposit_asset,
                         side == ctrader::BUY ? market::Side::ask : market::Side::bid);
}

std::optional<double> quote_rate(const Board& board, std::size_t symbol) {
  const auto quote = pair_of(board.at(symbol).info().name).second;
  return conversion_rate(board, quote, deposit_asset, market::Side::bid);
}

}  // namespace depthwire::simulator::trading
