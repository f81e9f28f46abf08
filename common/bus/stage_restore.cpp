#include "common/bus/stage_restore.hpp"

#include <exception>
#include <string_view>

namespace depthwire::bus {
namespace {

// Why the snapshot is not for this stage; "" when it is.
std::string obstacle(const Snapshot& snapshot, const StateKind& kind, journal::Position last,
                     const Skips& skips) {
  if (snapshot.kind.input != kind.input) return "it is of the input " + snapshot.kind.input;
  if (snapshot.kind.version != kind.version) {
    return "its state is of version " + std::to_string(snapshot.kind.version) + ", not " +
           std::to_string(kind.version);
  }
  if (snapshot.kind.parameters != kind.parameters) return "the parameters were others";
  if (snapshot.head > last) {
    return "the journal has lost outputs up to " + journal::to_string(snapshot.head);
  }
  if (snapshot.skips != skips_until(skips, snapshot.cause)) {
    return "it was made before a record was skipped by decision";
  }
  return {};
}

}  // namespace

Restored restore(Stage& stage, const std::filesystem::path& directory, const StateKind& kind,
                 journal::Position last, const Skips& skips) {
  Restored restored;
  for (const auto& file : SnapshotFiles(directory).list()) {
    const auto snapshot = SnapshotFiles::read(file);
    auto why = snapshot ? obstacle(*snapshot, kind, last, skips)
                        : std::string(to_string(snapshot.error()));
    if (why.empty()) {
      try {
        stage.load(snapshot->state);
        restored.cause = snapshot->cause;
        restored.notes.push_back("goes on from " + file.filename().string() + ", written by " +
                                 snapshot->build);
        return restored;
      } catch (const std::exception& error) {
        why = std::string("its state cannot be read: ") + error.what();
      }
    }
    restored.notes.push_back("removes " + file.filename().string() + ": " + why);
    std::filesystem::remove(file);
  }
  restored.notes.emplace_back("no snapshot to go on from: steps all that its input still holds");
  return restored;
}

std::uint64_t hash_of(const std::map<std::string, std::string>& parameters) {
  std::uint64_t hash = 14'695'981'039'346'656'037ULL;
  const auto add = [&](std::string_view text) {
    for (const char c : text) {
      hash = (hash ^ static_cast<unsigned char>(c)) * 1'099'511'628'211ULL;
    }
  };
  for (const auto& [name, value] : parameters) {
    add(name);
    add("=");
    add(value);
    add("\n");
  }
  return hash;
}

}  // namespace depthwire::bus
