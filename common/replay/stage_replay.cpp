#include "common/replay/stage_replay.hpp"

#include "common/bus/topic.hpp"
#include "common/service/exit_error.hpp"
#include "proto/bus/envelope.pb.h"

#include <limits>

namespace depthwire::replay {
namespace {

constexpr std::uint64_t outputs_per_group = 512;
constexpr journal::TopicId not_kept{std::numeric_limits<std::uint32_t>::max()};

}  // namespace

StageReplay::StageReplay(StageOptions options)
    : options_(std::move(options)),
      writer_({.directory = options_.out}),
      control_(writer_.topic(bus::control_topic(options_.source))),
      environment_(options_.source.substr(0, options_.source.find('.'))) {
  for (const auto& stretch : options_.recorded.stretches) {
    turns_.emplace_back(stretch, options_, *this);
  }
  bus::Envelope envelope;
  auto& start = *envelope.mutable_epoch_start();
  start.set_reason("replay");
  start.set_build(options_.build);
  for (const auto& [name, value] : turns_.back().stretch.parameters) {
    (*start.mutable_parameters())[name] = value;
  }
  write_control(bus::Envelope::kEpochStart, envelope.SerializeAsString());
}

void StageReplay::take(const journal::Record& record, bool aloud) {
  while (turns_.size() > 1 && record.position() > *turns_.front().stretch.until) {
    turns_.pop_front();
  }
  const bool skipped = options_.recorded.skips.contains(record.position());
  for (auto& turn : turns_) {
    const bool speaks = aloud && &turn == &turns_.front();
    if (!turn.had(record.position(), speaks)) continue;
    if (speaks) {
      step(turn.driver, record);
    } else if (!skipped) {
      turn.driver.step_silently(record);
    }
  }
}

bool StageReplay::Turn::had(journal::Position position, bool aloud) {
  const auto& losses = stretch.losses;
  for (; next_loss < losses.size() && position >= losses[next_loss].first; ++next_loss) {
    if (aloud) {
      driver.lost(losses[next_loss]);
    } else {
      stage->lost();
    }
  }
  return next_loss == losses.size() || position <= losses[next_loss].after;
}

void StageReplay::step(bus::StageDriver& driver, const journal::Record& record) {
  publish_time_ns_ = record.header.publish_time_ns;
  const auto skip = options_.recorded.skips.find(record.position());
  if (skip != options_.recorded.skips.end()) {
    driver.skip(record, skip->second);
    ++dead_letters_;
  } else if (!driver.step(record)) {
    ++dead_letters_;
  }
  if (pending_.held) write_pending(journal::end_of_step);
  if (in_group_ >= outputs_per_group) flush();
}

void StageReplay::flush() {
  if (!writer_.commit()) {
    throw service::ExitError(
        service::exit_code::disk,
        "no room for " + options_.out.string() + "; make some, and replay into another directory");
  }
  writer_.clear_group();
  in_group_ = 0;
}

void StageReplay::finish() {
  bus::Envelope envelope;
  envelope.mutable_epoch_end()->set_reason("replay");
  write_control(bus::Envelope::kEpochEnd, envelope.SerializeAsString());
  writer_.sync();
}

journal::TopicId StageReplay::topic(std::string_view kind, std::string_view symbol) {
  const auto& only = options_.only;
  if (!only.empty() && !only.contains(std::string(symbol))) return not_kept;
  return writer_.topic(bus::topic(environment_, kind, symbol));
}

void StageReplay::append(journal::TopicId topic, int payload_type, std::string_view envelope,
                         std::uint16_t) {
  if (topic.index == not_kept.index) return;
  if (pending_.held) write_pending(journal::no_flags);
  pending_.held = true;
  pending_.topic = topic;
  pending_.payload_type = payload_type;
  pending_.envelope.assign(envelope);
}

void StageReplay::write_pending(std::uint16_t flags) {
  writer_.append(pending_.topic, static_cast<std::uint16_t>(pending_.payload_type), flags,
                 pending_.envelope, publish_time_ns_);
  pending_.held = false;
  ++in_group_;
  if (pending_.payload_type < journal::first_control_type) ++outputs_;
}

void StageReplay::write_control(int payload_type, const std::string& envelope) {
  writer_.append(control_, static_cast<std::uint16_t>(payload_type), journal::end_of_step, envelope,
                 publish_time_ns_);
  flush();
}

}  // namespace depthwire::replay
