// What keeps a running journal within its limits: on real files, without the thread.
#include "common/journal/keeper.hpp"

#include "common/journal/archive.hpp"
#include "common/journal/file.hpp"
#include "common/journal/reader.hpp"
#include "common/journal/writer.hpp"
#include "tests/support/simulated_disk.hpp"
#include "tests/support/temp_dir.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>

namespace depthwire::journal {
namespace {

class KeeperTest : public ::testing::Test {
 protected:
  void SetUp() override {
    write();
    sealed_ = list_segments(directory_).size() - 1;
    ASSERT_GT(sealed_, 4U);
  }
  void write() {
    Writer writer({.directory = directory_, .segment_bytes = 4096, .time = &time_});
    for (int i = 0; i < 200; ++i) {
      writer.append(writer.topic("t|"), 10, end_of_step, std::string(100, 'x'), time_.utc_ns());
      ASSERT_TRUE(writer.commit());
      writer.clear_group();
    }
    writer.sync();
    head_ = writer.head();
  }

  Keeper& keeper(KeeperOptions options, std::vector<Segment> unchecked = {}) {
    options.directory = directory_;
    options.environment = [] { return EnvironmentUse{}; };
    options.report = [this](const KeeperReport& report) { report_ = report; };
    options.time = &time_;
    options.own_thread = false;
    keeper_ = std::make_unique<Keeper>(std::move(options), std::move(unchecked));
    return *keeper_;
  }
  std::uint64_t count(const std::filesystem::path& directory, Position after = {}) {
    Reader reader(directory, after);
    std::uint64_t records = 0;
    while (std::holds_alternative<Record>(reader.next())) ++records;
    return records;
  }
  void damage(std::size_t segment) {
    const auto path = list_segments(directory_)[segment].path;
    File(path, O_RDWR).write_at("?", 300);
  }

  tests::TempDir dir_;
  std::filesystem::path directory_ = dir_.path() / "sim.streaming";
  std::filesystem::path archive_ = dir_.path() / "archive";
  tests::ManualTime time_;
  Position head_;
  std::size_t sealed_ = 0;
  KeeperReport report_;
  std::unique_ptr<Keeper> keeper_;
};

TEST_F(KeeperTest, OldSegmentsGoWithTheirSeals) {
  auto& keeper = this->keeper({});
  keeper.round();
  EXPECT_EQ(report_.removed, 0U);

  time_.advance(std::chrono::hours(25));
  keeper.round();

  EXPECT_EQ(report_.removed, sealed_);
  const auto left = list_segments(directory_);
  ASSERT_EQ(left.size(), 1U);                     // the one that is written to
  EXPECT_EQ(disk().list(directory_).size(), 2U);  // it and LOCK
  EXPECT_NO_THROW(Writer({.directory = directory_}));
}

TEST_F(KeeperTest, AWallClockThatIsSetMakesNothingOld) {
  auto& keeper = this->keeper({});
  const auto today = time_.utc_ns();
  constexpr std::int64_t month_ns = std::chrono::nanoseconds(std::chrono::hours(720)).count();

  time_.set_utc_ns(today + month_ns);
  keeper.round();
  EXPECT_EQ(report_.removed, 0U);

  time_.set_utc_ns(today - month_ns);
  write();
  keeper.round();
  EXPECT_EQ(report_.removed, 0U);
  EXPECT_GT(report_.segments, sealed_);
}

TEST_F(KeeperTest, WhatWasCutGoesWithTheSegmentsAroundIt) {
  const auto segments = list_segments(directory_);
  const auto old = cut_path(segments[1].path);
  const auto newest = cut_path(segments.back().path);
  for (const auto& path : {old, newest}) File(path, O_RDWR | O_CREAT).write_at("torn", 0);
  auto& keeper = this->keeper({});
  keeper.round();
  EXPECT_TRUE(disk().exists(old));

  time_.advance(std::chrono::hours(25));
  keeper.round();

  EXPECT_FALSE(disk().exists(old));
  EXPECT_TRUE(disk().exists(newest));
}

// A stage keeps its state, and what operators decided, beside its journal.
TEST_F(KeeperTest, RetentionAndArchiveLeaveTheStagesFilesAlone) {
  const std::vector<std::string> names = {"7-1.snapshot", "7-900.snapshot", "skips", "stepping"};
  for (const auto& name : names) File(directory_ / name, O_RDWR | O_CREAT).write_at("state", 0);
  auto& keeper = this->keeper({.archive = archive_});
  time_.advance(std::chrono::hours(25));
  for (std::size_t i = 0; i <= sealed_; ++i) keeper.round();
  { const Writer again({.directory = directory_, .cut_to_step = true}); }

  EXPECT_EQ(report_.removed, sealed_);
  for (const auto& name : names) EXPECT_EQ(File(directory_ / name, O_RDONLY).size(), 5U) << name;
  EXPECT_EQ(disk().list(archive_).size(), sealed_);
}

TEST_F(KeeperTest, ARequiredConsumerIsWaitedForAndNamed) {
  auto& keeper = this->keeper({.required = {"persister"}});
  time_.advance(std::chrono::hours(25));
  keeper.round();
  EXPECT_EQ(report_.removed, 0U);
  EXPECT_EQ(report_.waiting_for, std::vector<std::string>{"persister"});

  keeper.acknowledge("persister", head_);
  keeper.round();

  EXPECT_EQ(report_.removed, sealed_);
  EXPECT_TRUE(report_.waiting_for.empty());
  EXPECT_TRUE(keeper.take_given_up().empty());
}

TEST_F(KeeperTest, BeyondTheHardLimitTheOldestGoesAndIsTold) {
  auto& keeper =
      this->keeper({.bytes = 1000, .hard_bytes = 10'000, .required = {"auditor", "persister"}});
  keeper.acknowledge("auditor", head_);
  keeper.round();

  ASSERT_GT(report_.removed, 0U);
  EXPECT_LE(list_segments(directory_).size() * 3'000, 15'000U);
  const auto given_up = keeper.take_given_up();
  ASSERT_EQ(given_up.size(), report_.removed);
  EXPECT_EQ(given_up[0].first.offset, 1U);
  EXPECT_EQ(given_up[0].last.offset + 1,
            report_.removed > 1 ? given_up[1].first.offset : first_position(directory_).offset);
  EXPECT_EQ(given_up[0].consumers, "persister");
}

TEST_F(KeeperTest, WhatGoesLiesInTheArchiveAndIsReadFromThere) {
  auto& keeper = this->keeper({.archive = archive_});
  time_.advance(std::chrono::hours(25));
  for (std::size_t i = 0; i <= sealed_; ++i) keeper.round();

  EXPECT_EQ(report_.archived, sealed_);
  EXPECT_EQ(report_.removed, sealed_);
  const auto first_left = first_position(directory_).offset;
  EXPECT_EQ(count(archive_), first_left - 1);
  EXPECT_EQ(count(archive_, {head_.epoch, 10}), first_left - 1 - 10);
}

TEST_F(KeeperTest, ADamagedArchiveIsReportedAndNotSkipped) {
  auto& keeper = this->keeper({.archive = archive_});
  for (std::size_t i = 0; i <= sealed_; ++i) keeper.round();
  const auto second = list_segments(archive_)[1];
  File(second.path, O_RDWR).write_at("?", 20);

  Reader reader(archive_);
  auto result = reader.next();
  while (std::holds_alternative<Record>(result)) result = reader.next();
  ASSERT_TRUE(std::holds_alternative<Corrupt>(result));
  EXPECT_EQ(std::get<Corrupt>(result).file, second.path.string());

  std::filesystem::remove(second.path);
  Reader over_the_hole(archive_);
  result = over_the_hole.next();
  while (std::holds_alternative<Record>(result)) result = over_the_hole.next();
  EXPECT_TRUE(std::holds_alternative<AgedOut>(result));
}

TEST_F(KeeperTest, WhatTheStartHadNoTimeForIsCheckedAtABoundedRate) {
  const auto segments = list_segments(directory_);
  damage(0);
  auto& keeper = this->keeper({.check_bytes_per_second = 4096}, {segments[0], segments[1]});

  keeper.round();
  EXPECT_EQ(report_.left_to_check, 1U);
  EXPECT_EQ(report_.damage, "");
  keeper.round();
  EXPECT_EQ(report_.left_to_check, 1U);
  time_.advance(std::chrono::seconds(1));
  keeper.round();

  EXPECT_EQ(report_.left_to_check, 0U);
  EXPECT_NE(report_.damage.find(segments[0].path.string()), std::string::npos);
}

TEST_F(KeeperTest, DamageIsNotArchived) {
  damage(0);
  auto& keeper = this->keeper({.archive = archive_});

  keeper.round();

  EXPECT_EQ(report_.archived, 0U);
  EXPECT_NE(report_.damage, "");
}

TEST_F(KeeperTest, LowSpaceIsTold) {
  auto& keeper = this->keeper({.min_free_percent = 100});
  keeper.round();
  EXPECT_TRUE(report_.low_space);
  EXPECT_GT(report_.space.total, 0U);

  this->keeper({.min_free_percent = 0}).round();
  EXPECT_FALSE(report_.low_space);
}

}  // namespace
}  // namespace depthwire::journal
