#pragma once

#include "common/ctrader/decode.hpp"
#include "common/market/types.hpp"

#include <map>
#include <optional>
#include <vector>

namespace depthwire::streaming {

/// A bar as it stands, or as it stood when the next one began.
struct BarUpdate {
  ctrader::LiveBar bar;  ///< `close` is set
  bool closed = false;
};

/// Follows the live bars of one symbol, by period. The broker sends no closing event: a bar is
/// closed when one with a later open time arrives.
class LiveBars {
 public:
  /// Appends to `updates` what the bars in `event` tell, oldest first. A bar without a close of its
  /// own closes at the event's bid; one older than what is known is passed over.
  void take(const ctrader::SpotEvent& event, std::vector<BarUpdate>& updates);

 private:
  std::map<std::uint32_t, ctrader::LiveBar> forming_;  // by period
};

}  // namespace depthwire::streaming
