#pragma once

#include "common/journal/format.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <set>
#include <string>

namespace depthwire::replay {

/// Which outputs of two journals of one stage are held against each other.
struct DiffOptions {
  std::filesystem::path a;
  std::filesystem::path b;
  std::optional<journal::Position> from;  ///< of the causes
  std::optional<journal::Position> to;    ///< the last cause, included
  std::set<std::string> only;             ///< symbols; empty: all
};

/// Where two journals part. A position or text is empty where that journal has no further record.
struct Difference {
  std::string topic;                   ///< of a's record, else of b's
  std::optional<journal::Position> a;  ///< of the record in a
  std::optional<journal::Position> b;
  journal::Position cause;  ///< the input that made a's record, else b's
  std::string field;        ///< path in the envelope; "" when not the envelopes differ
  std::string value_a;
  std::string value_b;
  std::string text;  ///< all of it in words
};

struct Comparison {
  std::uint64_t compared = 0;  ///< records that were equal
  std::optional<Difference> first;
};

/// Compares the topics and envelopes of all but control records, in order, with every epoch and
/// publish time masked: equal when both are outputs of the same stage over the same inputs.
/// Throws service::ExitError 65 when a journal is damaged.
[[nodiscard]] Comparison diff(const DiffOptions& options);

}  // namespace depthwire::replay
