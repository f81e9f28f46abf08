#include "common/bus/snapshot.hpp"

#include "common/bus/snapshot_writer.hpp"
#include "common/bus/stage_restore.hpp"
#include "tests/support/temp_dir.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <stdexcept>

namespace depthwire::bus {
namespace {

namespace fs = std::filesystem;

class NamedStage final : public Stage {
 public:
  std::string name = "fresh";
  void step(const journal::Record&, StepOutputs&) override {}
  void lost() override {}
  void save(std::string& bytes) const override { bytes += name; }
  void load(std::string_view bytes) override {
    if (bytes == "no state") throw std::runtime_error("no state");
    name = bytes;
  }
  [[nodiscard]] std::uint32_t state_version() const override { return 1; }
};

class SnapshotTest : public ::testing::Test {
 protected:
  Snapshot of(std::uint64_t offset, std::string state) const {
    return {.kind = kind_,
            .build = "test",
            .cause = {7, offset},
            .head = {3, offset},
            .state = std::move(state)};
  }
  Restored restored(NamedStage& stage, journal::Position last = {3, 1'000}) const {
    return restore(stage, dir_.path(), kind_, last, skips_);
  }
  fs::path file(std::uint64_t offset) const {
    return dir_.path() / ("7-" + std::to_string(offset) + ".snapshot");
  }

  tests::TempDir dir_;
  SnapshotFiles files_{dir_.path()};
  StateKind kind_{"sim.streaming", 42, 1};
  Skips skips_;
};

TEST_F(SnapshotTest, ComesBackWhole) {
  auto written = of(5, std::string("a\0b", 3));
  written.skips = 2;
  files_.write(written);

  const auto read = SnapshotFiles::read(file(5));

  ASSERT_TRUE(read);
  EXPECT_EQ(read->kind, kind_);
  EXPECT_EQ(read->cause, (journal::Position{7, 5}));
  EXPECT_EQ(read->head, (journal::Position{3, 5}));
  EXPECT_EQ(read->skips, 2U);
  EXPECT_EQ(read->state, written.state);
}

TEST_F(SnapshotTest, TheNewestTwoAreKept) {
  for (const std::uint64_t offset : {9U, 10U, 100U}) files_.write(of(offset, "x"));

  EXPECT_EQ(files_.list(), (std::vector<fs::path>{file(100), file(10)}));
}

TEST_F(SnapshotTest, AnyDamageIsSeen) {
  files_.write(of(5, "the state"));
  std::ifstream in(file(5), std::ios::binary);
  const std::string whole{std::istreambuf_iterator<char>(in), {}};
  for (std::size_t i = 0; i < whole.size(); ++i) {
    auto damaged = whole;
    damaged[i] = static_cast<char>(damaged[i] ^ 4);
    std::ofstream(file(5), std::ios::trunc | std::ios::binary) << damaged;
    EXPECT_FALSE(SnapshotFiles::read(file(5))) << "byte " << i;
    std::ofstream(file(5), std::ios::trunc | std::ios::binary) << whole.substr(0, i);
    EXPECT_FALSE(SnapshotFiles::read(file(5))) << "cut at " << i;
  }
  EXPECT_EQ(SnapshotFiles::read(dir_.path() / "nothing").error(), SnapshotError::unreadable);
}

TEST_F(SnapshotTest, AStageGoesOnFromTheNewest) {
  files_.write(of(5, "older"));
  files_.write(of(10, "newer"));
  NamedStage stage;

  EXPECT_EQ(restored(stage).cause, (journal::Position{7, 10}));
  EXPECT_EQ(stage.name, "newer");
}

TEST_F(SnapshotTest, ABadOneFallsBackToTheOneBeforeAndGoes) {
  files_.write(of(5, "older"));
  files_.write(of(10, "newer"));
  std::fstream damage(file(10), std::ios::in | std::ios::out | std::ios::binary);
  damage.seekp(30);
  damage.put('\xff');
  damage.close();
  NamedStage stage;

  const auto found = restored(stage);

  EXPECT_EQ(found.cause, (journal::Position{7, 5}));
  EXPECT_EQ(stage.name, "older");
  EXPECT_FALSE(fs::exists(file(10)));
  ASSERT_EQ(found.notes.size(), 2U);
  EXPECT_EQ(found.notes[0], "removes 7-10.snapshot: its checksum is wrong");
}

TEST_F(SnapshotTest, AForeignOneIsNotTaken) {
  const auto refused = [&](const Snapshot& snapshot) {
    files_.write(snapshot);
    NamedStage stage;
    const auto found = restored(stage);
    return found.cause == journal::Position{} && stage.name == "fresh" && files_.list().empty();
  };
  auto other_input = of(5, "x");
  other_input.kind.input = "sim.historical";
  auto other_parameters = of(5, "x");
  other_parameters.kind.parameters = 43;
  auto other_version = of(5, "x");
  other_version.kind.version = 2;

  EXPECT_TRUE(refused(other_input));
  EXPECT_TRUE(refused(other_parameters));
  EXPECT_TRUE(refused(other_version));
  EXPECT_TRUE(refused(of(5, "no state")));
}

TEST_F(SnapshotTest, OneWhoseOutputsTheJournalHasLostIsNotTaken) {
  files_.write(of(5, "older"));
  files_.write(of(10, "newer"));
  NamedStage stage;

  EXPECT_EQ(restored(stage, {3, 9}).cause, (journal::Position{7, 5}));
  EXPECT_FALSE(fs::exists(file(10)));
}

TEST_F(SnapshotTest, OneThatSteppedWhatIsNowSkippedIsNotTaken) {
  files_.write(of(5, "before"));
  files_.write(of(10, "after"));
  skips_[{7, 8}] = "it crashes";
  NamedStage stage;

  EXPECT_EQ(restored(stage).cause, (journal::Position{7, 5}));
}

TEST_F(SnapshotTest, TheWriterWritesWhatItIsGivenAndTellsWhatFails) {
  {
    SnapshotWriter writer(dir_.path());
    writer.give(of(5, "state"));
    writer.finish();
    EXPECT_EQ(writer.counts().written, 1U);
    EXPECT_EQ(writer.counts().bytes, 5U);
    EXPECT_TRUE(writer.idle());
    writer.give(of(10, "the last"));  // is written although nobody waits for it
  }
  EXPECT_TRUE(SnapshotFiles::read(file(10)));

  SnapshotWriter nowhere(dir_.path() / "missing");
  nowhere.give(of(5, "state"));
  nowhere.finish();
  EXPECT_EQ(nowhere.counts().failed, 1U);
  EXPECT_NE(nowhere.counts().error.find("missing"), std::string::npos);
}

}  // namespace
}  // namespace depthwire::bus
