#include "common/metrics/metrics.hpp"

#include <gmock/gmock.h>

namespace depthwire::metrics {
namespace {

TEST(Metrics, TheTextHasPrefixHelpTypeAndLabels) {
  Registry registry;
  registry.counter("records_total", "Records published.", {{"kind", "depth"}}).add(3);
  registry.gauge("lag_offsets", "Records behind.").set(2.5);

  EXPECT_EQ(registry.text(),
            "# HELP depthwire_lag_offsets Records behind.\n"
            "# TYPE depthwire_lag_offsets gauge\n"
            "depthwire_lag_offsets 2.5\n"
            "# HELP depthwire_records_total Records published.\n"
            "# TYPE depthwire_records_total counter\n"
            "depthwire_records_total{kind=\"depth\"} 3\n");
}

TEST(Metrics, TheSameNameAndLabelsGiveTheSameMetric) {
  Registry registry;
  Counter& first = registry.counter("gaps_total", "Gaps.", {{"source", "sim.streaming"}});
  Counter& other = registry.counter("gaps_total", "Gaps.", {{"source", "sim.aggregator"}});

  EXPECT_NE(&first, &other);
  EXPECT_EQ(&first, &registry.counter("gaps_total", "Gaps.", {{"source", "sim.streaming"}}));
}

TEST(Metrics, AHistogramCountsUpToAndIncludingItsBounds) {
  Histogram histogram({1, 2});
  for (const double value : {0.5, 1.0, 1.5, 9.0}) histogram.observe(value);

  EXPECT_THAT(histogram.cumulated(), testing::ElementsAre(2, 3, 4));
  EXPECT_DOUBLE_EQ(histogram.sum(), 12.0);
}

TEST(Metrics, BucketsAreOneTwoFive) {
  EXPECT_THAT(buckets(1, 100), testing::ElementsAre(1, 2, 5, 10, 20, 50, 100));
}

}  // namespace
}  // namespace depthwire::metrics
