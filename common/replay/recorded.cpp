#include "common/replay/recorded.hpp"

#include "common/journal/segment.hpp"
#include "common/replay/records.hpp"
#include "proto/bus/envelope.pb.h"

namespace depthwire::replay {
namespace {

constexpr std::string_view control_suffix = "._control|";

bool parse(std::string_view payload, bus::Envelope& into) {
  return into.ParseFromArray(payload.data(), static_cast<int>(payload.size()));
}

}  // namespace

Recorded read_recorded(const std::filesystem::path& journal) {
  Recorded recorded;
  Records records(journal);
  bus::Envelope envelope;
  std::string newest;  // payload of the newest record with a cause
  while (const auto* record = records.next()) {
    const int type = record->header.payload_type;
    if (!record->control() || type == bus::Envelope::kDeadLetter) newest.assign(record->payload);
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
      if (newest.empty() || !parse(newest, envelope)) {
        stretches.pop_back();  // it has made nothing
      } else {
        stretches.back().until = {envelope.cause().epoch(), envelope.cause().offset()};
      }
    }
    stretches.push_back({std::move(parameters), std::nullopt});
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
