#include "common/metrics/metrics.hpp"

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <cassert>
#include <limits>
#include <map>
#include <mutex>
#include <variant>

namespace depthwire::metrics {

Histogram::Histogram(std::vector<double> bounds)
    : bounds_(std::move(bounds)), counts_(bounds_.size() + 1) {
  assert(std::is_sorted(bounds_.begin(), bounds_.end()));
}

void Histogram::observe(double value) {
  const auto bucket = std::lower_bound(bounds_.begin(), bounds_.end(), value) - bounds_.begin();
  counts_[static_cast<std::size_t>(bucket)].fetch_add(1, std::memory_order_relaxed);
  sum_.fetch_add(value, std::memory_order_relaxed);
}

std::vector<std::uint64_t> Histogram::cumulated() const {
  std::vector<std::uint64_t> counts;
  std::uint64_t total = 0;
  for (const auto& count : counts_) {
    total += count.load(std::memory_order_relaxed);
    counts.push_back(total);
  }
  return counts;
}

std::vector<double> buckets(double first, double last) {
  std::vector<double> bounds;
  for (double power = first; power <= last; power *= 10) {
    for (const double factor : {1.0, 2.0, 5.0}) {
      if (power * factor <= last * (1 + 1e-9)) bounds.push_back(power * factor);
    }
  }
  return bounds;
}

class Registry::Impl {
 public:
  using Metric =
      std::variant<std::unique_ptr<Counter>, std::unique_ptr<Gauge>, std::unique_ptr<Histogram>>;
  struct Family {
    std::string help;
    std::map<Labels, Metric> metrics;
  };

  template <class T, class... Args>
  T& get(std::string_view name, std::string_view help, const Labels& labels, Args&&... args) {
    const std::lock_guard lock(mutex_);
    Family& family = families_["depthwire_" + std::string(name)];
    family.help = help;
    const auto found = family.metrics.find(labels);
    if (found != family.metrics.end()) return *std::get<std::unique_ptr<T>>(found->second);
    auto made = std::make_unique<T>(std::forward<Args>(args)...);
    T& metric = *made;
    family.metrics.emplace(labels, std::move(made));
    return metric;
  }

  std::string text() const {
    std::vector<prometheus::MetricFamily> out;
    const std::lock_guard lock(mutex_);
    for (const auto& [name, family] : families_) {
      auto& to = out.emplace_back();
      to.name = name;
      to.help = family.help;
      for (const auto& [labels, metric] : family.metrics) {
        auto& value = to.metric.emplace_back();
        for (const auto& [label, text] : labels) value.label.push_back({label, text});
        std::visit([&](const auto& from) { to.type = fill(value, *from); }, metric);
      }
    }
    return prometheus::TextSerializer().Serialize(out);
  }

 private:
  static prometheus::MetricType fill(prometheus::ClientMetric& to, const Counter& from) {
    to.counter.value = static_cast<double>(from.value());
    return prometheus::MetricType::Counter;
  }
  static prometheus::MetricType fill(prometheus::ClientMetric& to, const Gauge& from) {
    to.gauge.value = from.value();
    return prometheus::MetricType::Gauge;
  }
  static prometheus::MetricType fill(prometheus::ClientMetric& to, const Histogram& from) {
    const auto counts = from.cumulated();
    for (std::size_t i = 0; i < counts.size(); ++i) {
      const bool last = i == from.bounds().size();
      to.histogram.bucket.push_back(
          {counts[i], last ? std::numeric_limits<double>::infinity() : from.bounds()[i]});
    }
    to.histogram.sample_count = counts.back();
    to.histogram.sample_sum = from.sum();
    return prometheus::MetricType::Histogram;
  }

  mutable std::mutex mutex_;
  std::map<std::string, Family> families_;
};

Registry::Registry() : impl_(std::make_unique<Impl>()) {}
Registry::~Registry() = default;

Counter& Registry::counter(std::string_view name, std::string_view help, const Labels& labels) {
  return impl_->get<Counter>(name, help, labels);
}

Gauge& Registry::gauge(std::string_view name, std::string_view help, const Labels& labels) {
  return impl_->get<Gauge>(name, help, labels);
}

Histogram& Registry::histogram(std::string_view name, std::string_view help,
                               const std::vector<double>& bounds, const Labels& labels) {
  return impl_->get<Histogram>(name, help, labels, bounds);
}

std::string Registry::text() const { return impl_->text(); }

}  // namespace depthwire::metrics
