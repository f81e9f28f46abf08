#pragma once

#include "proto/bus/market.pb.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace depthwire::cli {

/// How far jobs of history have come together, for people.
class HistoryProgress {
 public:
  using Time = std::chrono::steady_clock::time_point;

  explicit HistoryProgress(Time began) : began_(began) {}

  /// Takes the jobs as they stand at `now`.
  void take(const std::vector<bus::Job>& jobs, Time now);

  /// Done part of the time that was asked for, in [0, 1].
  [[nodiscard]] double done() const;
  /// Published since the first take(), by our jobs.
  [[nodiscard]] std::uint64_t records() const { return records_ - records_before_; }
  [[nodiscard]] std::uint64_t requests() const { return requests_ - requests_before_; }
  /// Over the newest half minute.
  [[nodiscard]] double records_per_second() const;
  [[nodiscard]] double requests_per_second() const;
  /// At the pace so far; nothing before there is one.
  [[nodiscard]] std::optional<std::chrono::seconds> left() const;

  /// "42 %  1,234,000 records  8,012/s  4.7 requests/s  1:03 left"
  [[nodiscard]] std::string text() const;
  /// The same after a bar, in at most `width` columns.
  [[nodiscard]] std::string bar(std::size_t width) const;

 private:
  struct Sample {
    Time at;
    std::uint64_t records = 0;
    std::uint64_t requests = 0;
  };

  Time began_;
  Time now_;
  bool first_ = true;
  std::int64_t total_ns_ = 0;
  std::int64_t left_ns_ = 0;
  std::int64_t left_before_ns_ = 0;
  std::uint64_t records_ = 0;
  std::uint64_t requests_ = 0;
  std::uint64_t records_before_ = 0;
  std::uint64_t requests_before_ = 0;
  std::vector<Sample> samples_;
};

/// 1234567 as "1,234,567".
[[nodiscard]] std::string with_commas(std::uint64_t number);

}  // namespace depthwire::cli
