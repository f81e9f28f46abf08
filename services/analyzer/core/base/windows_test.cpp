#include "services/analyzer/core/base/sorted_window.hpp"
#include "services/analyzer/core/base/time_weighted.hpp"
#include "services/analyzer/core/base/window_sums.hpp"

#include <gtest/gtest.h>

#include <deque>
#include <random>

namespace depthwire::analyzer {
namespace {

TEST(SortedWindow, HoldsWhatIsYoungerThanItsSpanAndNoMoreThanItsCapacity) {
  SortedWindow<int> window(3, 10 * ns_per_second);

  for (int i = 1; i <= 4; ++i) window.add(i * ns_per_second, 10 - i);
  EXPECT_EQ(std::vector<int>(window.sorted().begin(), window.sorted().end()),
            (std::vector<int>{6, 7, 8}));
  window.evict(13 * ns_per_second);

  EXPECT_EQ(window.size(), 1U);
}

TEST(SortedWindow, EqualsSortingWhatIsInside) {
  std::mt19937 random(11);
  SortedWindow<int> window(200, 100 * ns_per_second);
  std::deque<std::pair<Ns, int>> plain;
  Ns t = 0;
  for (int i = 0; i < 5'000; ++i) {
    t += static_cast<Ns>(random() % 3);
    const int value = static_cast<int>(random() % 50);
    window.add(t * ns_per_second, value);
    plain.emplace_back(t, value);
    while (plain.front().first <= t - 100 || plain.size() > 200) plain.pop_front();
    std::vector<int> sorted;
    sorted.reserve(plain.size());
    for (const auto& [when, one] : plain) sorted.push_back(one);
    std::sort(sorted.begin(), sorted.end());

    ASSERT_EQ(std::vector<int>(window.sorted().begin(), window.sorted().end()), sorted);
  }
}

TEST(WindowSums, EqualsAddingUpTheBuckets) {
  std::mt19937 random(13);
  WindowSums<1, 2> sums(10, {50, 200});
  std::deque<std::pair<Ns, std::int64_t>> plain;
  Ns t = 0;
  for (int i = 0; i < 5'000; ++i) {
    t += static_cast<Ns>(random() % 40);
    const auto value = static_cast<std::int64_t>(random() % 100);
    sums.add(t, {value});
    plain.emplace_back(t / 10, value);
    std::int64_t brief = 0;
    std::int64_t whole = 0;
    for (const auto& [bucket, one] : plain) {
      if (bucket > t / 10 - 5) brief += one;
      if (bucket > t / 10 - 20) whole += one;
    }

    ASSERT_EQ(sums.sum(0)[0], brief);
    ASSERT_EQ(sums.sum(1)[0], whole);
  }
}

TEST(WindowSums, IsEmptyAfterALongSilence) {
  WindowSums<1, 1> sums(10, {100});
  sums.add(5, {7});

  sums.advance(1'000'000);

  EXPECT_EQ(sums.sum(0)[0], 0);
}

TEST(TimeWeighted, ForgetsWhatIsOlderThanItsWindow) {
  TimeWeighted mean(10);

  mean.set(0, 100.0);
  mean.set(5 * ns_per_second, 2.0);
  mean.advance(15 * ns_per_second);

  EXPECT_EQ(mean.mean(), 2.0);
  EXPECT_EQ(mean.coverage(), 1.0);
}

TEST(TimeWeighted, SurvivesASilenceLongerThanItsWindow) {
  TimeWeighted mean(10);

  mean.set(0, 3.0);
  mean.advance(1'000'000 * ns_per_second);

  EXPECT_EQ(mean.mean(), 3.0);
  EXPECT_EQ(mean.coverage(), 1.0);
}

}  // namespace
}  // namespace depthwire::analyzer
