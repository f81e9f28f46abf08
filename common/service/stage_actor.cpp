#include "common/service/stage_actor.hpp"

#include "common/service/alarm.hpp"
#include "common/service/bus_metrics.hpp"
#include "common/service/bus_wiring.hpp"

#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <chrono>

namespace depthwire::service {
namespace {

using run_atom = caf::atom_constant<caf::atom("run")>;
using stop_atom = caf::atom_constant<caf::atom("stop")>;

// Heartbeats are due every 250 ms and a stop should be quick, so no wait is longer.
constexpr std::chrono::milliseconds longest_wait{100};
constexpr std::chrono::milliseconds report_every{500};

// What health and metrics tell of a running stage.
class Report {
 public:
  Report(Runtime& runtime, std::string_view input)
      : health_(runtime.health()),
        heartbeat_(runtime.health().heartbeat("stage")),
        input_(input),
        keys_(runtime, input_ + ".keys"),
        journal_(runtime.metrics()),
        source_(runtime.metrics(), input),
        steps_(runtime.metrics().counter("stage_steps_total", "Records of the input stepped.")),
        dead_letters_(runtime.metrics().counter("stage_dead_letters_total",
                                                "Records of the input that no step could take.")),
        losses_(runtime.metrics().counter(
            "stage_losses_total", "Times that records of the input were lost to the stage.")),
        snapshots_(
            runtime.metrics().counter("stage_snapshots_total", "Snapshots of the state written.")),
        snapshot_failures_(runtime.metrics().counter("stage_snapshot_failures_total",
                                                     "Snapshots that could not be written.")),
        snapshot_bytes_(
            runtime.metrics().gauge("stage_snapshot_bytes", "Size of the newest snapshot.")),
        snapshot_seconds_(runtime.metrics().gauge(
            "stage_snapshot_seconds", "How long no record was stepped for the newest snapshot.")) {}

  void update(const bus::StageRunner& runner) {
    heartbeat_.beat();
    const auto now = std::chrono::steady_clock::now();
    if (now < next_) return;
    next_ = now + report_every;
    const auto applied = runner.input().last().offset;
    const auto behind = std::max(runner.input().head().offset, applied) - applied;
    journal_.update(runner.output());
    source_.update(behind, runner.input());
    steps_.add(runner.steps() - steps_.value());
    tell_dead_letters(runner);
    tell_losses(runner);
    tell_snapshots(runner);
    health_.info("head", std::to_string(runner.output().head().offset));
    health_.info("applied", std::to_string(applied));
    health_.info("lag", std::to_string(behind));
    health_.info("events", std::to_string(runner.steps()));
    if (runner.replaying()) {
      health_.set("replaying", "steps again, in silence, what it had stepped before its restart");
    } else {
      health_.clear("replaying");
    }
    keys_.set(runner.input().problem());
    if (!runner.halted().empty()) {
      health_.set("halted", runner.halted());
      return;
    }
    health_.clear("halted");
    if (runner.stale()) {
      health_.set("source", input_ + " is silent: not running, or not reachable");
    } else {
      health_.clear("source");
    }
  }

 private:
  void tell_dead_letters(const bus::StageRunner& runner) {
    const auto more = runner.dead_letters() - dead_letters_.value();
    if (more == 0) return;
    dead_letters_.add(more);
    health_.info("dead_letters", std::to_string(runner.dead_letters()));
    spdlog::error("{} more of {} could not be stepped and went to DEAD_LETTER, the newest {}", more,
                  input_, runner.last_dead_letter());
  }
  void tell_losses(const bus::StageRunner& runner) {
    if (runner.losses() == losses_.value()) return;
    losses_.raise_to(runner.losses());
    spdlog::error("{}", runner.last_loss());
  }
  void tell_snapshots(const bus::StageRunner& runner) {
    const auto counts = runner.snapshots();
    if (counts.failed > snapshot_failures_.value()) {
      spdlog::error("no snapshot could be written, so a restart will take longer: {}",
                    counts.error);
    }
    snapshots_.add(counts.written - snapshots_.value());
    snapshot_failures_.add(counts.failed - snapshot_failures_.value());
    snapshot_bytes_.set(static_cast<double>(counts.bytes));
    snapshot_seconds_.set(std::chrono::duration<double>(runner.snapshot_time()).count());
  }

  Health& health_;
  Heartbeat& heartbeat_;
  std::string input_;
  Alarm keys_;
  PublisherMetrics journal_;
  SubscriberMetrics source_;
  metrics::Counter& steps_;
  metrics::Counter& dead_letters_;
  metrics::Counter& losses_;
  metrics::Counter& snapshots_;
  metrics::Counter& snapshot_failures_;
  metrics::Gauge& snapshot_bytes_;
  metrics::Gauge& snapshot_seconds_;
  std::chrono::steady_clock::time_point next_;
};

struct StageState {
  std::unique_ptr<bus::StageRunner> runner;
  std::unique_ptr<Report> report;
};

// The runner is moved in by pointer, since CAF copies the arguments of a behaviour.
struct Start {
  Runtime* runtime;
  std::shared_ptr<std::unique_ptr<bus::StageRunner>> runner;
  std::string input;
};

caf::behavior stage_actor(caf::stateful_actor<StageState>* self, const Start& start) {
  self->state.runner = std::move(*start.runner);
  self->state.report = std::make_unique<Report>(*start.runtime, start.input);
  Runtime* const runtime = start.runtime;
  return {
      [=](run_atom) {
        try {
          self->state.runner->run_once(longest_wait);
          self->state.report->update(*self->state.runner);
          self->send(self, run_atom::value);
        } catch (...) {
          runtime->health().retire("stage");
          runtime->fail(std::current_exception());
        }
      },
      [=](stop_atom) {
        try {
          self->state.runner->close();
        } catch (...) {
          runtime->fail(std::current_exception());
        }
        self->quit();
      },
  };
}

}  // namespace

void spawn_stage(Runtime& runtime, const BusSettings& bus, StageWiring wiring,
                 std::unique_ptr<bus::Stage> stage) {
  auto publisher = publisher_options(runtime, bus, wiring.own);
  publisher.parameters = std::move(wiring.parameters);
  auto input = subscriber_options(runtime, bus, wiring.input);
  auto runner =
      std::make_shared<std::unique_ptr<bus::StageRunner>>(std::make_unique<bus::StageRunner>(
          runtime.context(), publisher, input, std::move(stage),
          bus::StageOptions{.snapshot_interval = wiring.snapshot_interval}));
  for (const auto& note : (*runner)->notes()) spdlog::info("state: {}", note);
  const auto actor = runtime.actors().spawn<caf::detached>(
      stage_actor, Start{&runtime, std::move(runner), std::string(wiring.input)});
  caf::anon_send(actor, run_atom::value);
  runtime.on_stop([&runtime, actor] {
    caf::scoped_actor self(runtime.actors());
    self->send(actor, stop_atom::value);
    self->wait_for(actor);
  });
}

}  // namespace depthwire::service
