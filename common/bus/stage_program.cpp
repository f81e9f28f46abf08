// A process with one stage, for tests of what becomes of it when it crashes.
//
//   bus_stage_program JOURNAL PUBLISH REQUESTS
//
// Says "stepped EPOCH:OFFSET" whenever it has caught up, and runs until it is killed.

#include "common/bus/counting_stage.hpp"
#include "common/bus/stage.hpp"
#include "common/service/exit_error.hpp"

#include <cstdio>

int main(int argc, char** argv) {
  using namespace depthwire;
  if (argc != 4) return service::exit_code::usage;
  try {
    zmq::context_t context;
    bus::StageRunner runner(
        context,
        {.environment = "sim",
         .source = "sim.counter",
         .journal = argv[1],
         .publish = "tcp://127.0.0.1:*",
         .requests = "tcp://127.0.0.1:*",
         .build = "test"},
        {.source = "sim.streaming", .publish = argv[2], .requests = argv[3], .consumer = "counter"},
        std::make_unique<bus::testing::CountingStage>());
    journal::Position said;
    while (true) {
      runner.run_once(std::chrono::milliseconds(20));
      const auto last = runner.input().last();
      if (last == said || last < runner.input().head()) continue;
      said = last;
      std::printf("stepped %s\n", journal::to_string(last).c_str());
      std::fflush(stdout);
    }
  } catch (const service::ExitError& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return error.code();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return service::exit_code::software;
  }
}
