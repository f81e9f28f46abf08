#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace depthwire::cli {

/// Rows of one UTC day.
struct DayRows {
  std::chrono::sys_days day;
  std::int64_t rows = 0;
};

/// Days from `first` to `last`, both included.
struct Days {
  std::chrono::sys_days first;
  std::chrono::sys_days last;
  bool operator==(const Days&) const = default;
};

/// How a day stands: `closed` has no rows and is a weekend's.
enum class DayState : std::uint8_t { closed, missing, partial, whole };

/// Which days of a series the database holds. A working day between the first and the last that is
/// stored, without a row, is missing; one with less than 9/10 of the rows that its weekday usually
/// (in the median) has is partial, but for the first and the last, which may have begun or ended
/// on purpose.
class DayCoverage {
 public:
  /// `days` in order, each at most once.
  explicit DayCoverage(const std::vector<DayRows>& days);

  [[nodiscard]] std::int64_t rows() const { return rows_; }
  [[nodiscard]] Days stored() const { return stored_; }  ///< meaningless without rows
  [[nodiscard]] std::vector<Days> missing() const { return stretches(DayState::missing); }
  [[nodiscard]] std::vector<Days> partial() const { return stretches(DayState::partial); }
  [[nodiscard]] std::int64_t count(DayState state) const;
  /// State of a day; `closed` outside of what is stored.
  [[nodiscard]] DayState at(std::chrono::sys_days day) const;

 private:
  [[nodiscard]] std::vector<Days> stretches(DayState state) const;

  std::int64_t rows_ = 0;
  Days stored_{};
  std::vector<DayState> states_;  // of each day that is stored
};

/// The months of `coverage`, one a line with a sign for each day: "2026-01  ·##▒..". With `color`
/// for a terminal.
[[nodiscard]] std::string month_picture(const DayCoverage& coverage, bool color);

/// 2026-01-31.
[[nodiscard]] std::string date_text(std::chrono::sys_days day);

}  // namespace depthwire::cli
