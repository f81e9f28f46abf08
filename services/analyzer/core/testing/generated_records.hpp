#pragma once

#include "services/analyzer/core/testing/generated_log.hpp"
#include "tests/support/records.hpp"

#include <vector>

namespace depthwire::analyzer::testing {

/// `log` as streaming would journal it. The records live as long as `maker`.
std::vector<journal::Record> to_records(const Log& log, tests::RecordMaker& maker);

/// Logs of several symbols in order of time, with a lost source (and the books built again) and
/// records that only tell the time put in at random.
Log generate_market(std::uint32_t seed, std::int64_t seconds);

}  // namespace depthwire::analyzer::testing
