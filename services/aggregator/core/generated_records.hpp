#pragma once

#include "tests/support/records.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace depthwire::aggregator::testing {

/// A seeded stretch of streaming's journal: three symbols whose quotes come, go and change, spots
/// (some older than the second that they arrive in), quiet stretches with CLOCK records only,
/// resets, keyframes, lost sources, and now and then a record that cannot be taken. Receive times
/// never go back. The records live as long as `maker`.
std::vector<journal::Record> generate_records(std::uint32_t seed, std::size_t count,
                                              tests::RecordMaker& maker);

}  // namespace depthwire::aggregator::testing
