// What the writer does when the disk fails (F10) or is full (F13).
#include "common/journal/reader.hpp"
#include "common/journal/segment.hpp"
#include "common/journal/writer.hpp"
#include "tests/support/simulated_disk.hpp"

#include <gtest/gtest.h>

#include <cerrno>

namespace depthwire::journal {
namespace {

class DiskErrors : public ::testing::Test {
 protected:
  static inline const std::filesystem::path directory = "journal";

  WriterOptions options() {
    return {.directory = directory,
            .segment_bytes = 4096,
            .storage = &disk_,
            .time = &time_,
            .sync_thread = false};
  }
  static Position append(Writer& writer, const std::string& payload) {
    return writer.append(writer.topic("t|"), 10, end_of_step, payload, 1);
  }
  static bool write(Writer& writer, const std::string& payload) {
    append(writer, payload);
    if (!writer.commit()) return false;
    writer.clear_group();
    return true;
  }
  std::vector<std::string> payloads() {
    Reader reader(directory, {}, disk_);
    std::vector<std::string> out;
    for (auto next = reader.next(); std::holds_alternative<Record>(next); next = reader.next()) {
      out.emplace_back(std::get<Record>(next).payload);
    }
    return out;
  }
  template <class Call>
  static int exit_code_of(Call call) {
    try {
      call();
    } catch (const service::ExitError& error) {
      return error.code();
    }
    return 0;
  }

  tests::SimulatedDisk disk_;
  tests::ManualTime time_;
};

TEST_F(DiskErrors, AFailedSyncIsNeverRetriedAndEndsTheWriter) {
  Writer writer(options());
  ASSERT_TRUE(write(writer, "a"));
  disk_.fail_next_sync(EIO);

  EXPECT_EQ(exit_code_of([&] { writer.sync(); }), service::exit_code::disk);

  const auto syncs = disk_.syncs();
  EXPECT_FALSE(writer.sync_round());
  EXPECT_EQ(exit_code_of([&] { writer.sync(); }), service::exit_code::disk);
  EXPECT_EQ(exit_code_of([&] { (void)write(writer, "b"); }), service::exit_code::disk);
  EXPECT_EQ(disk_.syncs(), syncs);
  EXPECT_EQ(payloads(), std::vector<std::string>{"a"});
}

TEST_F(DiskErrors, AFailedWriteEndsTheWriterForGood) {
  Writer writer(options());
  disk_.fail_next_write(EIO);

  EXPECT_EQ(exit_code_of([&] { (void)write(writer, "a"); }), service::exit_code::disk);
  EXPECT_EQ(exit_code_of([&] { (void)writer.commit(); }), service::exit_code::disk);
  EXPECT_TRUE(payloads().empty());
}

TEST_F(DiskErrors, AFullDiskTakesNothingUntilThereIsRoom) {
  Writer writer(options());
  while (writer.head().offset < 20) ASSERT_TRUE(write(writer, std::string(100, 'x')));
  const auto segments = list_segments(directory, disk_).size();
  disk_.set_capacity(0);
  while (write(writer, std::string(100, 'x'))) {
  }
  const auto head = writer.head();
  writer.discard_group();

  disk_.set_capacity(1 << 20);
  EXPECT_FALSE(write(writer, "too soon to look again"));
  writer.discard_group();
  time_.advance(std::chrono::milliseconds(101));
  ASSERT_TRUE(write(writer, "after the hole"));

  EXPECT_EQ(writer.head(), (Position{head.epoch, head.offset + 1}));
  EXPECT_EQ(payloads().size(), head.offset + 1);
  EXPECT_EQ(payloads().back(), "after the hole");
  EXPECT_GE(list_segments(directory, disk_).size(), segments);
  writer.sync();
}

TEST_F(DiskErrors, AGroupThatFitsOnlyInPartLeavesNothingBehind) {
  Writer writer(options());
  ASSERT_TRUE(write(writer, "a"));
  disk_.fail_next_write(ENOSPC);

  EXPECT_FALSE(write(writer, "b"));
  time_.advance(std::chrono::seconds(1));
  ASSERT_TRUE(writer.commit());  // the same group again
  writer.clear_group();
  writer.sync();

  EXPECT_EQ(payloads(), (std::vector<std::string>{"a", "b"}));
}

TEST_F(DiskErrors, AStartWithoutRoomSaysSoAndChangesNothing) {
  {
    Writer writer(options());
    ASSERT_TRUE(write(writer, "a"));
    writer.sync();
  }
  disk_.set_capacity(4200);  // what is there, but no further segment

  EXPECT_THROW(Writer{options()}, DiskFull);

  disk_.set_capacity(1 << 20);
  const Writer writer(options());
  EXPECT_EQ(writer.recovered().last.offset, 1U);
  EXPECT_EQ(payloads(), std::vector<std::string>{"a"});
}

}  // namespace
}  // namespace depthwire::journal
