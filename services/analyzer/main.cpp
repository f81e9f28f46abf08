#include "common/service/run.hpp"
#include "common/service/stage_actor.hpp"
#include "services/analyzer/config.hpp"
#include "services/analyzer/core/records/record_stage.hpp"

#include <memory>
#include <string>

int main(int argc, char** argv) {
  using namespace depthwire;
  return service::run<analyzer::Config>(
      {.name = "analyzer", .summary = "Computes order-flow signals from streaming's journal."},
      argc, argv, [](service::Runtime& runtime, const analyzer::Config& config) {
        const analyzer::Params params = config.params();
        service::spawn_stage(
            runtime, config.bus,
            {.input = "streaming",
             .own = config.bus.analyzer,
             .parameters = config.parameters(),
             .snapshot_interval = config.snapshot_interval},
            std::make_unique<analyzer::RecordStage>(params, runtime.environment() + ".streaming"));
      });
}
