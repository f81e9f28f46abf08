#include "cli/history_progress.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <utility>

namespace depthwire::cli {
namespace {

using std::chrono::duration;
using std::chrono::seconds;

constexpr seconds rate_window{30};

std::string one_decimal(double value) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.1f", value);
  return text.data();
}

/// 3723 s as "1:02:03".
std::string clock_text(seconds time) {
  const auto s = time.count();
  std::array<char, 40> text{};
  if (s >= 3600) {
    std::snprintf(text.data(), text.size(), "%lld:%02lld:%02lld", static_cast<long long>(s / 3600),
                  static_cast<long long>(s / 60 % 60), static_cast<long long>(s % 60));
  } else {
    std::snprintf(text.data(), text.size(), "%lld:%02lld", static_cast<long long>(s / 60),
                  static_cast<long long>(s % 60));
  }
  return text.data();
}

}  // namespace

void HistoryProgress::take(const std::vector<bus::Job>& jobs, Time now) {
  now_ = now;
  total_ns_ = left_ns_ = 0;
  records_ = requests_ = 0;
  for (const auto& job : jobs) {
    total_ns_ += job.until_time_ns() - job.from_time_ns();
    left_ns_ += job.left_ns();
    records_ += job.records();
    requests_ += job.requests();
  }
  if (std::exchange(first_, false)) {
    left_before_ns_ = left_ns_;
    records_before_ = records_;
    requests_before_ = requests_;
  }
  samples_.push_back({now, records_, requests_});
  // The one before the window stays, so that the window is a whole one.
  while (samples_.size() > 2 && now - samples_[1].at >= rate_window) {
    samples_.erase(samples_.begin());
  }
}

double HistoryProgress::done() const {
  if (total_ns_ == 0) return 0;
  return 1 - static_cast<double>(left_ns_) / static_cast<double>(total_ns_);
}

double HistoryProgress::records_per_second() const {
  if (samples_.size() < 2 || samples_.back().at == samples_.front().at) return 0;
  const duration<double> time = samples_.back().at - samples_.front().at;
  return static_cast<double>(samples_.back().records - samples_.front().records) / time.count();
}

double HistoryProgress::requests_per_second() const {
  if (samples_.size() < 2 || samples_.back().at == samples_.front().at) return 0;
  const duration<double> time = samples_.back().at - samples_.front().at;
  return static_cast<double>(samples_.back().requests - samples_.front().requests) / time.count();
}

std::optional<seconds> HistoryProgress::left() const {
  const auto fetched = left_before_ns_ - left_ns_;
  if (first_ || fetched <= 0) return std::nullopt;
  const duration<double> spent = now_ - began_;
  return seconds(static_cast<std::int64_t>(spent.count() * static_cast<double>(left_ns_) /
                                           static_cast<double>(fetched)));
}

std::string HistoryProgress::text() const {
  std::array<char, 16> percent{};
  // Never 100 % before the end.
  std::snprintf(percent.data(), percent.size(), "%3d %%", static_cast<int>(done() * 100));
  std::string text = percent.data();
  text += "  " + with_commas(records()) + " records";
  text += "  " + with_commas(static_cast<std::uint64_t>(records_per_second())) + "/s";
  text += "  " + one_decimal(requests_per_second()) + " requests/s";
  if (const auto time = left(); time && left_ns_ > 0) text += "  " + clock_text(*time) + " left";
  return text;
}

std::string HistoryProgress::bar(std::size_t width) const {
  constexpr std::size_t longest = 30;
  const auto words = text();
  const auto room = width > words.size() + 3 ? std::min(longest, width - words.size() - 3) : 0;
  if (room < 5) return words.substr(0, width);
  const auto filled = static_cast<std::size_t>(done() * static_cast<double>(room));
  return '[' + std::string(filled, '#') + std::string(room - filled, '.') + "] " + words;
}

std::string with_commas(std::uint64_t number) {
  const auto digits = std::to_string(number);
  std::string text;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    if (i > 0 && (digits.size() - i) % 3 == 0) text += ',';
    text += digits[i];
  }
  return text;
}

}  // namespace depthwire::cli
