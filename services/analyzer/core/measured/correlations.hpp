#pragma once

#include "common/state/serialize_map.hpp"
#include "services/analyzer/core/base/output.hpp"
#include "services/analyzer/core/measured/correlation.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace depthwire::analyzer {

struct CorrelationParams {
  Ns window = 900 * ns_per_second;
  std::size_t minimum = 100;     ///< changes of the mid that either symbol needs
  std::size_t bars = 60;         ///< minute closes of the correlation by bars
  std::size_t capacity = 8'192;  ///< changes kept of a symbol; more often, the window is shorter
};

/// S20 of all symbols: by ticks (Hayashi-Yoshida) and by minute bars.
class Correlations {
 public:
  explicit Correlations(const CorrelationParams& params = {}) : params_(params) {}

  /// A spot has set `symbol`'s mid; null while it has none. `gap`: silence that nothing may span.
  void spot(std::string_view symbol, Ns t, std::optional<std::int64_t> mid_half_points, Ns gap);
  /// A minute bar of `symbol` closed.
  void bar(std::string_view symbol, Ns open_time, std::int64_t close_points);
  /// The source is gone: no path goes on.
  void clear();

  /// The matrix as it is at `t`; null while no pair has a correlation. The texts are those of this
  /// object.
  [[nodiscard]] std::optional<CorrelationMatrix> matrix(Ns t) const;

  /// The state, for snapshots.
  template <class Archive>
  void serialize(Archive& archive) {
    state::serialize_map(archive, symbols_,
                         [this](const std::string& name) -> Symbol& { return symbols_[name]; });
  }

 private:
  struct Close {
    Ns open_time = 0;
    double value = 0;

    template <class Archive>
    void serialize(Archive& archive) {
      archive(open_time, value);
    }
  };
  struct Symbol {
    std::vector<TimedValue> path;  // logs of the mid as it changed
    Ns last = 0;                   // spot
    std::vector<Close> closes;     // logs

    template <class Archive>
    void serialize(Archive& archive) {
      archive(path, last, closes);
    }
  };
  using Symbols = std::map<std::string, Symbol, std::less<>>;

  Symbol& symbol(std::string_view name);
  /// The part of a path that lies in the window, with the value that held when it began.
  [[nodiscard]] std::span<const TimedValue> recent(const Symbol& symbol, Ns t) const;
  void by_bars(const Symbol& a, const Symbol& b, CorrelationPair& pair) const;
  static void make_consistent(std::vector<CorrelationPair>& pairs);

  CorrelationParams params_;
  Symbols symbols_;
};

}  // namespace depthwire::analyzer
