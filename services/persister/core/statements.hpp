#pragma once

#include "common/postgres/connection.hpp"
#include "proto/bus/control.pb.h"
#include "proto/bus/market.pb.h"
#include "services/persister/core/row_head.hpp"

#include <tl/expected.hpp>

#include <string>
#include <vector>

namespace depthwire::persister {

/// A change to a table that keeps a latest state: one SQL statement and its parameters.
struct Statement {
  const char* sql = nullptr;
  std::vector<postgres::Parameter> parameters;
};
using StatementOrError = tl::expected<Statement, RowError>;

/// The latest of a symbol. Of two records the one received later stays, whatever the order in
/// which two journals are read.
[[nodiscard]] StatementOrError upsert_symbol(const RowHead& head, const bus::SymbolInfo& symbol);
/// Opens an outage.
[[nodiscard]] StatementOrError open_outage(const RowHead& head, const bus::SourceDown& down);
/// Closes the open outage of the source; without one, adds the whole outage when its beginning is
/// known.
[[nodiscard]] StatementOrError close_outage(const RowHead& head, const bus::SourceUp& up);

/// "2012-12-03 00:00:01.234567+00", rounded down to microseconds.
[[nodiscard]] std::string timestamp_text(std::int64_t unix_ns);

}  // namespace depthwire::persister
