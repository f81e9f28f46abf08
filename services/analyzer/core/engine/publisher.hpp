#pragma once

#include "services/analyzer/core/base/evidence.hpp"
#include "services/analyzer/core/base/lifecycle.hpp"
#include "services/analyzer/core/base/output.hpp"

#include <cstdint>
#include <string_view>
#include <vector>

namespace depthwire::analyzer {

/// Where a step stands and what it has said so far.
struct Step {
  Ns t = 0;                  ///< receive time of the input, or due time of the timer
  std::uint64_t offset = 0;  ///< of the input
  const Evidence* evidence = nullptr;
  std::vector<Output>* outputs = nullptr;
};

/// A number as one reads it now; a null is said once, then there is silence until there is a value.
struct Series {
  std::string_view name;
  bool published_null = true;  // nothing to take back yet

  template <class Archive>
  void serialize(Archive& archive) {
    archive(published_null);
  }
};

/// The sign of a value as a direction; 0 for null.
[[nodiscard]] int direction_of(const std::optional<double>& value);

/// How the numbers of one symbol become outputs of one step: with their evidence and confidence.
class Publisher {
 public:
  /// No evidence lies before `first_offset`. `uncertain`: the spread is wide, which halves the
  /// confidence of all transitions but those of `certain`.
  Publisher(std::string_view symbol, const Step& step, std::uint64_t first_offset,
            std::string_view certain, bool uncertain)
      : symbol_(symbol),
        step_(step),
        first_offset_(first_offset),
        certain_(certain),
        uncertain_(uncertain) {}

  [[nodiscard]] Ns t() const { return step_.t; }

  /// The value of a series, without name, time, confidence and evidence. `minimum_n`: the fewest
  /// samples that it needs.
  void series(Series& series, Signal signal, std::uint64_t minimum_n) const;
  /// A type opens (in `open_state`), closes (in `close_state`) or expires.
  void transition(Transition transition, Signal signal, std::string_view open_state,
                  std::uint64_t minimum_n, std::string_view close_state = "close") const;
  /// A type ends because what it rests on is gone.
  void reset(std::string_view signal, int direction, Basis basis) const;
  void flow(Flow flow, Ns window) const;
  void regime(RegimeState state, std::uint64_t minimum_n) const;
  void publish(const Signal& signal) const { step_.outputs->push_back({symbol_, step_.t, signal}); }

  [[nodiscard]] InputRange range(Ns window) const;

 private:
  std::string_view symbol_;
  Step step_;
  std::uint64_t first_offset_;
  std::string_view certain_;
  bool uncertain_;
};

}  // namespace depthwire::analyzer
