#pragma once

#include "common/journal/format.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace depthwire::replay {

/// The first field in which two envelopes differ, by its path, with both values as text; "nothing"
/// where one has no such value.
struct FieldDifference {
  std::string field;
  std::string a;
  std::string b;
};

/// Compares two serialized envelopes with every epoch masked. Bytes that are no envelope differ
/// from all but the same bytes, in the field "payload".
[[nodiscard]] std::optional<FieldDifference> envelope_difference(std::string_view a,
                                                                 std::string_view b);

/// The cause of a serialized envelope; {0, 0} when it has none.
[[nodiscard]] journal::Position cause_of(std::string_view payload);

}  // namespace depthwire::replay
