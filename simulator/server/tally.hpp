#pragma once

#include <cstdint>
#include <vector>

namespace depthwire::simulator {

/// What of one symbol has been sent, over all clients.
struct SymbolTally {
  std::uint64_t market_depth_events = 0;  ///< that the market made, heard or not
  std::uint64_t market_spots = 0;
  std::uint64_t depth_events = 0;  ///< of those, sent
  std::uint64_t spots = 0;
  std::uint64_t whole_books = 0;      ///< first depth events of a subscription made mid-run
  std::uint64_t technical_spots = 0;  ///< first spot events of a subscription
};

/// By symbol.
using Tally = std::vector<SymbolTally>;

}  // namespace depthwire::simulator
