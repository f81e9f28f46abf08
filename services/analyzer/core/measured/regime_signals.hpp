#pragma once

#include "services/analyzer/core/base/normalisation.hpp"
#include "services/analyzer/core/base/signal_info.hpp"
#include "services/analyzer/core/engine/publisher.hpp"
#include "services/analyzer/core/engine/view.hpp"
#include "services/analyzer/core/measured/regime.hpp"

#include <array>
#include <optional>
#include <vector>

namespace depthwire::analyzer {

/// S19 on bars of 1, 15 and 60 minutes, built from the provider's minutes. Said when one closes.
class RegimeSignals {
 public:
  static constexpr std::array<SignalInfo, 1> infos{
      {{.name = "regime",
        .id = "S19",
        .meaning = "whether the market trends and how much it moves, by minute, quarter and hour",
        .needs = market::Capability::bars,
        .minimum_n = 60,
        .mirror = Mirror::stays,
        .kind = "regime"}}};

  explicit RegimeSignals(const Params& params);

  void bar(const View& view, const ClosedBar& closed, const Publisher& out);

  template <class Archive>
  void serialize(Archive& archive) {
    archive(frames_, usual_, last_open_);
  }

 private:
  /// Bars of one length.
  struct Frame {
    Ns length = 0;
    std::optional<BarUpdate> forming;
    std::vector<double> closes;  // the last 257
    Adx adx;
    RegimeMachine machine;

    template <class Archive>
    void serialize(Archive& archive) {
      archive(forming, closes, adx, machine);
    }
  };

  void close(Frame& frame, const BarValues& values, std::optional<double> percentile,
             const Publisher& out);

  std::array<Frame, 3> frames_;
  Baseline usual_;  // of the volatility of an hour
  Ns last_open_ = 0;
};

}  // namespace depthwire::analyzer
