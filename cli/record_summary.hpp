#pragma once

#include "common/journal/format.hpp"

#include <array>
#include <string>
#include <string_view>

namespace depthwire::cli {

/// The kinds of topics that processes publish.
inline constexpr std::array<std::string_view, 14> topic_kinds = {
    "spot",         "depth", "bar",  "tick",   "symbol", "connection", "account",
    "data_quality", "job",   "book", "signal", "flow",   "sentiment",  "alert"};

/// One record in a line of at most `width` characters: time, kind, symbol, and the few values that
/// matter; prices in price units, sizes in units.
[[nodiscard]] std::string record_summary(const journal::Record& record, std::size_t width);

}  // namespace depthwire::cli
