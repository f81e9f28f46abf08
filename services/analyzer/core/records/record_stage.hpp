#pragma once

#include "common/bus/stage.hpp"
#include "proto/bus/envelope.pb.h"
#include "services/analyzer/core/engine/analyzer_stage.hpp"
#include "services/analyzer/core/engine/params.hpp"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace depthwire::analyzer {

/// The analyzer as a stage of the bus: records in, records out. `step` throws std::runtime_error
/// for a record that cannot be taken, before it has changed anything.
class RecordStage final : public bus::Stage {
 public:
  /// `source`: whose journal it reads, <environment>.streaming.
  RecordStage(const Params& params, std::string source)
      : params_(params), stage_(params), source_(std::move(source)) {}

  void step(const journal::Record& input, bus::StepOutputs& outputs) override;
  void lost() override { stage_.lost(); }
  void save(std::string& bytes) const override;
  void load(std::string_view bytes) override;
  [[nodiscard]] std::uint32_t state_version() const override { return 3; }

  /// The state, for snapshots.
  template <class Archive>
  void serialize(Archive& archive) {
    archive(stage_, providers_);
  }

 private:
  void take_spot(const journal::Record& record, bus::StepOutputs& outputs);
  void take_depth(const journal::Record& record, bus::StepOutputs& outputs);
  void take_other(const journal::Record& record, bus::StepOutputs& outputs);
  void step_input(const Input& input, std::string_view provider, bus::StepOutputs& outputs);

  Params params_;
  AnalyzerStage stage_;
  std::string source_;
  std::map<std::string, std::string, std::less<>> providers_;  // by symbol

  // Reused from step to step.
  market::Spot spot_;
  market::DepthUpdate update_;
  std::vector<Output> made_;
  bus::Envelope envelope_;
  bus::Envelope other_;
  std::string bytes_;
};

}  // namespace depthwire::analyzer
