#include "common/replay/recorded.hpp"

#include "common/bus/stage_driver.hpp"
#include "common/journal/segment.hpp"
#include "common/replay/records.hpp"
#include "proto/bus/envelope.pb.h"

namespace depthwire::replay {
namespace {

constexpr std::string_view control_suffix = "._control|";

bool parse(std::string_view payload, bus::Envelope& into) {
  return into.ParseFromArray(payload.data(), static_cast<int>(payload.size()));
}

bus::Lost to_lost(const bus::Loss& loss) {
  using Cause = bus::Lost::Cause;
  const bool replaced = loss.cause() == bus::to_string(Cause::replaced);
  return {{loss.from_epoch(), loss.from_offset() - 1},
          {loss.to_epoch(), loss.to_offset() + 1},
          replaced ? Cause::replaced : Cause::aged_out};
}

// A loss belongs to the stretch of outputs that it shaped. What was lost behind the last cause was
// lost to a later life, which did not step it again; that life begins a stretch.
void add_loss(std::vector<Stretch>& stretches, const bus::Lost& lost, journal::Position newest) {
  if (stretches.empty()) return;
  if (lost.first <= newest) {
    auto later = stretches.back();
    stretches.back().until = newest;
    stretches.push_back(std::move(later));
  }
  stretches.back().losses.push_back(lost);
}

}  // namespace

Recorded read_recorded(const std::filesystem::path& journal) {
  Recorded recorded;
  Records records(journal);
  bus::Envelope envelope;
  std::string newest;  // payload of the newest record with a cause
  const auto newest_cause = [&]() -> std::optional<journal::Position> {
    if (newest.empty() || !parse(newest, envelope)) return std::nullopt;
    return journal::Position{envelope.cause().epoch(), envelope.cause().offset()};
  };
  while (const auto* record = records.next()) {
    const int type = record->header.payload_type;
    if (bus::has_cause(*record)) {
      if (type == bus::Envelope::kLoss) {
        const auto before = newest_cause().value_or(journal::Position{});
        if (parse(record->payload, envelope)) {
          add_loss(recorded.stretches, to_lost(envelope.loss()), before);
        }
      }
      newest.assign(record->payload);
    }
    if (type == bus::Envelope::kDeadLetter && parse(record->payload, envelope) &&
        envelope.dead_letter().skipped()) {
      const auto& letter = envelope.dead_letter();
      recorded.skips[{letter.epoch(), letter.offset()}] = letter.reason();
    }
    if (type != bus::Envelope::kEpochStart || !parse(record->payload, envelope)) continue;
    const auto& given = envelope.epoch_start().parameters();
    Parameters parameters(given.begin(), given.end());
    auto& stretches = recorded.stretches;
    if (!stretches.empty()) {
      if (stretches.back().parameters == parameters) continue;
      stretches.back().until = newest_cause();
      if (!stretches.back().until) stretches.pop_back();  // it has made nothing
    }
    stretches.push_back({std::move(parameters), std::nullopt, {}});
  }
  return recorded;
}

std::string source_of(const std::filesystem::path& journal) {
  Records records(journal);
  while (const auto* record = records.next()) {
    if (record->topic.ends_with(control_suffix)) {
      return std::string(record->topic.substr(0, record->topic.size() - control_suffix.size()));
    }
  }
  return std::filesystem::weakly_canonical(journal).filename().string();
}

bool is_journal(const std::filesystem::path& directory) {
  return std::filesystem::is_directory(directory) && !journal::list_segments(directory).empty();
}

}  // namespace depthwire::replay
