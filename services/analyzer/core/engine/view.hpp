#pragma once

#include "services/analyzer/core/base/input.hpp"
#include "services/analyzer/core/base/mid_path.hpp"
#include "services/analyzer/core/base/output.hpp"
#include "services/analyzer/core/engine/params.hpp"
#include "services/analyzer/core/inferred/large_order.hpp"
#include "services/analyzer/core/inferred/removals.hpp"
#include "services/analyzer/core/measured/ofi.hpp"
#include "services/analyzer/core/measured/spread.hpp"
#include "services/analyzer/core/measured/volatility.hpp"

#include <optional>
#include <span>

namespace depthwire::analyzer {

/// What the signals of one symbol stand on, as it is after the event that they are told of.
struct View {
  const SymbolFacts& facts;
  const Params& params;
  const market::Book& book;
  const SpotState& spot;
  const Ofi& ofi;
  const Volatility& volatility;
  const LargeOrder& large;
  const Removals& removals;  ///< empty while the book is not live
  bool live = false;  ///< the book can be believed; all that rests on depth is null otherwise
  Quality depth_quality = Quality::invalid;
  Quality inferred_quality = Quality::invalid;

  /// The touch LAST; none while the book is not live.
  [[nodiscard]] std::span<const market::Level> bids() const { return levels(market::Side::bid); }
  [[nodiscard]] std::span<const market::Level> asks() const { return levels(market::Side::ask); }
  [[nodiscard]] std::span<const market::Level> levels(market::Side side) const {
    return live ? book.levels_to_touch(side) : std::span<const market::Level>();
  }
};

/// A provider's minute bar that has closed, and its tick count as it was split.
struct ClosedBar {
  BarUpdate bar;
  std::optional<double> bvc_buy_share;  ///< null until sigma is known
  TickRule::Ticks tick_rule;            ///< of the spots since the bar before
};

/// A window of 10 s that has ended. Sizes in units of the base asset.
struct TenSecondWindow {
  MidPath::Window mid;
  double taken_buy = 0;
  double taken_sell = 0;
  double ofi = 0;
};

}  // namespace depthwire::analyzer
