// How long a stage takes to be ready again after a kill, on a journal of two million records, with
// a snapshot (limit: 2 s; reference: without one), and how long no record is stepped while a
// snapshot is taken (median; reference: the mean step times a thousand).
//
//   bench_stage_restart [prefix] [records]

#include "common/bus/publisher.hpp"
#include "common/bus/stage.hpp"
#include "services/aggregator/core/aggregator_stage.hpp"
#include "services/analyzer/core/records/record_stage.hpp"
#include "services/analyzer/core/testing/generated_records.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <functional>
#include <vector>

namespace {

using namespace depthwire;
namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr std::int64_t chunk_seconds = 3'000;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

// One generated market, again and again: each time it begins with resets.
void fill(bus::Publisher& publisher, std::size_t records) {
  auto log = analyzer::testing::generate_market(1, chunk_seconds);
  for (std::size_t done = 0; done < records;) {
    tests::RecordMaker maker;
    for (const auto& record : analyzer::testing::to_records(log, maker)) {
      publisher.append(publisher.topic("any", "EURUSD"), record.header.payload_type,
                       record.payload);
      if (++done % 500 == 0) publisher.flush();
      if (done == records) break;
    }
    for (auto& record : log) record.t += chunk_seconds * 1'000'000'000;
  }
  publisher.flush();
}

struct Bench {
  zmq::context_t& context;
  bus::Publisher& input;
  fs::path journal;
  std::function<std::unique_ptr<bus::Stage>()> make;

  std::unique_ptr<bus::StageRunner> start(milliseconds interval) const {
    return std::make_unique<bus::StageRunner>(
        context,
        bus::PublisherOptions{.environment = "sim",
                              .source = "sim.stage",
                              .journal = journal,
                              .publish = "tcp://127.0.0.1:*",
                              .requests = "tcp://127.0.0.1:*"},
        bus::SubscriberOptions{.source = "sim.streaming",
                               .publish = input.publish_address(),
                               .requests = input.requests_address(),
                               .consumer = "stage"},
        make(), bus::StageOptions{interval});
  }
  // Until everything has been stepped; gives the pauses for snapshots, in seconds.
  std::vector<double> run_to_head(bus::StageRunner& runner) const {
    std::vector<double> pauses;
    std::uint64_t written = 0;
    while (runner.input().last() < input.head()) {
      input.tick();
      runner.run_once(milliseconds(20));
      if (runner.snapshots().written == written) continue;
      written = runner.snapshots().written;
      pauses.push_back(std::chrono::duration<double>(runner.snapshot_time()).count());
    }
    return pauses;
  }
};

void print(const std::string& name, double value, const char* unit, double reference) {
  std::printf(
      "{\"name\": \"%s\", \"value\": %.4f, \"unit\": \"%s\", \"reference\": %.4f, \"ratio\": "
      "%.4f}\n",
      name.c_str(), value, unit, reference, value / reference);
}

void measure(const std::string& name, const Bench& bench) {
  auto start = Clock::now();
  auto runner = bench.start(milliseconds(500));
  auto pauses = bench.run_to_head(*runner);
  std::sort(pauses.begin(), pauses.end());
  const double pause = pauses.empty() ? 0 : pauses[pauses.size() / 2];
  const double step_ms = 1e3 * seconds_since(start) / static_cast<double>(runner->steps());
  const auto snapshots = runner->snapshots();
  runner.reset();  // without close(): as a kill leaves it

  start = Clock::now();
  runner = bench.start(milliseconds(0));
  bench.run_to_head(*runner);
  const double with = seconds_since(start);
  const auto stepped = runner->steps();
  runner.reset();
  for (const auto& entry : fs::directory_iterator(bench.journal)) {
    if (entry.path().extension() == ".snapshot") fs::remove(entry.path());
  }
  start = Clock::now();
  runner = bench.start(milliseconds(0));
  bench.run_to_head(*runner);
  const double without = seconds_since(start);

  std::fprintf(stderr, "%s: %zu bytes of state, %zu records stepped again with it, %zu without\n",
               name.c_str(), static_cast<std::size_t>(snapshots.bytes),
               static_cast<std::size_t>(stepped), static_cast<std::size_t>(runner->steps()));
  print("stage.restart_s." + name, with, "s", without);
  print("stage.snapshot_pause_ms." + name, 1e3 * pause, "ms", 1e3 * step_ms);
}

}  // namespace

int main(int argc, char** argv) try {
  const std::string_view wanted = argc > 1 ? argv[1] : "";
  if (!std::string_view("stage.").starts_with(wanted.substr(0, 6))) return 0;
  const auto records = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 2'000'000;
  auto pattern = (fs::temp_directory_path() / "depthwire-bench-XXXXXX").string();
  const fs::path directory = ::mkdtemp(pattern.data());
  {
    zmq::context_t context;
    bus::Publisher input(context, {.environment = "sim",
                                   .source = "sim.streaming",
                                   .journal = directory / "input",
                                   .publish = "tcp://127.0.0.1:*",
                                   .requests = "tcp://127.0.0.1:*"});
    fill(input, records);
    measure("aggregator",
            {context, input, directory / "aggregator", [] {
               return std::make_unique<aggregator::AggregatorStage>(aggregator::StageSettings{});
             }});
    measure("analyzer", {context, input, directory / "analyzer", [] {
                           return std::make_unique<analyzer::RecordStage>(analyzer::Params{},
                                                                          "sim.streaming");
                         }});
  }
  fs::remove_all(directory);
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "bench_stage_restart: %s\n", error.what());
  return 1;
}
