#pragma once

#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>

namespace depthwire::cli {

/// The value of `series` in what /metrics told: a name without its prefix, and its labels as they
/// stand there: `feed_events_total{kind="depth"}`. Nothing where there is none.
[[nodiscard]] inline std::optional<double> metric_value(std::string_view metrics,
                                                        std::string_view series) {
  const std::string begin = "\ndepthwire_" + std::string(series) + " ";
  const std::string text = "\n" + std::string(metrics);
  const auto at = text.find(begin);
  if (at == std::string::npos) return std::nullopt;
  return std::strtod(text.c_str() + at + begin.size(), nullptr);
}

}  // namespace depthwire::cli
