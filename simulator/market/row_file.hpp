#pragma once

#include "simulator/market/line_reader.hpp"
#include "simulator/market/rows.hpp"

#include <filesystem>
#include <limits>
#include <string_view>

namespace depthwire::simulator {

/// The rows of one recorded file, one row ahead. Throws CorruptRecording at the first bad one.
template <class Row, Parsed<Row> (*parse)(std::string_view), bool InTimeOrder = true>
class RowFile {
 public:
  explicit RowFile(const std::filesystem::path& file) : reader_(file) {
    std::string_view header;
    if (!reader_.next(header) || header != Row::header) fail(Row::header);
    advance();
  }

  [[nodiscard]] bool at_end() const { return at_end_; }
  /// The row that comes next; not at the end.
  [[nodiscard]] const Row& row() const { return row_; }

  void advance() {
    std::string_view line;
    if (!reader_.next(line)) {
      at_end_ = true;
      return;
    }
    const auto parsed = parse(line);
    if (!parsed) fail(parsed.error());
    if (InTimeOrder && parsed->time_ns < row_.time_ns) fail("a time not before the last row's");
    row_ = *parsed;
  }

  /// Refuses the row that comes next.
  [[noreturn]] void fail(std::string_view expected) const {
    throw CorruptRecording(reader_.file(), reader_.line_number(), expected);
  }

 private:
  LineReader reader_;
  Row row_;
  bool at_end_ = false;
};

using L2File = RowFile<L2Row, parse_l2_row>;
using L3File = RowFile<L3Row, parse_l3_row>;
using TickFile = RowFile<TickRow, parse_tick_row>;
/// The samples come from different days.
using SampleFile = RowFile<SampleRow, parse_sample_row, false>;

}  // namespace depthwire::simulator
