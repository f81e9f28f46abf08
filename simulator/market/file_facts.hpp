#pragma once

#include "simulator/market/event.hpp"
#include "simulator/market/row_file.hpp"

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <string>

namespace depthwire::simulator {

/// What the first pass over a recorded file finds out.
struct FileFacts {
  std::int64_t begin_ns = 0;
  int price_decimals = 0;
  int size_decimals = 2;
  bool has_quotes = false;  ///< Q rows: the venue's own best prices
  market::Spot opening;

  /// `cents` of one unit: what a size of 1 is sent as.
  [[nodiscard]] std::int64_t unit() const {
    return Decimal{1, 0}.times_ten_to(size_decimals).value_or(1);
  }
};

/// Reads the whole `file`: calls `see(row, facts)` for each row, and refuses a size that does not
/// fit the file's scale.
template <class File, class See>
[[nodiscard]] FileFacts facts_of(const std::filesystem::path& file, See see) {
  FileFacts facts;
  File rows(file);
  if (!rows.at_end()) facts.begin_ns = rows.row().time_ns;
  std::int64_t largest = 0;  // of the sizes, whole units rounded up
  for (; !rows.at_end(); rows.advance()) {
    const auto& row = rows.row();
    facts.price_decimals = std::max(facts.price_decimals, std::min(row.price_decimals, 5));
    if constexpr (requires { row.size; }) {
      facts.size_decimals = std::max(facts.size_decimals, row.size.decimals);
      std::int64_t units = row.size.digits;
      for (int d = 0; d < row.size.decimals; ++d) units /= 10;
      largest = std::max(largest, units + 1);
      if (facts.size_decimals > 18 || !Decimal{largest, 0}.times_ten_to(facts.size_decimals)) {
        rows.fail("sizes that 63 bits hold with all decimals of the file");
      }
    }
    see(rows, facts);
  }
  return facts;
}

/// How a recorded symbol is described to clients: one unit is a lot.
[[nodiscard]] inline SymbolInfo info_of(const std::filesystem::path& file, const std::string& name,
                                        const FileFacts& facts) {
  return {.name = name,
          .description = name + ", recorded in " + file.filename().string(),
          .digits = facts.price_decimals,
          .lot_cents = facts.unit(),
          .has_depth = true,
          .opening = facts.opening};
}

}  // namespace depthwire::simulator
