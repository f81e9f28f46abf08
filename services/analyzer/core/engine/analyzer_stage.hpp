#pragma once

#include "common/state/serialize_map.hpp"
#include "services/analyzer/core/base/evidence.hpp"
#include "services/analyzer/core/base/input.hpp"
#include "services/analyzer/core/base/output.hpp"
#include "services/analyzer/core/engine/params.hpp"
#include "services/analyzer/core/engine/symbol_analyzer.hpp"
#include "services/analyzer/core/measured/correlations.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace depthwire::analyzer {

/// All signals of all symbols of one journal: the same inputs give the same outputs. A timer due
/// at t fires before the next input whose receive time is at or past t; symbols take turns in
/// order of name.
class AnalyzerStage {
 public:
  explicit AnalyzerStage(const Params& params = {});

  /// Takes one record and appends what it makes to `outputs`, whose symbols stay valid as long as
  /// the stage.
  void step(const Input& input, std::vector<Output>& outputs);

  /// Records are missing before the next one: it finds nothing that could span the hole.
  void lost() { lost_ = true; }

  [[nodiscard]] std::uint64_t params_hash() const { return params_hash_; }
  using Symbols = std::map<std::string, SymbolAnalyzer, std::less<>>;
  [[nodiscard]] const Symbols& symbols() const { return symbols_; }

  /// The state, for snapshots.
  template <class Archive>
  void serialize(Archive& archive) {
    state::serialize_map(archive, symbols_, [this](const std::string& name) -> SymbolAnalyzer& {
      return symbol(name);
    });
    archive(evidence_, now_, next_second_, next_timer_, lost_, correlations_);
  }

 private:
  SymbolAnalyzer& symbol(std::string_view name);
  void fire_timers(Ns until, Step step);
  void fire_due(Ns at, const Step& step);
  void fire_second(const Step& step);
  void publish_correlations(const Step& step) const;
  void find_next_timer();
  [[nodiscard]] bool passed_over(const Input& input) const;
  void source_lost(const Step& step);

  Params params_;
  std::uint64_t params_hash_ = 0;
  Symbols symbols_;
  Correlations correlations_;
  Evidence evidence_;
  Ns now_ = 0;
  Ns next_second_ = 0;  // 0: time has not begun
  Ns next_timer_ = 0;
  bool lost_ = false;
};

}  // namespace depthwire::analyzer
