#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace depthwire::metrics {

/// Counts up. add() is one atomic addition, from any thread.
class Counter {
 public:
  void add(std::uint64_t count = 1) { value_.fetch_add(count, std::memory_order_relaxed); }
  /// For a count that is kept elsewhere; one thread only. A count that began anew changes nothing.
  void raise_to(std::uint64_t count) {
    if (count > value()) add(count - value());
  }
  [[nodiscard]] std::uint64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

/// A value that goes up and down.
class Gauge {
 public:
  void set(double value) { value_.store(value, std::memory_order_relaxed); }
  [[nodiscard]] double value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<double> value_{0};
};

/// Counts values per bucket; observe() from any thread.
class Histogram {
 public:
  /// `bounds`: upper bounds of the buckets, ascending; values above the last are counted too.
  explicit Histogram(std::vector<double> bounds);
  void observe(double value);

  [[nodiscard]] const std::vector<double>& bounds() const { return bounds_; }
  /// How many values are at or below bounds()[i]; the last is the count of all.
  [[nodiscard]] std::vector<std::uint64_t> cumulated() const;
  [[nodiscard]] double sum() const { return sum_.load(std::memory_order_relaxed); }

 private:
  std::vector<double> bounds_;
  std::vector<std::atomic<std::uint64_t>> counts_;
  std::atomic<double> sum_{0};
};

/// 1, 2, 5 times the powers of ten from `first` to `last`, for histograms of durations and sizes.
[[nodiscard]] std::vector<double> buckets(double first, double last);

using Labels = std::vector<std::pair<std::string, std::string>>;

/// The metrics of a process, by name. Thread-safe. Look a metric up once and keep the reference:
/// it lives as long as the registry. Names get the prefix `depthwire_`; labels are few and bounded
/// (a symbol, a kind), never an id. The same name and labels give the same metric.
class Registry {
 public:
  Registry();
  ~Registry();
  Registry(const Registry&) = delete;
  Registry& operator=(const Registry&) = delete;

  /// `name` ends in `_total`.
  [[nodiscard]] Counter& counter(std::string_view name, std::string_view help,
                                 const Labels& labels = {});
  [[nodiscard]] Gauge& gauge(std::string_view name, std::string_view help,
                             const Labels& labels = {});
  [[nodiscard]] Histogram& histogram(std::string_view name, std::string_view help,
                                     const std::vector<double>& bounds, const Labels& labels = {});

  /// All metrics in the Prometheus text format.
  [[nodiscard]] std::string text() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace depthwire::metrics
