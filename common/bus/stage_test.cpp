#include "common/bus/stage.hpp"

#include "common/journal/reader.hpp"
#include "proto/bus/envelope.pb.h"
#include "tests/support/temp_dir.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

namespace depthwire::bus {
namespace {

using std::chrono::milliseconds;
using tests::TempDir;

constexpr milliseconds patience{20'000};

// Publishes the running count of spots: once for every record, twice for every third.
class CountingStage final : public Stage {
 public:
  void step(const journal::Record& input, StepOutputs& outputs) override {
    if (input.header.payload_type != Envelope::kSpot) return;
    ++count_;
    if (input.payload == "poison") throw std::runtime_error("cannot take it");
    for (int i = 0; i < (count_ % 3 == 0 ? 2 : 1); ++i) {
      Envelope envelope;
      envelope.set_receive_time_ns(count_);
      envelope.mutable_job()->set_records(static_cast<std::uint64_t>(i));
      outputs.publish("job", "", Envelope::kJob, envelope.SerializeAsString());
    }
  }
  void lost() override {}

 private:
  std::int64_t count_ = 0;
};

class StageTest : public ::testing::Test {
 protected:
  std::unique_ptr<StageRunner> runner(const std::filesystem::path& journal) {
    return std::make_unique<StageRunner>(context_,
                                         PublisherOptions{.environment = "sim",
                                                          .source = "sim.counter",
                                                          .journal = journal,
                                                          .publish = "tcp://127.0.0.1:*",
                                                          .requests = "tcp://127.0.0.1:*"},
                                         SubscriberOptions{.source = "sim.streaming",
                                                           .publish = input_.publish_address(),
                                                           .requests = input_.requests_address(),
                                                           .consumer = "counter"},
                                         std::make_unique<CountingStage>());
  }
  void run_to_head(StageRunner& runner) {
    const auto deadline = std::chrono::steady_clock::now() + patience;
    while (runner.input().last() < input_.head()) {
      ASSERT_LT(std::chrono::steady_clock::now(), deadline);
      input_.tick();
      runner.run_once(milliseconds(20));
    }
  }
  void feed(int count, std::string_view payload = "spot") {
    const auto topic = input_.topic("spot", "EURUSD");
    for (int i = 0; i < count; ++i) input_.append(topic, Envelope::kSpot, payload);
    input_.flush();
  }
  // All but control records: flags, then the envelope.
  static std::vector<std::string> outputs(const std::filesystem::path& journal) {
    journal::Reader reader(journal);
    std::vector<std::string> out;
    while (true) {
      const auto result = reader.next();
      const auto* record = std::get_if<journal::Record>(&result);
      if (record == nullptr) return out;
      if (record->control()) continue;
      out.push_back(std::to_string(record->header.flags) + ' ' + std::string(record->payload));
    }
  }

  TempDir dir_;
  zmq::context_t context_;
  Publisher input_{context_,
                   {.environment = "sim",
                    .source = "sim.streaming",
                    .journal = dir_.path() / "streaming",
                    .publish = "tcp://127.0.0.1:*",
                    .requests = "tcp://127.0.0.1:*"}};
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

}  // namespace
}  // namespace depthwire::bus
