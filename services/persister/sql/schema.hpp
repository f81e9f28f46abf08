#pragma once

#include "common/postgres/migrations.hpp"

#include <span>

namespace depthwire::persister {

/// The schema of Depthwire's database: the files beside this one, in order.
[[nodiscard]] std::span<const postgres::Migration> schema();

}  // namespace depthwire::persister
