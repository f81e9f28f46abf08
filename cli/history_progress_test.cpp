#include "cli/history_progress.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace depthwire::cli {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

bus::Job job(std::int64_t left, std::uint64_t records, std::uint64_t requests) {
  bus::Job job;
  job.set_until_time_ns(1000);
  job.set_left_ns(left);
  job.set_records(records);
  job.set_requests(requests);
  return job;
}

TEST(HistoryProgress, TellsHowFarItIsHowFastAndHowLongItTakes) {
  const HistoryProgress::Time start{};
  HistoryProgress progress(start);
  progress.take({job(1000, 0, 0), job(1000, 0, 0)}, start);
  EXPECT_EQ(progress.left(), std::nullopt);

  progress.take({job(0, 30'000, 30), job(1000, 10'000, 10)}, start + 10s);

  EXPECT_DOUBLE_EQ(progress.done(), 0.5);
  EXPECT_EQ(progress.left(), 10s);
  EXPECT_DOUBLE_EQ(progress.records_per_second(), 4'000);
  EXPECT_DOUBLE_EQ(progress.requests_per_second(), 4);
  EXPECT_EQ(progress.text(), " 50 %  40,000 records  4,000/s  4.0 requests/s  0:10 left");
}

TEST(HistoryProgress, WhatWasThereBeforeIsNoWorkOfOurs) {
  const HistoryProgress::Time start{};
  HistoryProgress progress(start);
  progress.take({job(500, 70'000, 70)}, start);

  progress.take({job(250, 80'000, 80)}, start + 10s);

  EXPECT_DOUBLE_EQ(progress.done(), 0.75);
  EXPECT_EQ(progress.records(), 10'000U);
  EXPECT_EQ(progress.left(), 10s);
}

TEST(HistoryProgress, ItIsWholeOnlyAtTheEnd) {
  HistoryProgress progress(HistoryProgress::Time{});
  progress.take({job(1, 0, 0)}, {});
  EXPECT_THAT(progress.text(), HasSubstr("99 %"));
  progress.take({job(0, 0, 0)}, HistoryProgress::Time{} + 1s);
  EXPECT_THAT(progress.text(), HasSubstr("100 %"));
}

TEST(HistoryProgress, ABarFitsTheTerminal) {
  const HistoryProgress::Time start{};
  HistoryProgress progress(start);
  progress.take({job(1000, 0, 0)}, start);
  progress.take({job(500, 10, 1)}, start + 1s);

  for (const std::size_t width : {20U, 60U, 70U, 100U, 200U}) {
    EXPECT_LE(progress.bar(width).size(), width);
  }
  EXPECT_THAT(progress.bar(200), HasSubstr("[###############...............]  50 %"));
}

TEST(WithCommas, GroupsByThousands) {
  EXPECT_EQ(with_commas(0), "0");
  EXPECT_EQ(with_commas(999), "999");
  EXPECT_EQ(with_commas(1'000), "1,000");
  EXPECT_EQ(with_commas(1'234'567), "1,234,567");
}

}  // namespace
}  // namespace depthwire::cli
