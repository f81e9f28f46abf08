#pragma once

#include "services/analyzer/core/inferred/cumulative_delta_signals.hpp"
#include "services/analyzer/core/inferred/iceberg_signals.hpp"
#include "services/analyzer/core/inferred/spoof_signals.hpp"
#include "services/analyzer/core/inferred/sweep_signals.hpp"
#include "services/analyzer/core/measured/cost_signals.hpp"
#include "services/analyzer/core/measured/imbalance_signals.hpp"
#include "services/analyzer/core/measured/microprice_signals.hpp"
#include "services/analyzer/core/measured/price_impact_signals.hpp"
#include "services/analyzer/core/measured/regime_signals.hpp"
#include "services/analyzer/core/measured/slope_signals.hpp"
#include "services/analyzer/core/modelled/vpin_signals.hpp"

#include <tuple>
#include <type_traits>
#include <vector>

namespace depthwire::analyzer {

/// The signals of one symbol, each a class of its own: what it has of these is called, in this
/// order, with what it stands on as it is by then.
///
///   depth(view)                        a depth event was applied
///   depth(view, change, publisher)     the same, for who must know what it changed
///   estimate(view, estimate, publisher) an estimate of S6 is due
///   bar(view, closed, publisher)       a minute bar of the provider closed
///   second(view, publisher)            the timer of each whole second
///   ten_seconds(view, window, publisher)
///   publish(view, publisher)           a value of each series is wanted
///   clear()                            windows of depth and of estimates begin anew
///   gap(t)                             something is missing before t
///   end(publisher)                     what is open ends
template <class... Signals>
class Table {
 public:
  /// Of all their names, in order.
  [[nodiscard]] static std::vector<SignalInfo> infos() {
    std::vector<SignalInfo> all;
    (all.insert(all.end(), Signals::infos.begin(), Signals::infos.end()), ...);
    return all;
  }

  explicit Table(const Params& params) : signals_(made<Signals>(params)...) {}

  void depth(const View& view, const BookChange& change, const Publisher& out) {
    each([&](auto& signal) {
      if constexpr (requires { signal.depth(view, change, out); }) {
        signal.depth(view, change, out);
      } else if constexpr (requires { signal.depth(view); }) {
        signal.depth(view);
      }
    });
  }
  void estimate(const View& view, const Estimate& estimate, const Publisher& out) {
    each([&](auto& signal) {
      if constexpr (requires { signal.estimate(view, estimate, out); }) {
        signal.estimate(view, estimate, out);
      }
    });
  }
  void bar(const View& view, const ClosedBar& closed, const Publisher& out) {
    each([&](auto& signal) {
      if constexpr (requires { signal.bar(view, closed, out); }) signal.bar(view, closed, out);
    });
  }
  void second(const View& view, const Publisher& out) {
    each([&](auto& signal) {
      if constexpr (requires { signal.second(view, out); }) signal.second(view, out);
    });
  }
  void ten_seconds(const View& view, const TenSecondWindow& window, const Publisher& out) {
    each([&](auto& signal) {
      if constexpr (requires { signal.ten_seconds(view, window, out); }) {
        signal.ten_seconds(view, window, out);
      }
    });
  }
  void publish(const View& view, const Publisher& out) {
    each([&](auto& signal) {
      if constexpr (requires { signal.publish(view, out); }) signal.publish(view, out);
    });
  }
  void clear() {
    each([&](auto& signal) {
      if constexpr (requires { signal.clear(); }) signal.clear();
    });
  }
  void gap(Ns t) {
    each([&](auto& signal) {
      if constexpr (requires { signal.gap(t); }) signal.gap(t);
    });
  }
  void end(const Publisher& out) {
    each([&](auto& signal) {
      if constexpr (requires { signal.end(out); }) signal.end(out);
    });
  }

  /// The state, for snapshots.
  template <class Archive>
  void serialize(Archive& archive) {
    each([&](auto& signal) { archive(signal); });
  }

 private:
  template <class One>
  static One made(const Params& params) {
    if constexpr (std::is_constructible_v<One, const Params&>) {
      return One(params);
    } else {
      return One();
    }
  }
  template <class Call>
  void each(Call call) {
    std::apply([&](auto&... signal) { (call(signal), ...); }, signals_);
  }

  std::tuple<Signals...> signals_;
};

using SignalTable = Table<ImbalanceSignals, MicropriceSignals, CostSignals, SlopeSignals,
                          PriceImpactSignals, CumulativeDeltaSignals, IcebergSignals, SweepSignals,
                          SpoofSignals, VpinSignals, RegimeSignals>;

}  // namespace depthwire::analyzer
