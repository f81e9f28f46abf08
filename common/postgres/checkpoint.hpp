#pragma once

#include "common/journal/format.hpp"
#include "common/postgres/connection.hpp"

#include <map>
#include <string>

namespace depthwire::postgres {

/// How far each journal has been stored, by source.
using Checkpoints = std::map<std::string, journal::Position>;

[[nodiscard]] Checkpoints load_checkpoints(Connection& connection);

/// Moves a source's checkpoint; belongs into the transaction of the rows it speaks of.
void store_checkpoint(Connection& connection, const std::string& environment,
                      const std::string& source, journal::Position position);

}  // namespace depthwire::postgres
