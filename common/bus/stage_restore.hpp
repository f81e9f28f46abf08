#pragma once

#include "common/bus/skips.hpp"
#include "common/bus/snapshot.hpp"
#include "common/bus/stage.hpp"

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace depthwire::bus {

/// What a stage began with.
struct Restored {
  journal::Position cause;         ///< the last input that its state has stepped; {0, 0}: none
  std::vector<std::string> notes;  ///< which snapshot was taken, and why others were not
};

/// Brings `stage` to the newest snapshot in its journal's directory that is its own and whole, or
/// leaves it as it is. `last`: the last record that the stage's journal still holds. Snapshots
/// that cannot be used are removed: no later start could use them either, and they would push out
/// those to come. Throws std::system_error when the directory cannot be read.
[[nodiscard]] Restored restore(Stage& stage, const std::filesystem::path& directory,
                               const StateKind& kind, journal::Position last, const Skips& skips);

/// FNV-1a over names and values: equal for equal parameters.
[[nodiscard]] std::uint64_t hash_of(const std::map<std::string, std::string>& parameters);

}  // namespace depthwire::bus
