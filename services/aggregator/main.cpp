#include "common/service/run.hpp"
#include "common/service/stage_actor.hpp"
#include "services/aggregator/config.hpp"

#include <memory>

int main(int argc, char** argv) {
  using namespace depthwire;
  return service::run<aggregator::Config>(
      {.name = "aggregator", .summary = "Keeps order books and bars from streaming's journal."},
      argc, argv, [](service::Runtime& runtime, const aggregator::Config& config) {
        service::spawn_stage(runtime, config.bus,
                             {.input = "streaming",
                              .own = config.bus.aggregator,
                              .parameters = config.parameters(),
                              .snapshot_interval = config.snapshot_interval},
                             std::make_unique<aggregator::AggregatorStage>(config.settings()));
      });
}
