// What becomes of a stage whose source no longer holds what the stage has not read, or is another
// journal than the one it knew.
#include "common/bus/counting_stage.hpp"
#include "common/bus/requester.hpp"
#include "common/bus/stage.hpp"
#include "common/journal/reader.hpp"
#include "common/journal/segment.hpp"
#include "tests/support/process.hpp"
#include "tests/support/temp_dir.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <future>

namespace depthwire::bus {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;

class StageLossTest : public ::testing::Test {
 protected:
  fs::path input() const { return dir_.path() / "input"; }
  fs::path output() const { return dir_.path() / "output"; }

  void start_input() {
    input_ = std::make_unique<Publisher>(context_, PublisherOptions{.environment = "sim",
                                                                    .source = "sim.streaming",
                                                                    .journal = input(),
                                                                    .publish = "tcp://127.0.0.1:*",
                                                                    .requests = "tcp://127.0.0.1:*",
                                                                    .segment_bytes = 4'096});
  }
  void feed(int count) {
    const auto topic = input_->topic("spot", "EURUSD");
    for (int i = 0; i < count; ++i) {
      input_->append(topic, Envelope::kSpot, "spot");
      input_->flush();
    }
  }
  void start_stage() {
    stage_ = std::make_unique<StageRunner>(context_,
                                           PublisherOptions{.environment = "sim",
                                                            .source = "sim.counter",
                                                            .journal = output(),
                                                            .publish = "tcp://127.0.0.1:*",
                                                            .requests = "tcp://127.0.0.1:*"},
                                           SubscriberOptions{.source = "sim.streaming",
                                                             .publish = input_->publish_address(),
                                                             .requests = input_->requests_address(),
                                                             .consumer = "counter"},
                                           std::make_unique<testing::CountingStage>());
  }
  template <class Condition>
  void run_until(const Condition& condition) {
    ASSERT_TRUE(tests::eventually([&] {
      input_->tick();
      stage_->run_once(milliseconds(5));
      return condition();
    }));
  }
  void run_to_head() {
    run_until([&] { return stage_->input().last() >= input_->head(); });
  }
  void stop_stage(bool orderly = true) {
    if (orderly) stage_->close();
    stage_.reset();
  }
  // A stage that has read 50 records meets another journal after it was down. Returns where it was.
  struct Known {
    journal::Position input;
    journal::Position output;
  };
  Known meet_another_journal(bool orderly) {
    start_input();
    feed(50);
    start_stage();
    run_to_head();
    const Known known{stage_->input().last(), stage_->output().head()};
    stop_stage(orderly);
    input_.reset();
    fs::remove_all(input());

    start_input();
    feed(10);
    start_stage();
    run_until([&] { return !stage_->halted().empty(); });
    return known;
  }
  // Retention takes the oldest segments, all but the newest.
  journal::Position age_out() {
    auto segments = journal::list_segments(input());
    EXPECT_GT(segments.size(), 2U);
    for (std::size_t i = 0; i + 1 < segments.size(); ++i) {
      fs::remove(segments[i].path);
      fs::remove(journal::seal_path(segments[i].path));
    }
    return segments.back().first();
  }
  std::vector<Envelope> losses() {
    std::vector<Envelope> out;
    journal::Reader reader(output());
    while (true) {
      const auto next = reader.next();
      const auto* record = std::get_if<journal::Record>(&next);
      if (record == nullptr) return out;
      if (record->header.payload_type != Envelope::kLoss) continue;
      out.emplace_back();
      EXPECT_TRUE(out.back().ParseFromString(std::string(record->payload)));
    }
  }

  tests::TempDir dir_;
  zmq::context_t context_;
  std::unique_ptr<Publisher> input_;
  std::unique_ptr<StageRunner> stage_;
};

TEST_F(StageLossTest, WhatAgedOutUnderAStageIsALossInItsJournalOnce) {
  start_input();
  feed(5);
  start_stage();
  run_to_head();
  const auto last = stage_->input().last();
  stop_stage();
  feed(500);
  const auto first = age_out();

  start_stage();
  run_to_head();
  EXPECT_EQ(stage_->losses(), 1U);
  stop_stage(false);
  start_stage();  // as after a kill
  feed(1);
  run_to_head();

  const auto told = losses();
  ASSERT_EQ(told.size(), 1U);
  const auto& loss = told[0].loss();
  EXPECT_EQ(loss.source(), "sim.streaming");
  EXPECT_EQ(loss.from_epoch(), last.epoch);
  EXPECT_EQ(loss.from_offset(), last.offset + 1);
  EXPECT_EQ(loss.to_offset(), first.offset - 1);
  EXPECT_EQ(told[0].cause().offset(), first.offset);
}

TEST_F(StageLossTest, AStageWithoutASnapshotIsToldWhatAgedOutBehindItsJournal) {
  start_input();
  feed(5);
  start_stage();
  run_to_head();
  const auto last = stage_->input().last();
  stop_stage(false);
  feed(500);
  const auto first = age_out();

  start_stage();
  run_to_head();

  const auto told = losses();
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told[0].loss().from_offset(), last.offset + 1);
  EXPECT_EQ(told[0].loss().to_offset(), first.offset - 1);
}

TEST_F(StageLossTest, AStageHaltsWhenItsSourceWasEmptiedWhileItWasDown) {
  for (const bool orderly : {true, false}) {
    const auto known = meet_another_journal(orderly);

    EXPECT_NE(stage_->halted().find("was replaced"), std::string::npos);
    // Of the new journal nothing is stepped aloud: our epoch has its first record alone.
    EXPECT_LE(stage_->output().head().offset, known.output.offset + 2);
    stage_.reset();
    input_.reset();
    fs::remove_all(input());
    fs::remove_all(output());
  }
}

TEST_F(StageLossTest, AHaltedStageWithASnapshotGoesOnOnceTheJournalIsAccepted) {
  const auto last = meet_another_journal(true).input;

  auto answer = std::async(std::launch::async, [&] {
    Requester requester(context_, input_->requests_address());
    Accepted accepted;
    accepted.set_reason("the disk failed");
    Request request;
    request.mutable_command()->set_name("accept");
    request.mutable_command()->set_body(accepted.SerializeAsString());
    return requester.ask(request, milliseconds(10'000));
  });
  run_until([&] { return stage_->halted().empty() && stage_->input().last() >= input_->head(); });
  const auto reply = answer.get();
  ASSERT_TRUE(reply) << reply.error();
  EXPECT_EQ(reply->command().status(), CommandReply::done) << reply->command().text();

  EXPECT_NE(stage_->notes().front().find("goes on from"), std::string::npos);
  const auto told = losses();
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told[0].loss().from_epoch(), last.epoch);
  EXPECT_EQ(told[0].loss().from_offset(), last.offset + 1);
  EXPECT_EQ(told[0].loss().to_epoch(), input_->head().epoch);
  EXPECT_NE(told[0].loss().cause().find("accepted"), std::string::npos);
  // The next life knows the accepted journal and has nothing to ask.
  stop_stage();
  start_stage();
  feed(1);
  run_to_head();
  EXPECT_TRUE(stage_->halted().empty());
  EXPECT_EQ(losses().size(), 1U);
}

// A copy of the running publisher's journal, from within the epoch that the stage knows.
TEST_F(StageLossTest, AStageHaltsWhenAnOldCopyWasRestoredWhileItWasDown) {
  start_input();
  feed(50);
  fs::copy(input(), dir_.path() / "copy");
  feed(50);
  start_stage();
  run_to_head();
  const auto last = stage_->input().last();
  stop_stage(false);
  input_.reset();
  fs::remove_all(input());
  fs::rename(dir_.path() / "copy", input());

  start_input();
  feed(10);
  start_stage();
  run_until([&] { return !stage_->halted().empty(); });

  EXPECT_NE(stage_->halted().find("does not know " + journal::to_string(last)), std::string::npos);
  EXPECT_EQ(losses().size(), 0U);
}

}  // namespace
}  // namespace depthwire::bus
