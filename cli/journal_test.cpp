// The journal's subcommands on a journal of their own.
#include "cli/commands.hpp"
#include "common/bus/subscriber.hpp"
#include "common/journal/segment.hpp"
#include "common/journal/writer.hpp"
#include "common/service/exit_error.hpp"
#include "tests/support/process.hpp"
#include "tests/support/temp_dir.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <signal.h>

#include <algorithm>
#include <fstream>

namespace depthwire::cli {
namespace {

class JournalCommands : public ::testing::Test {
 protected:
  void SetUp() override {
    journal::Writer writer({.directory = directory_, .segment_bytes = 4096});
    for (int i = 0; i < 100; ++i) {
      writer.append(writer.topic("sim.spot.EURUSD|"), 10, journal::end_of_step,
                    std::string(100, 'x'), journal::system_time().utc_ns());
      ASSERT_TRUE(writer.commit());
      writer.clear_group();
    }
    head_ = writer.head();
    writer.sync();
  }
  std::vector<journal::Segment> segments() { return journal::list_segments(directory_); }
  template <class Call>
  static int exit_code_of(Call call) {
    try {
      return call();
    } catch (const service::ExitError& error) {
      return error.code();
    }
  }

  tests::TempDir dir_;
  std::filesystem::path directory_ = dir_.path() / "sim.streaming";
  journal::Position head_;
};

TEST_F(JournalCommands, DumpTakesAKindByItsNameOrByTheBrokers) {
  const auto lines = [this](const std::string& kind) {
    testing::internal::CaptureStdout();
    EXPECT_EQ(journal_dump({.directory = directory_, .kind = kind}), service::exit_code::ok);
    const auto printed = testing::internal::GetCapturedStdout();
    return std::count(printed.begin(), printed.end(), '\n');
  };

  EXPECT_EQ(lines("spot"), 100);
  EXPECT_EQ(lines("ProtoOASpotEvent"), 100);
  EXPECT_EQ(lines("depth"), 0);
  EXPECT_EQ(exit_code_of([this] { return journal_dump({.directory = directory_, .kind = "x"}); }),
            service::exit_code::usage);
}

TEST_F(JournalCommands, TrimRemovesWholeSegmentsBeforeAPosition) {
  const auto all = segments();
  ASSERT_GT(all.size(), 3U);
  const auto inside_third = journal::to_string({head_.epoch, all[2].first_offset + 1});

  EXPECT_EQ(journal_trim({.directory = directory_, .before = inside_third, .dry_run = true}), 0);
  EXPECT_EQ(segments().size(), all.size());
  const std::vector<std::string> others = {"7-900.snapshot", "skips", "stepping"};
  for (const auto& name : others) std::ofstream(directory_ / name) << "state";
  std::ofstream(journal::cut_path(all[0].path)) << "torn";
  EXPECT_EQ(journal_trim({.directory = directory_, .before = inside_third}), 0);

  for (const auto& name : others) EXPECT_TRUE(std::filesystem::exists(directory_ / name)) << name;
  EXPECT_FALSE(std::filesystem::exists(journal::cut_path(all[0].path)));
  EXPECT_EQ(segments().size(), all.size() - 2);
  EXPECT_EQ(segments().front().first_offset, all[2].first_offset);
  EXPECT_FALSE(std::filesystem::exists(journal::seal_path(all[0].path)));
  EXPECT_EQ(journal_verify({.directory = directory_}), 0);
  EXPECT_NO_THROW(journal::Writer({.directory = directory_}));
}

TEST_F(JournalCommands, TrimGoesByAgeAndLeavesTheNewest) {
  const auto all = segments().size();
  EXPECT_EQ(journal_trim({.directory = directory_, .older_than_hours = 1}), 0);
  EXPECT_EQ(segments().size(), all);

  EXPECT_EQ(journal_trim({.directory = directory_, .older_than_hours = 1e-9}), 0);
  EXPECT_EQ(segments().size(), 1U);
}

TEST_F(JournalCommands, TrimAndServeRefuseAJournalInUse) {
  const journal::Writer writer({.directory = directory_});

  EXPECT_EQ(exit_code_of(
                [&] { return journal_trim({.directory = directory_, .older_than_hours = 1e-9}); }),
            service::exit_code::lock_held);
  EXPECT_EQ(exit_code_of([&] { return journal_serve({.directory = directory_}); }),
            service::exit_code::lock_held);
}

TEST_F(JournalCommands, TrimWantsOneWayToChoose) {
  EXPECT_EQ(exit_code_of([&] { return journal_trim({.directory = directory_}); }),
            service::exit_code::usage);
  EXPECT_EQ(exit_code_of([&] { return journal_trim({.directory = directory_, .before = "17"}); }),
            service::exit_code::usage);
}

TEST_F(JournalCommands, VerifyNamesRecordsThatAreMissing) {
  std::filesystem::remove(segments()[1].path);

  EXPECT_EQ(journal_verify({.directory = directory_}), service::exit_code::corrupt);
}

TEST_F(JournalCommands, ServeGivesASubscriberAllThatAStoppedPublisherHad) {
  const auto output = dir_.path() / "output";
  tests::Process serve(
      {.command = {DEPTHWIRE_PROGRAM, "journal", "serve", directory_, "--json"}, .output = output});
  ASSERT_TRUE(tests::eventually([&] { return serve.output().find("}\n") != std::string::npos; }));
  const auto where = nlohmann::json::parse(serve.output());
  zmq::context_t context;
  bus::Subscriber subscriber(context, {.source = "sim.streaming",
                                       .publish = where.at("publish"),
                                       .requests = where.at("requests"),
                                       .consumer = "test"});
  std::size_t records = 0;

  EXPECT_TRUE(tests::eventually([&] {
    records += subscriber.receive(std::chrono::milliseconds(50)).records.size();
    return subscriber.last() == head_;
  }));

  EXPECT_EQ(records, 100U);
  serve.signal(SIGTERM);
  EXPECT_EQ(serve.wait(), 0);
}

}  // namespace
}  // namespace depthwire::cli
