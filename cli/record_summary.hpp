#pragma once

#include "common/journal/format.hpp"

#include <string>
#include <string_view>

namespace depthwire::cli {

/// One record in a line of at most `width` characters: time, kind, symbol, and the few values that
/// matter; prices in price units, sizes in units.
[[nodiscard]] std::string record_summary(const journal::Record& record, std::size_t width);

}  // namespace depthwire::cli
