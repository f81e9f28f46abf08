#pragma once

#include "services/analyzer/core/base/signal_info.hpp"
#include "services/analyzer/core/engine/publisher.hpp"
#include "services/analyzer/core/engine/view.hpp"
#include "services/analyzer/core/inferred/spoof_suspect.hpp"

#include <array>

namespace depthwire::analyzer {

/// S14: a side (bid +1, ask -1) whose large quotes go when the price comes, or whose layers come
/// and go together. For review, never for trading.
class SpoofSignals {
 public:
  static constexpr std::array<SignalInfo, 2> infos{
      {{.name = "SPOOF_SUSPECT",
        .id = "S14",
        .meaning = "score of large quotes that went as soon as the price came nearer",
        .basis = Basis::inferred,
        .minimum_n = 100,
        .mirror = Mirror::stays,
        .transitions = true},
       {.name = "LAYERING_SUSPECT",
        .id = "S14",
        .meaning = "score of levels that came together and went together",
        .basis = Basis::inferred,
        .minimum_n = 100,
        .mirror = Mirror::stays,
        .transitions = true}}};

  explicit SpoofSignals(const Params& params)
      : suspect_(params.spoof),
        spoof_lives_{Lifecycle(params.lifecycle), Lifecycle(params.lifecycle)},
        layering_lives_(spoof_lives_) {}

  void depth(const View& view, const BookChange& change, const Publisher& out);
  void second(const View& view, const Publisher& out);
  void clear() { suspect_.clear(); }
  void end(const Publisher& out);

  template <class Archive>
  void serialize(Archive& archive) {
    archive(suspect_, spoof_lives_, layering_lives_);
  }

 private:
  void tell(const View& view, const Publisher& out);
  void tell(std::string_view name, std::size_t side, Lifecycle& life, std::size_t count,
            std::size_t needed, const View& view, const Publisher& out);

  SpoofSuspect suspect_;
  std::array<Lifecycle, 2> spoof_lives_;  // bid, ask
  std::array<Lifecycle, 2> layering_lives_;
};

}  // namespace depthwire::analyzer
