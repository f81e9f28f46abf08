#pragma once

#include "common/bus/stage_driver.hpp"
#include "proto/bus/envelope.pb.h"
#include "tests/support/step_journal.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <functional>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <vector>

namespace depthwire::tests {

using MakeStage = std::function<std::unique_ptr<bus::Stage>()>;

/// What a stage gives for `records`. Before each record in `restarts` (by its place) the stage's
/// state is saved and a fresh stage goes on from it.
inline std::vector<StepJournal::Appended> outputs_of(const MakeStage& make,
                                                     const std::vector<journal::Record>& records,
                                                     const std::set<std::size_t>& restarts = {}) {
  StepJournal journal;
  auto stage = make();
  auto driver = std::make_unique<bus::StageDriver>(*stage, "sim.streaming", journal);
  for (std::size_t i = 0; i < records.size(); ++i) {
    if (restarts.contains(i)) {
      std::string state;
      stage->save(state);
      stage = make();
      stage->load(state);
      driver = std::make_unique<bus::StageDriver>(*stage, "sim.streaming", journal);
    }
    driver->step(records[i]);
  }
  return std::move(journal.appended);
}

inline std::set<std::size_t> random_places(std::size_t below, std::size_t count,
                                           std::uint32_t seed) {
  std::mt19937 random(seed);
  std::set<std::size_t> places;
  while (places.size() < std::min(count, below)) places.insert(random() % below);
  return places;
}

inline std::int64_t receive_time_of(const journal::Record& record) {
  bus::Envelope envelope;
  envelope.ParsePartialFromArray(record.payload.data(), static_cast<int>(record.payload.size()));
  return envelope.receive_time_ns();
}

/// What holds for the outputs of any stage: each names its input, inputs never go back, exactly the
/// last output of a step is marked, and none is stamped after its input nor before the one that
/// came before it: a timer carries its due time. Receive times of `records` never go back.
inline void expect_ordered_steps(const std::vector<journal::Record>& records,
                                 const std::vector<StepJournal::Appended>& outputs) {
  ASSERT_FALSE(outputs.empty());
  const auto first_offset = records.front().position().offset;
  journal::Position cause;
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    const auto envelope = outputs[i].parsed();
    ASSERT_TRUE(envelope.has_cause()) << "output " << i;
    ASSERT_EQ(envelope.cause().source(), "sim.streaming");
    const journal::Position at{envelope.cause().epoch(), envelope.cause().offset()};
    ASSERT_LE(cause, at) << "output " << i;
    cause = at;

    const bool last_of_step =
        i + 1 == outputs.size() || outputs[i + 1].parsed().cause().offset() != at.offset;
    ASSERT_EQ(outputs[i].flags, last_of_step ? journal::end_of_step : journal::no_flags)
        << "output " << i;

    const auto place = static_cast<std::size_t>(at.offset - first_offset);
    ASSERT_LT(place, records.size());
    const auto input_time = receive_time_of(records[place]);
    const auto time_before = place == 0 ? 0 : receive_time_of(records[place - 1]);
    ASSERT_LE(envelope.receive_time_ns(), input_time) << outputs[i].topic << ", output " << i;
    ASSERT_GE(envelope.receive_time_ns(), time_before) << outputs[i].topic << ", output " << i;
  }
}

}  // namespace depthwire::tests
