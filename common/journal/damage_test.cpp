// F8 and F9: damage in sealed segments is refused or reported, a torn tail is cut and kept aside.
#include "common/journal/reader.hpp"
#include "common/journal/recovery.hpp"
#include "common/journal/seal.hpp"
#include "common/journal/segment.hpp"
#include "common/journal/writer.hpp"
#include "tests/support/simulated_disk.hpp"

#include <gtest/gtest.h>

namespace depthwire::journal {
namespace {

class DamageTest : public ::testing::Test {
 protected:
  static inline const std::filesystem::path directory = "journal";

  void SetUp() override {
    Writer writer(options());
    for (int i = 0; i < 100; ++i) {
      writer.append(writer.topic("t|"), 10, end_of_step, std::string(100, 'x'), 1);
      ASSERT_TRUE(writer.commit());
      writer.clear_group();
    }
    writer.sync();
    segments_ = list_segments(directory, disk_);
    ASSERT_GT(segments_.size(), 3U);
  }
  WriterOptions options() {
    return {.directory = directory,
            .segment_bytes = 4096,
            .storage = &disk_,
            .time = &time_,
            .sync_thread = false};
  }
  int start() {
    try {
      const Writer writer(options());
    } catch (const service::ExitError& error) {
      text_ = error.what();
      return error.code();
    }
    return 0;
  }
  // The newest segment is sealed by the next start.
  Seal newest_seal() {
    EXPECT_EQ(start(), 0) << text_;
    return load_seal(disk_, segments_.back().path).value();
  }
  std::string bytes_of(const std::filesystem::path& path) {
    return read_all(*disk_.open(path, Access::read));
  }

  tests::SimulatedDisk disk_;
  tests::ManualTime time_;
  std::vector<Segment> segments_;
  std::string text_;
};

TEST_F(DamageTest, AFlippedBitInASealedSegmentIsRefusedAndNothingIsTouched) {
  disk_.flip(segments_[1].path, 300);
  const auto tail = bytes_of(segments_.back().path);

  EXPECT_EQ(start(), service::exit_code::corrupt);

  EXPECT_NE(text_.find(segments_[1].path.string()), std::string::npos) << text_;
  EXPECT_EQ(bytes_of(segments_.back().path), tail);
  EXPECT_EQ(list_segments(directory, disk_).size(), segments_.size());
}

TEST_F(DamageTest, AShortenedSegmentIsRefused) {
  disk_.open(segments_[0].path, Access::write)->truncate(1000);

  EXPECT_EQ(start(), service::exit_code::corrupt);
  EXPECT_NE(text_.find("1000 bytes instead of"), std::string::npos) << text_;
}

TEST_F(DamageTest, ASealThatNamesNoTopicCountsAsNone) {
  auto seal = newest_seal();
  seal.topics.emplace("two|bars|", 1);
  store_seal(disk_, segments_.back().path, seal);

  EXPECT_EQ(start(), 0) << text_;
}

TEST_F(DamageTest, ASealThatEndsElsewhereThanItsRecordsIsRefused) {
  auto seal = newest_seal();
  ++seal.last.offset;
  store_seal(disk_, segments_.back().path, seal);

  EXPECT_EQ(start(), service::exit_code::corrupt);
  EXPECT_NE(text_.find("it ends with offset 100 instead of 101"), std::string::npos) << text_;
}

TEST_F(DamageTest, AMissingSegmentIsRefused) {
  disk_.remove(segments_[1].path);

  EXPECT_EQ(start(), service::exit_code::corrupt);
  EXPECT_NE(text_.find("is missing"), std::string::npos) << text_;
}

TEST_F(DamageTest, WithoutTimeTheChecksumsAreLeftForLater) {
  const auto recovery = recover(directory, false, disk_, time_, std::chrono::milliseconds(0));

  ASSERT_EQ(recovery.unchecked.size(), segments_.size() - 1);
  EXPECT_EQ(recovery.unchecked[0].path, segments_[0].path);
}

TEST_F(DamageTest, WhatIsCutOffATailIsKeptAside) {
  const auto tail = segments_.back();
  const auto before = bytes_of(tail.path);
  disk_.flip(tail.path, 20);  // in its first record: all of the others follow

  Writer writer(options());

  EXPECT_EQ(writer.recovered().last.offset, tail.first_offset - 1);
  EXPECT_GT(writer.recovered().torn_bytes, 0U);
  const auto aside = bytes_of(tail.path.string() + ".cut");
  EXPECT_EQ(aside.size(), writer.recovered().torn_bytes);
  EXPECT_EQ(aside.substr(200), before.substr(200, aside.size() - 200));
}

TEST_F(DamageTest, DamageInTheNewestSegmentIsNoEnd) {
  const auto head = Position{segments_.back().epoch, 100};
  disk_.flip(segments_.back().path, 20);

  Reader bounded(directory, {}, disk_);
  auto result = bounded.next(head);
  while (std::holds_alternative<Record>(result)) result = bounded.next(head);
  EXPECT_TRUE(std::holds_alternative<Corrupt>(result));

  // Without a bound it might be a group that is just being written: looked at twice, it is not.
  Reader unbounded(directory, {}, disk_);
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  result = unbounded.next();
  while (!std::holds_alternative<Corrupt>(result)) {
    ASSERT_LT(std::chrono::steady_clock::now(), deadline);
    EXPECT_TRUE(!std::holds_alternative<AtEnd>(result) || unbounded.doubtful());
    result = unbounded.next();
  }
  EXPECT_EQ(std::get<Corrupt>(result).file, segments_.back().path.string());
}

}  // namespace
}  // namespace depthwire::journal
