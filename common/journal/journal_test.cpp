#include "common/journal/file.hpp"
#include "common/journal/reader.hpp"
#include "common/journal/segment.hpp"
#include "common/journal/writer.hpp"
#include "common/service/exit_error.hpp"
#include "tests/support/temp_dir.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>

#include <fstream>
#include <random>

namespace depthwire::journal {
namespace {

using tests::TempDir;

WriterOptions options(const TempDir& dir) {
  return {.directory = dir.path() / "journal", .segment_bytes = 4096};
}

void write(Writer& writer, std::string_view topic, std::string_view payload,
           std::uint16_t flags = end_of_step) {
  writer.append(writer.topic(topic), 10, flags, payload, 1);
  ASSERT_TRUE(writer.commit());
  writer.clear_group();
}

std::vector<std::string> payloads(const std::filesystem::path& directory, Position after = {}) {
  Reader reader(directory, after);
  std::vector<std::string> out;
  while (true) {
    auto result = reader.next();
    const auto* record = std::get_if<Record>(&result);
    if (record == nullptr) {
      EXPECT_TRUE(std::holds_alternative<AtEnd>(result));
      return out;
    }
    out.emplace_back(record->payload);
  }
}

int exit_code_of(const WriterOptions& wanted) {
  try {
    const Writer writer(wanted);
  } catch (const service::ExitError& error) {
    return error.code();
  }
  return 0;
}

std::filesystem::path newest_segment(const std::filesystem::path& directory) {
  return list_segments(directory).back().path;
}

TEST(Journal, AWriterKnowsWhetherTheMachineHasRunThroughSinceTheLast) {
  const TempDir dir;
  auto wanted = options(dir);
  const auto same_boot = [&](const std::string& boot) {
    wanted.boot = boot;
    return Writer(wanted).recovered().same_boot;
  };

  EXPECT_FALSE(same_boot("a much longer name"));
  EXPECT_TRUE(same_boot("a much longer name"));
  EXPECT_FALSE(same_boot("a"));
  EXPECT_TRUE(same_boot("a"));
  EXPECT_FALSE(same_boot(""));  // nobody can tell
  EXPECT_FALSE(same_boot(""));
  EXPECT_FALSE(machine_boot().empty());
}

TEST(Journal, WhatWasCommittedIsReadBackOverSegmentsAndRestarts) {
  const TempDir dir;
  const auto wanted = options(dir);
  std::vector<std::string> expected;
  for (int life = 0; life < 3; ++life) {
    Writer writer(wanted);
    for (int i = 0; i < 100; ++i) {
      expected.push_back("life " + std::to_string(life) + " record " + std::to_string(i));
      write(writer, "t|", expected.back());
    }
  }

  EXPECT_EQ(payloads(wanted.directory), expected);
  EXPECT_GT(list_segments(wanted.directory).size(), 3U);
}

TEST(Journal, OffsetsGoOnAcrossEpochsAndEpochsRise) {
  const TempDir dir;
  Position last;
  {
    Writer writer(options(dir));
    write(writer, "t|", "a");
    last = writer.head();
  }
  Writer writer(options(dir));

  EXPECT_EQ(writer.recovered().last, last);
  EXPECT_GT(writer.epoch(), last.epoch);
  write(writer, "t|", "b");
  EXPECT_EQ(writer.head().offset, last.offset + 1);
}

TEST(Journal, TopicPrevNamesTheTopicsLastRecordAcrossRestarts) {
  const TempDir dir;
  const auto wanted = options(dir);
  {
    Writer writer(wanted);
    write(writer, "a|", "1");
    write(writer, "b|", "2");
    for (int i = 0; i < 60; ++i) write(writer, "b|", std::string(100, 'x'));  // other segments
  }
  Writer writer(wanted);
  write(writer, "a|", "3");

  Reader reader(wanted.directory, {writer.epoch(), writer.head().offset - 1});
  const auto result = reader.next();
  ASSERT_TRUE(std::holds_alternative<Record>(result));
  EXPECT_EQ(std::get<Record>(result).header.topic_prev, 1U);
}

TEST(Journal, WithoutTopicTablesARestartReadsTheSegments) {
  const TempDir dir;
  const auto wanted = options(dir);
  {
    Writer writer(wanted);
    write(writer, "a|", "1");
    for (int i = 0; i < 60; ++i) write(writer, "b|", std::string(100, 'x'));
  }
  for (const auto& segment : list_segments(wanted.directory)) {
    std::filesystem::remove(segment.path.string() + ".topics");
  }
  const Writer writer(wanted);

  const auto newest = writer.newest("a");
  ASSERT_EQ(newest.size(), 1U);
  EXPECT_EQ(newest[0].offset, 1U);
}

TEST(Journal, GarbageAtTheEndIsCutAndCounted) {
  const TempDir dir;
  const auto wanted = options(dir);
  {
    Writer writer(wanted);
    write(writer, "t|", "kept");
    writer.sync();
  }
  {
    const File file(newest_segment(wanted.directory), O_RDWR);
    const auto segment = parse_segment(newest_segment(wanted.directory));
    std::string bytes(file.size(), '\0');
    bytes.resize(file.read_at(bytes.data(), bytes.size(), 0));
    TopicTable topics;
    file.write_at("garbage", scan_segment(bytes, *segment, topics).valid_bytes);
  }
  Writer writer(wanted);

  EXPECT_EQ(writer.recovered().torn_bytes, 7U);
  write(writer, "t|", "next");
  EXPECT_EQ(payloads(wanted.directory), (std::vector<std::string>{"kept", "next"}));
}

TEST(Journal, AStageIsCutBackToItsLastWholeStep) {
  const TempDir dir;
  auto wanted = options(dir);
  {
    Writer writer(wanted);
    write(writer, "t|", "step 1, first", no_flags);
    write(writer, "t|", "step 1, last", end_of_step);
    write(writer, "t|", "step 2, first", no_flags);
  }
  wanted.cut_to_step = true;
  const Writer writer(wanted);

  EXPECT_EQ(writer.recovered().cut_records, 1U);
  EXPECT_EQ(payloads(wanted.directory),
            (std::vector<std::string>{"step 1, first", "step 1, last"}));
}

TEST(Journal, ASecondWriterIsRefused) {
  const TempDir dir;
  const Writer first(options(dir));

  EXPECT_EQ(exit_code_of(options(dir)), service::exit_code::lock_held);
}

TEST(Journal, ADirectoryThatCannotBeMadeIsADiskError) {
  const TempDir dir;
  std::ofstream(dir.path() / "journal") << "a file where the directory should be";

  EXPECT_EQ(exit_code_of(options(dir)), service::exit_code::disk);
}

TEST(Journal, ReadingBelowWhatIsHeldIsAgedOut) {
  const TempDir dir;
  const auto wanted = options(dir);
  Writer writer(wanted);
  for (int i = 0; i < 200; ++i) write(writer, "t|", std::string(50, 'x'));
  const auto segments = list_segments(wanted.directory);
  ASSERT_GT(segments.size(), 2U);
  std::filesystem::remove(segments[0].path);

  Reader reader(wanted.directory, {writer.epoch(), 1});
  const auto result = reader.next();
  ASSERT_TRUE(std::holds_alternative<AgedOut>(result));
  EXPECT_EQ(std::get<AgedOut>(result).first.offset, segments[1].first_offset);
}

TEST(Journal, ADamagedEarlierSegmentIsReportedAndNothingAfterItIsRead) {
  const TempDir dir;
  const auto wanted = options(dir);
  {
    Writer writer(wanted);
    for (int i = 0; i < 200; ++i) write(writer, "t|", std::string(50, 'x'));
  }
  File(list_segments(wanted.directory)[0].path, O_RDWR).write_at("?", 300);

  Reader reader(wanted.directory);
  ReadResult result = reader.next();
  while (std::holds_alternative<Record>(result)) result = reader.next();
  EXPECT_TRUE(std::holds_alternative<Corrupt>(result));
}

TEST(Journal, NewestGivesTheKeyframeWhereATopicHasThem) {
  const TempDir dir;
  Writer writer(options(dir));
  write(writer, "depth|", "1", keyframe);
  write(writer, "depth|", "2");
  write(writer, "book|", "3");
  write(writer, "book|", "4");

  const auto newest = writer.newest("");
  ASSERT_EQ(newest.size(), 2U);
  EXPECT_EQ(newest[0].offset, 1U);
  EXPECT_EQ(newest[1].offset, 4U);
  Reader reader(options(dir).directory);
  ASSERT_TRUE(reader.seek_offset(4));
  EXPECT_EQ(std::get<Record>(reader.next()).payload, "4");
}

TEST(Journal, AReaderFollowsARunningWriter) {
  const TempDir dir;
  const auto wanted = options(dir);
  Writer writer(wanted);
  Reader reader(wanted.directory);
  std::mt19937_64 random(11);
  std::size_t written = 0;
  std::size_t seen = 0;
  while (written < 2'000) {
    for (auto i = random() % 5; i > 0; --i) {
      writer.append(writer.topic("t|"), 10, end_of_step, std::string(random() % 200, 'y'), 1);
      ++written;
    }
    ASSERT_TRUE(writer.commit());
    writer.clear_group();
    while (std::holds_alternative<Record>(reader.next(writer.head()))) ++seen;
    ASSERT_EQ(seen, written);
  }
}

}  // namespace
}  // namespace depthwire::journal
