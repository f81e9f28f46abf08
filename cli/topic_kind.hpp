#pragma once

#include <array>
#include <string>
#include <string_view>

namespace depthwire::cli {

/// The kinds of topics that processes publish.
inline constexpr std::array<std::string_view, 16> topic_kinds = {
    "spot", "depth", "bar",    "tick", "symbol",    "connection", "account", "data_quality",
    "job",  "book",  "signal", "flow", "sentiment", "alert",      "regime",  "correlation"};

/// The kind that `text` names: itself, or by the broker's message that its records are made of, as
/// ProtoOASpotEvent, PROTO_OA_SPOT_EVENT or 2131 for spot. Empty stays empty. Throws
/// service::ExitError for what names none.
[[nodiscard]] std::string topic_kind(const std::string& text);

}  // namespace depthwire::cli
