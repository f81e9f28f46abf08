#pragma once

#include "services/analyzer/core/base/signal_info.hpp"
#include "services/analyzer/core/engine/publisher.hpp"
#include "services/analyzer/core/engine/view.hpp"
#include "services/analyzer/core/inferred/sweep.hpp"

#include <array>
#include <optional>

namespace depthwire::analyzer {

/// S13: a side swept, or both pulled. Open for two seconds, then judged by where the mid went.
class SweepSignals {
 public:
  static constexpr std::array<SignalInfo, 2> infos{
      {{.name = "SWEEP",
        .id = "S13",
        .meaning = "three or more levels of a side gone at once, and the spot beyond them",
        .unit = Unit::size,
        .basis = Basis::inferred,
        .minimum_n = 100,
        .mirror = Mirror::stays,
        .transitions = true},
       {.name = "LIQUIDITY_PULL",
        .id = "S13",
        .meaning = "the same, with levels of the other side gone as well",
        .unit = Unit::size,
        .basis = Basis::inferred,
        .minimum_n = 100,
        .mirror = Mirror::stays,
        .transitions = true}}};

  explicit SweepSignals(const Params& params)
      : sweep_(params.sweep),
        open_{Open(params.lifecycle), Open(params.lifecycle), Open(params.lifecycle)} {}

  void depth(const View& view, const BookChange& change, const Publisher& out);
  void estimate(const View& view, const Estimate& estimate, const Publisher& out);
  void second(const View& view, const Publisher& out);
  void clear() { sweep_.clear(); }
  void end(const Publisher& out);

  template <class Archive>
  void serialize(Archive& archive) {
    archive(sweep_, open_);
  }

 private:
  struct Open {
    explicit Open(const LifecycleParams& params) : life(params) {}

    Lifecycle life;
    Swept swept;
    std::optional<std::int64_t> mid_after;

    template <class Archive>
    void serialize(Archive& archive) {
      archive(life, swept, mid_after);
    }
  };

  void judge_old(const View& view, const Publisher& out);
  static void tell(Transition what, const Open& open, std::string_view closed, const View& view,
                   const Publisher& out);

  Sweep sweep_;
  std::array<Open, 3> open_;  // of direction -1, 0 and +1
};

}  // namespace depthwire::analyzer
