#pragma once

#include "common/market/trading_day.hpp"
#include "services/analyzer/core/base/time.hpp"

#include <array>
#include <cstddef>
#include <cstdint>

namespace depthwire::analyzer {

/// How busy an hour of the week usually is, compared with all hours: takes the lunch hour and the
/// session's close out of an activity (S10).
class SeasonalMean {
 public:
  explicit SeasonalMean(std::size_t min_days) : min_days_(min_days) {}

  /// Takes an activity seen at `t` and gives it divided by what is usual for the hour; unchanged
  /// while the hour's bin has too few days.
  double step(Ns t, double activity) {
    const std::int64_t hour = t / market::ns_per_hour;
    if (hour != hour_) enter_hour(hour, t);
    sum_ += activity;
    ++count_;
    return activity / factor_;
  }

  /// The state, for snapshots.
  template <class Archive>
  void serialize(Archive& archive) {
    archive(bins_, hour_, bin_, sum_, count_, factor_);
  }

 private:
  struct Bin {
    double sum_of_means = 0;
    std::size_t days = 0;

    template <class Archive>
    void serialize(Archive& archive) {
      archive(sum_of_means, days);
    }
  };

  void enter_hour(std::int64_t hour, Ns t) {
    if (count_ > 0) {
      bins_[bin_].sum_of_means += sum_ / static_cast<double>(count_);
      ++bins_[bin_].days;
    }
    hour_ = hour;
    bin_ = static_cast<std::size_t>(market::new_york_hour_of_week(t));
    sum_ = 0;
    count_ = 0;
    factor_ = 1;
    if (bins_[bin_].days < min_days_) return;
    Bin all;
    for (const Bin& bin : bins_) {
      all.sum_of_means += bin.sum_of_means;
      all.days += bin.days;
    }
    const double usual = bins_[bin_].sum_of_means / static_cast<double>(bins_[bin_].days);
    const double mean = all.sum_of_means / static_cast<double>(all.days);
    if (usual > 0 && mean > 0) factor_ = usual / mean;
  }

  std::size_t min_days_;
  std::array<Bin, market::hours_per_week> bins_{};
  std::int64_t hour_ = -1;
  std::size_t bin_ = 0;
  double sum_ = 0;
  std::size_t count_ = 0;
  double factor_ = 1;
};

}  // namespace depthwire::analyzer
