#include "common/replay/replay.hpp"

#include "common/bus/stage.hpp"
#include "common/journal/segment.hpp"
#include "common/replay/diff.hpp"
#include "common/replay/records.hpp"
#include "common/service/exit_error.hpp"
#include "proto/bus/envelope.pb.h"
#include "tests/support/temp_dir.hpp"

#include <gtest/gtest.h>

#include <charconv>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <thread>

namespace depthwire::replay {
namespace {

namespace fs = std::filesystem;
using bus::Envelope;
using std::chrono::milliseconds;

constexpr milliseconds patience{20'000};

// Publishes the sum of all spots' bids, `times` times per spot; a bid of 13 cannot be taken.
class SumStage final : public bus::Stage {
 public:
  explicit SumStage(const Parameters& parameters) : times_(std::stoi(parameters.at("times"))) {}
  void step(const journal::Record& input, bus::StepOutputs& outputs) override {
    Envelope envelope;
    if (input.header.payload_type != Envelope::kSpot) return;
    ASSERT_TRUE(
        envelope.ParseFromArray(input.payload.data(), static_cast<int>(input.payload.size())));
    sum_ += envelope.spot().bid_points();
    if (envelope.spot().bid_points() == 13) throw std::runtime_error("thirteen");
    Envelope out;
    out.set_symbol(envelope.symbol());
    out.mutable_job()->set_records(static_cast<std::uint64_t>(sum_));
    for (int i = 0; i < times_; ++i) {
      outputs.publish("job", envelope.symbol(), Envelope::kJob, out.SerializeAsString());
    }
  }
  void lost() override { sum_ = 1'000; }
  void save(std::string& bytes) const override { bytes += std::to_string(sum_); }
  void load(std::string_view bytes) override { sum_ = std::stoll(std::string(bytes)); }
  [[nodiscard]] std::uint32_t state_version() const override { return 1; }

 private:
  int times_;
  std::int64_t sum_ = 0;
};

class ReplayTest : public ::testing::Test {
 protected:
  fs::path live() const { return dir_.path() / "live"; }

  void feed(std::initializer_list<std::int64_t> bids, const std::string& symbol = "EURUSD") {
    for (const auto bid : bids) {
      Envelope envelope;
      envelope.set_symbol(symbol);
      envelope.set_receive_time_ns(++time_ns_);
      envelope.mutable_spot()->set_bid_points(bid);
      input_.append(input_.topic("spot", symbol), Envelope::kSpot, envelope.SerializeAsString());
    }
    input_.flush();
  }
  // A life of the live stage, up to the head of its input, ended as by a kill.
  void live_until_head(const Parameters& parameters) {
    bus::StageRunner runner(context_,
                            {.environment = "sim",
                             .source = "sim.sum",
                             .journal = live(),
                             .publish = "tcp://127.0.0.1:*",
                             .requests = "tcp://127.0.0.1:*",
                             .parameters = parameters},
                            {.source = "sim.streaming",
                             .publish = input_.publish_address(),
                             .requests = input_.requests_address(),
                             .consumer = "sum"},
                            std::make_unique<SumStage>(parameters));
    const auto deadline = std::chrono::steady_clock::now() + patience;
    while (runner.input().last() < input_.head()) {
      ASSERT_LT(std::chrono::steady_clock::now(), deadline);
      input_.tick();
      runner.run_once(milliseconds(20));
    }
  }
  StageOptions options(const std::string& out) const {
    StageOptions options{.source = "sim.sum",
                         .input = source_of(dir_.path() / "input"),
                         .out = dir_.path() / out,
                         .recorded = read_recorded(live())};
    options.make = [](const Parameters& parameters) {
      return std::make_unique<SumStage>(parameters);
    };
    return options;
  }
  Summary replay(StageOptions options, Input what = {}) {
    what.journal = dir_.path() / "input";
    std::vector<std::unique_ptr<StageReplay>> stages;
    stages.push_back(std::make_unique<StageReplay>(std::move(options)));
    const auto summary = run(what, stages, [](const Progress&) {});
    dead_letters_ = stages.front()->dead_letters();
    return summary;
  }
  Comparison against_live(const std::string& out, DiffOptions what = {}) const {
    what.a = dir_.path() / out;
    what.b = live();
    return diff(what);
  }

  tests::TempDir dir_;
  zmq::context_t context_;
  bus::Publisher input_{context_,
                        {.environment = "sim",
                         .source = "sim.streaming",
                         .journal = dir_.path() / "input",
                         .publish = "tcp://127.0.0.1:*",
                         .requests = "tcp://127.0.0.1:*",
                         .segment_bytes = 4'096}};
  std::int64_t time_ns_ = 1'700'000'000'000'000'000;
  std::uint64_t dead_letters_ = 0;
};

TEST_F(ReplayTest, GivesWhatTheLiveStageGave) {
  feed({1, 2, 3, 13, 4});
  live_until_head({{"times", "2"}});
  feed({5, 6});
  live_until_head({{"times", "2"}});

  const auto summary = replay(options("out"));

  const auto comparison = against_live("out");
  EXPECT_FALSE(comparison.first) << comparison.first->text;
  EXPECT_EQ(comparison.compared, 12U);
  EXPECT_EQ(dead_letters_, 1U);
  EXPECT_EQ(summary.records, 8U);  // EPOCH_START and seven spots
}

TEST_F(ReplayTest, FollowsParametersThatChangedBetweenTwoLives) {
  feed({1, 2, 3});
  live_until_head({{"times", "1"}});
  feed({4});
  live_until_head({{"times", "3"}});
  feed({5, 6});
  live_until_head({{"times", "1"}});

  const auto recorded = read_recorded(live());
  replay(options("out"));

  ASSERT_EQ(recorded.stretches.size(), 3U);
  EXPECT_EQ(recorded.stretches[0].until->offset, 4U);
  const auto comparison = against_live("out");
  EXPECT_FALSE(comparison.first) << comparison.first->text;
  EXPECT_EQ(comparison.compared, 3U + 3U + 2U);
}

TEST_F(ReplayTest, ABoundKeepsTheOutputsBetweenAndTheStateBefore) {
  feed({1, 2, 3, 4, 5});
  live_until_head({{"times", "1"}});
  const journal::Position third{input_.head().epoch, 4};
  const journal::Position fourth{input_.head().epoch, 5};

  replay(options("by_position"), {.from = third, .to = fourth});
  replay(options("by_time"), {.from = Instant{time_ns_ - 2}, .to = Instant{time_ns_ - 1}});

  for (const auto* out : {"by_position", "by_time"}) {
    const auto comparison = against_live(out, {.from = third, .to = fourth});
    EXPECT_FALSE(comparison.first) << out << ": " << comparison.first->text;
    EXPECT_EQ(comparison.compared, 2U) << out;
  }
}

TEST_F(ReplayTest, KeepsOnlyTheSymbolsThatAreAskedFor) {
  feed({1, 2});
  feed({3}, "GBPUSD");
  live_until_head({{"times", "2"}});
  auto one = options("one");
  one.only = {"GBPUSD"};

  replay(std::move(one));

  const auto comparison = against_live("one", {.only = {"GBPUSD"}});
  EXPECT_FALSE(comparison.first) << comparison.first->text;
  EXPECT_EQ(comparison.compared, 2U);
  EXPECT_TRUE(against_live("one").first);
  // Every step is whole: a stage that takes the journal over cuts nothing.
  const journal::Writer writer({.directory = dir_.path() / "one", .cut_to_step = true});
  EXPECT_EQ(writer.recovered().cut_records, 0U);
}

TEST_F(ReplayTest, ASkippedInputIsDeadLetteredAgain) {
  feed({1, 2, 3});
  live_until_head({{"times", "1"}});
  auto with_skip = options("out");
  with_skip.recorded.skips[{input_.head().epoch, 3}] = "it crashes";

  replay(std::move(with_skip));

  EXPECT_EQ(dead_letters_, 1U);
  const auto again = read_recorded(dir_.path() / "out");
  ASSERT_EQ(again.skips.size(), 1U);
  EXPECT_EQ(again.skips.begin()->second, "it crashes");
  const auto comparison = against_live("out");
  ASSERT_TRUE(comparison.first);
  EXPECT_EQ(comparison.first->cause.offset, 4U);  // a has passed over the third input
}

TEST_F(ReplayTest, APacedReplayGivesTheSame) {
  feed({1, 2, 3});
  live_until_head({{"times", "1"}});

  replay(options("out"), {.speed = 0.001});  // nanoseconds apart: a microsecond each

  EXPECT_FALSE(against_live("out").first);
}

// The input keeps all records here, as an archive does.
TEST_F(ReplayTest, WhatWasLostToTheLiveStageIsLostToTheReplay) {
  feed({1, 2, 3});
  live_until_head({{"times", "1"}});
  feed({4, 5, 6, 7});
  auto with_loss = options("live_with_loss");
  const auto epoch = input_.head().epoch;
  with_loss.recorded.stretches.at(0).losses = {{{epoch, 4}, {epoch, 7}}};
  replay(std::move(with_loss));
  fs::rename(dir_.path() / "live_with_loss", dir_.path() / "gone");
  fs::remove_all(live());
  fs::rename(dir_.path() / "gone", live());

  const auto recorded = read_recorded(live());
  replay(options("out"));

  ASSERT_EQ(recorded.stretches.size(), 1U);
  ASSERT_EQ(recorded.stretches[0].losses.size(), 1U);
  EXPECT_EQ(recorded.stretches[0].losses[0].after.offset, 4U);
  EXPECT_EQ(recorded.stretches[0].losses[0].first.offset, 7U);
  const auto comparison = against_live("out");
  EXPECT_FALSE(comparison.first) << comparison.first->text;
  EXPECT_EQ(comparison.compared, 5U);  // 1, 3, 6, then 1006, 1013
}

TEST_F(ReplayTest, AMissingSegmentIsNotTheEnd) {
  for (int i = 0; i < 100; ++i) feed({i});
  live_until_head({{"times", "1"}});
  fs::remove(journal::list_segments(dir_.path() / "input").at(1).path);

  EXPECT_THROW(replay(options("out")), service::ExitError);
}

// A group that is just being written: neither a record nor the end.
TEST_F(ReplayTest, HalfAWriteAtTheEndIsWaitedFor) {
  feed({1, 2, 3});
  const auto segment = journal::list_segments(dir_.path() / "input").back().path;
  std::string whole;
  {
    std::ifstream in(segment, std::ios::binary);
    whole.assign(std::istreambuf_iterator<char>(in), {});
  }
  const auto grown = dir_.path() / "grown" / segment.filename();
  fs::create_directories(grown.parent_path());
  const auto write = [&](std::size_t bytes) {
    std::ofstream out(grown, std::ios::binary | std::ios::trunc);
    out.write(whole.data(), static_cast<std::streamsize>(bytes));
  };
  const auto end = [&] {
    std::size_t at = 0;
    while (const auto record = journal::decode_entry(std::string_view(whole).substr(at))) {
      at += journal::entry_bytes(record->frame.size());
    }
    return at;
  }();
  write(end - 20);
  // Padded as a preallocated segment is.
  fs::resize_file(grown, end + 4'096);

  Records records(grown.parent_path());
  int seen = 0;
  while (seen < 3 && records.next() != nullptr) ++seen;
  std::jthread writer([&] {
    std::fstream out(grown, std::ios::in | std::ios::out | std::ios::binary);
    out.seekp(static_cast<std::streamoff>(end - 20));
    out.write(whole.data() + end - 20, 20);
  });

  EXPECT_NE(records.next(), nullptr);
  EXPECT_EQ(records.next(), nullptr);

  fs::resize_file(grown, end - 20);
  fs::resize_file(grown, end + 4'096);
  Records torn(grown.parent_path());
  for (int i = 0; i < 3; ++i) EXPECT_NE(torn.next(), nullptr);
  EXPECT_THROW(torn.next(), service::ExitError);
}

TEST_F(ReplayTest, DamageInTheJournalIsToldByItsPlace) {
  for (int i = 0; i < 100; ++i) feed({i});
  live_until_head({{"times", "1"}});
  const auto segments = journal::list_segments(dir_.path() / "input");
  ASSERT_GT(segments.size(), 2U);
  std::fstream file(segments[1].path, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(30);
  file.put('\xff');
  file.close();

  try {
    replay(options("out"));
    FAIL() << "went over the damage";
  } catch (const service::ExitError& error) {
    EXPECT_EQ(error.code(), service::exit_code::corrupt);
    EXPECT_NE(std::string(error.what()).find(segments[1].path.string() + " is damaged at byte 0"),
              std::string::npos)
        << error.what();
  }
}

}  // namespace
}  // namespace depthwire::replay
