#pragma once

#include "services/analyzer/core/base/signal_info.hpp"
#include "services/analyzer/core/engine/publisher.hpp"
#include "services/analyzer/core/engine/view.hpp"
#include "services/analyzer/core/inferred/iceberg.hpp"

#include <array>

namespace depthwire::analyzer {

/// S12: opens where a price is filled up again and again, +1 a bid, -1 an ask.
class IcebergSignals {
 public:
  static constexpr std::array<SignalInfo, 1> infos{
      {{.name = "HIDDEN_ORDER",
        .id = "S12",
        .meaning = "the price that is taken and filled up again and again",
        .unit = Unit::price,
        .basis = Basis::inferred,
        .minimum_n = 100,
        .transitions = true}}};

  explicit IcebergSignals(const Params& params)
      : iceberg_(params.iceberg),
        lives_{Lifecycle(params.lifecycle), Lifecycle(params.lifecycle)} {}

  void depth(const View& view, const BookChange& change, const Publisher& out);
  void second(const View& view, const Publisher& out) { tell(view, {}, out); }
  void clear() { iceberg_.clear(); }
  void end(const Publisher& out);

  template <class Archive>
  void serialize(Archive& archive) {
    archive(iceberg_, lives_, prices_);
  }

 private:
  using Prices = std::array<std::optional<market::Price>, 2>;  // of a bid, of an ask

  void tell(const View& view, const Prices& entered, const Publisher& out);

  Iceberg iceberg_;
  std::array<Lifecycle, 2> lives_;
  std::array<market::Price, 2> prices_;  // of what is open
};

}  // namespace depthwire::analyzer
