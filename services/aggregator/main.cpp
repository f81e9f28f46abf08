#include "common/service/run.hpp"
#include "common/service/stage_actor.hpp"
#include "services/aggregator/config.hpp"

#include <string>

int main(int argc, char** argv) {
  using namespace depthwire;
  return service::run<aggregator::Config>(
      {.name = "aggregator", .summary = "Keeps order books and bars from streaming's journal."},
      argc, argv, [](service::Runtime& runtime, const aggregator::Config& config) {
        service::spawn_stage(
            runtime, config.bus,
            {.input = "streaming",
             .own = config.bus.aggregator,
             .parameters = {{"depth", std::to_string(config.depth)},
                            {"book_interval_ms", std::to_string(config.book_interval.count())},
                            {"bar_grace_ms", std::to_string(config.bar_grace.count())}}},
            std::make_unique<aggregator::AggregatorStage>(config.settings()));
      });
}
