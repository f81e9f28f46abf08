#include "services/analyzer/core/modelled/vpin.hpp"

#include "common/market/trading_day.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace depthwire::analyzer {

bool Vpin::add(double ticks, double buy_share) {
  if (!(size_ > 0)) return false;
  bool full = false;
  while (ticks > 0) {
    // A bucket that was begun when they were larger may be over the size already.
    const double taken = std::min(ticks, std::max(0.0, size_ - filled_));
    ticks -= taken;
    filled_ += taken;
    buy_ += buy_share * taken;
    if (filled_ < size_) break;
    const double imbalance = std::abs(2 * buy_ - filled_) / filled_;
    if (imbalances_.size() < needed_) {
      imbalances_.push_back(imbalance);
    } else {
      imbalances_[next_] = imbalance;
      next_ = (next_ + 1) % needed_;
    }
    filled_ = 0;
    buy_ = 0;
    full = true;
  }
  return full;
}

void Vpin::clear() {
  filled_ = 0;
  buy_ = 0;
  imbalances_.clear();
  next_ = 0;
}

std::optional<double> Vpin::value() const {
  if (imbalances_.size() < needed_) return std::nullopt;
  return std::accumulate(imbalances_.begin(), imbalances_.end(), 0.0) /
         static_cast<double>(needed_);
}

void DailyTicks::add(Ns open_time, std::uint64_t ticks) {
  const Ns day = market::trading_day_start(open_time);
  if (day_ != day) {
    // The first day was joined in its middle; a day without a bar, as at weekends, is none.
    if (whole_) {
      days_[next_] = ticks_;
      next_ = (next_ + 1) % days_.size();
      count_ = std::min(count_ + 1, days_.size());
    }
    whole_ = day_.has_value();
    day_ = day;
    ticks_ = 0;
  }
  ticks_ += ticks;
}

std::optional<double> DailyTicks::mean() const {
  if (count_ == 0) return std::nullopt;
  const auto sum = std::accumulate(
      days_.begin(), days_.begin() + static_cast<std::ptrdiff_t>(count_), std::uint64_t{0});
  return static_cast<double>(sum) / static_cast<double>(count_);
}

}  // namespace depthwire::analyzer
