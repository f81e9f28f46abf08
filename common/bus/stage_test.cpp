#include "common/bus/stage.hpp"

#include "common/bus/counting_stage.hpp"
#include "common/bus/stage_test_support.hpp"
#include "tests/support/full_disk.hpp"

namespace depthwire::bus {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds patience{20'000};

class StageTest : public testing::StageFixture {
 protected:
  std::unique_ptr<StageRunner> runner(const std::filesystem::path& journal,
                                      milliseconds snapshot_interval = milliseconds(60'000),
                                      const std::string& flavour = "plain") {
    return std::make_unique<StageRunner>(context_,
                                         PublisherOptions{.environment = "sim",
                                                          .source = "sim.counter",
                                                          .journal = journal,
                                                          .publish = "tcp://127.0.0.1:*",
                                                          .requests = "tcp://127.0.0.1:*",
                                                          .parameters = {{"flavour", flavour}},
                                                          .storage = &disk_},
                                         SubscriberOptions{.source = "sim.streaming",
                                                           .publish = input_.publish_address(),
                                                           .requests = input_.requests_address(),
                                                           .consumer = "counter"},
                                         std::make_unique<testing::CountingStage>(),
                                         StageOptions{snapshot_interval});
  }
  void run_to_head(StageRunner& runner) {
    const auto deadline = std::chrono::steady_clock::now() + patience;
    while (runner.input().last() < input_.head()) {
      ASSERT_LT(std::chrono::steady_clock::now(), deadline);
      input_.tick();
      runner.run_once(milliseconds(20));
    }
  }

  tests::FullDisk disk_;
};

TEST_F(StageTest, EachOutputNamesItsCauseAndTheLastOfAStepIsMarked) {
  feed(3);
  const auto stage = runner(dir_.path() / "out");
  run_to_head(*stage);

  const auto out = outputs(dir_.path() / "out");
  ASSERT_EQ(out.size(), 4U);
  EXPECT_EQ(out[1].substr(0, 2), "2 ");
  EXPECT_EQ(out[2].substr(0, 2), "0 ");
  EXPECT_EQ(out[3].substr(0, 2), "2 ");
  Envelope envelope;
  ASSERT_TRUE(envelope.ParseFromString(out[3].substr(2)));
  EXPECT_EQ(envelope.cause().source(), "sim.streaming");
  EXPECT_EQ(envelope.cause().offset(), input_.head().offset);
}

TEST_F(StageTest, RestartsLeaveNoTraceInTheOutputs) {
  auto whole = runner(dir_.path() / "whole");
  auto interrupted = runner(dir_.path() / "interrupted");
  for (int life = 0; life < 5; ++life) {
    feed(100);
    run_to_head(*whole);
    run_to_head(*interrupted);
    interrupted.reset();  // without close(): as a kill leaves it
    interrupted = runner(dir_.path() / "interrupted");
  }
  feed(10);
  run_to_head(*whole);
  run_to_head(*interrupted);

  EXPECT_EQ(outputs(dir_.path() / "interrupted"), outputs(dir_.path() / "whole"));
  EXPECT_EQ(outputs(dir_.path() / "whole").size(), 510 + 510 / 3);
}

TEST_F(StageTest, AHalfWrittenStepIsCutAndDoneAgain) {
  feed(3);
  auto stage = runner(dir_.path() / "out");
  run_to_head(*stage);
  const auto before = outputs(dir_.path() / "out");
  stage.reset();
  {
    // A step of which the last output was never written.
    journal::Writer writer({.directory = dir_.path() / "out"});
    writer.append(writer.topic("sim.job.-|"), Envelope::kJob, journal::no_flags, "half", 1);
    ASSERT_TRUE(writer.commit());
  }
  stage = runner(dir_.path() / "out");
  feed(1);
  run_to_head(*stage);

  const auto after = outputs(dir_.path() / "out");
  ASSERT_EQ(after.size(), before.size() + 1);
  EXPECT_TRUE(std::equal(before.begin(), before.end(), after.begin()));
}

TEST_F(StageTest, ARecordThatCannotBeTakenIsDeadLetteredOnceAndTheRestFlows) {
  feed(1);
  feed(1, "poison");
  auto stage = runner(dir_.path() / "out");
  run_to_head(*stage);
  EXPECT_EQ(stage->dead_letters(), 1U);
  stage.reset();
  stage = runner(dir_.path() / "out");
  feed(1);
  run_to_head(*stage);

  EXPECT_EQ(stage->dead_letters(), 0U);
  EXPECT_EQ(outputs(dir_.path() / "out").size(), 3U);  // the third spot gives two
}

TEST_F(StageTest, ARestartGoesOnFromTheSnapshotOfAnOrderlyStop) {
  feed(1'000);
  auto stage = runner(dir_.path() / "out");
  run_to_head(*stage);
  stage->close();
  stage.reset();
  auto whole = runner(dir_.path() / "whole", milliseconds(0));
  feed(10);

  stage = runner(dir_.path() / "out");
  run_to_head(*stage);
  run_to_head(*whole);

  EXPECT_EQ(stage->steps(), 10U) << stage->notes().front();
  EXPECT_EQ(outputs(dir_.path() / "out"), outputs(dir_.path() / "whole"));
}

TEST_F(StageTest, SnapshotsOfARunningStageBoundWhatAKillCosts) {
  auto whole = runner(dir_.path() / "whole", milliseconds(0));
  auto stage = runner(dir_.path() / "out", milliseconds(1));
  for (int life = 0; life < 5; ++life) {
    feed(100);
    run_to_head(*stage);
    const auto deadline = std::chrono::steady_clock::now() + patience;
    const auto before = stage->snapshots().written;
    feed(20);
    run_to_head(*stage);
    while (stage->snapshots().written == before) {
      ASSERT_LT(std::chrono::steady_clock::now(), deadline);
      stage->run_once(milliseconds(1));
    }
    stage.reset();  // without close(): as a kill leaves it
    stage = runner(dir_.path() / "out", milliseconds(1));
  }
  feed(10);
  run_to_head(*whole);
  run_to_head(*stage);

  EXPECT_LT(stage->steps(), 40U);
  EXPECT_EQ(outputs(dir_.path() / "out"), outputs(dir_.path() / "whole"));
}

TEST_F(StageTest, NoSnapshotKnowsOfOutputsThatAFullDiskHasNotTaken) {
  auto whole = runner(dir_.path() / "whole", milliseconds(0));
  auto stage = runner(dir_.path() / "out", milliseconds(1));
  feed(10);
  run_to_head(*stage);
  disk_.full = true;
  feed(10);
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (!stage->output().full()) {
    ASSERT_LT(std::chrono::steady_clock::now(), deadline);
    stage->run_once(milliseconds(20));
  }
  for (int i = 0; i < 10; ++i) stage->run_once(milliseconds(1));
  stage.reset();  // the outputs that waited for room are gone
  disk_.full = false;

  stage = runner(dir_.path() / "out", milliseconds(1));
  feed(10);
  run_to_head(*stage);
  run_to_head(*whole);

  EXPECT_EQ(outputs(dir_.path() / "out"), outputs(dir_.path() / "whole"));
}

TEST_F(StageTest, OtherParametersBeginFromTheOldestInput) {
  feed(100);
  auto stage = runner(dir_.path() / "out");
  run_to_head(*stage);
  stage->close();
  stage.reset();

  stage = runner(dir_.path() / "out", milliseconds(0), "sweet");
  EXPECT_TRUE(stage->replaying());
  run_to_head(*stage);

  EXPECT_FALSE(stage->replaying());
  EXPECT_EQ(stage->steps(), 101U);  // EPOCH_START too
  EXPECT_EQ(outputs(dir_.path() / "out").size(), 133U);
}

}  // namespace
}  // namespace depthwire::bus
