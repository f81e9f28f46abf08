#include "common/ctrader/edge_log.hpp"

#include "common/journal/reader.hpp"
#include "tests/support/full_disk.hpp"
#include "tests/support/temp_dir.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace depthwire::ctrader {
namespace {

using namespace std::chrono_literals;

class EdgeLogTest : public ::testing::Test {
 protected:
  /// One life of a process: a publisher and its log.
  struct Life {
    Life(zmq::context_t& context, const std::filesystem::path& journal, bool simulated,
         journal::Storage& storage)
        : publisher(context, {.environment = simulated ? "sim" : "demo",
                              .source = simulated ? "sim.streaming" : "demo.streaming",
                              .journal = journal,
                              .publish = "tcp://127.0.0.1:*",
                              .requests = "tcp://127.0.0.1:*",
                              .storage = &storage}),
          log(publisher, journal, simulated, {"streaming", "localhost:5035"}) {
      log.account(7);
    }
    bus::Publisher publisher;
    EdgeLog log;
  };

  Life begin(bool simulated = true) { return Life(context_, journal(), simulated, disk_); }
  [[nodiscard]] std::filesystem::path journal() const { return dir_.path() / "journal"; }

  /// All envelopes of the journal but those of the publisher itself.
  std::vector<bus::Envelope> records() {
    std::vector<bus::Envelope> found;
    journal::Reader reader(journal());
    for (auto next = reader.next(); std::holds_alternative<journal::Record>(next);
         next = reader.next()) {
      const auto& record = std::get<journal::Record>(next);
      bus::Envelope envelope;
      EXPECT_TRUE(
          envelope.ParseFromArray(record.payload.data(), static_cast<int>(record.payload.size())));
      if (!envelope.has_epoch_start() && !envelope.has_epoch_end()) found.push_back(envelope);
    }
    return found;
  }

  /// Until the journal goes on, with a LOSS.
  void make_room(Life& life) {
    disk_.full = false;
    const auto deadline = std::chrono::steady_clock::now() + 10s;
    while (life.publisher.full() && std::chrono::steady_clock::now() < deadline) {
      life.publisher.tick();
    }
    ASSERT_TRUE(life.publisher.take_resumed());
    life.log.restate();
    life.publisher.flush();
  }

  tests::TempDir dir_;
  tests::FullDisk disk_;
  zmq::context_t context_;
};

TEST_F(EdgeLogTest, NamesTheConnectionInItsRecords) {
  auto life = begin();
  life.log.connection(SessionState::error, "CH_CLIENT_AUTH_FAILURE: no", false);
  life.publisher.flush();

  const auto all = records();
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].provider(), "ctrader");
  EXPECT_EQ(all[0].receive_time_ns(), 0);  // before the simulator's first stamp
  EXPECT_EQ(all[0].connection().state(), bus::Connection::error);
  EXPECT_EQ(all[0].connection().reason(), "CH_CLIENT_AUTH_FAILURE: no");
  EXPECT_EQ(all[0].connection().connection(), "streaming");
  EXPECT_EQ(all[0].connection().endpoint(), "localhost:5035");
  EXPECT_EQ(all[0].connection().account_id(), 7);
}

TEST_F(EdgeLogTest, AFurtherAccountHasANameOfItsOwn) {
  auto life = begin();
  life.log.further_account(8, SessionState::error, "RET_ACCOUNT_DISABLED: no", false);
  life.publisher.flush();

  const auto all = records();
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].connection().state(), bus::Connection::error);
  EXPECT_EQ(all[0].connection().reason(), "RET_ACCOUNT_DISABLED: no");
  EXPECT_EQ(all[0].connection().connection(), "streaming/8");
  EXPECT_EQ(all[0].connection().endpoint(), "localhost:5035");
  EXPECT_EQ(all[0].connection().account_id(), 8);
}

TEST_F(EdgeLogTest, AFirstLifeHasNoOutageToEnd) {
  auto life = begin();
  life.log.up();
  life.publisher.flush();

  EXPECT_TRUE(records().empty());
}

TEST_F(EdgeLogTest, AnOutageHasExactBounds) {
  auto life = begin();
  life.log.clock().stamp(100);
  life.log.down(90, "closed");
  life.log.down(95, "again");
  life.log.clock().stamp(200);
  life.log.up();
  life.publisher.flush();

  const auto all = records();
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].source_down().time_ns(), 90);
  EXPECT_EQ(all[0].source_down().reason(), "closed");
  EXPECT_EQ(all[1].source_up().down_since_ns(), 90);
  EXPECT_EQ(all[1].source_up().time_ns(), 200);
}

TEST_F(EdgeLogTest, TheNextLifeGoesOnInTimeAndEndsTheOutageBetween) {
  {
    auto first = begin();
    first.log.clock().stamp(500);
    first.log.connection(SessionState::ready, "", true);
    first.publisher.flush();
  }
  auto second = begin();
  EXPECT_TRUE(second.log.is_down());
  EXPECT_EQ(second.log.clock().stamp(), 500);

  second.log.clock().stamp(700);
  second.log.up();
  second.publisher.flush();

  EXPECT_EQ(records().back().source_up().down_since_ns(), 500);
  EXPECT_EQ(records().back().source_up().time_ns(), 700);
}

TEST_F(EdgeLogTest, AnOutageThatWasOpenStaysTheSameOne) {
  {
    auto first = begin();
    first.log.clock().stamp(500);
    first.log.down(400, "closed");
    first.publisher.flush();
  }
  auto second = begin();

  second.log.up();
  second.publisher.flush();

  EXPECT_EQ(records().back().source_up().down_since_ns(), 400);
}

TEST_F(EdgeLogTest, ALifeThatEndsBeforeItsSourceIsUpLeavesTheOutageOpen) {
  for (const int stamp : {500, 600}) {
    auto life = begin();
    life.log.clock().stamp(stamp);
    life.log.connection(SessionState::ready, "", true);
    life.publisher.flush();
  }
  auto third = begin();

  third.log.up();

  EXPECT_EQ(records().back().source_up().down_since_ns(), 500);
}

TEST_F(EdgeLogTest, AnEndThatIsTheFirstToFindTheDiskFullIsToldAgain) {
  auto life = begin();
  life.log.clock().stamp(100);
  life.log.down(90, "closed");
  life.publisher.flush();
  disk_.full = true;
  life.log.up();
  life.publisher.flush();

  make_room(life);

  const auto all = records();
  ASSERT_EQ(all.size(), 3U);
  EXPECT_TRUE(all[1].has_loss());
  EXPECT_EQ(all[2].source_up().down_since_ns(), 90);
  EXPECT_EQ(all[2].source_up().time_ns(), 100);
}

TEST_F(EdgeLogTest, EveryOutageOfATimeWithoutRoomIsToldInOrder) {
  auto life = begin();
  disk_.full = true;
  for (const int since : {100, 200}) {
    life.log.clock().stamp(since);
    life.log.down(since, "closed");
    life.log.clock().stamp(since + 50);
    life.log.up();
  }
  life.log.down(300, "closed");

  make_room(life);

  const auto all = records();
  ASSERT_EQ(all.size(), 6U);
  EXPECT_EQ(all[1].source_down().time_ns(), 100);
  EXPECT_EQ(all[2].source_up().time_ns(), 150);
  EXPECT_EQ(all[3].source_down().time_ns(), 200);
  EXPECT_EQ(all[4].source_up().down_since_ns(), 200);
  EXPECT_EQ(all[5].source_down().time_ns(), 300);
}

TEST_F(EdgeLogTest, AQuietSecondGivesAClockInRealTimeOnly) {
  const auto start = std::chrono::steady_clock::now();
  {
    auto life = begin(false);
    life.log.connection(SessionState::ready, "", true);
    life.publisher.flush();
    life.log.tick(start, 0);
    life.log.tick(start + 999ms, 999'000'000);
    EXPECT_EQ(records().size(), 1U);

    life.log.tick(start + 1s, 1'000'000'000);
    EXPECT_TRUE(records().back().has_clock());
    EXPECT_GE(records().back().receive_time_ns(), records().front().receive_time_ns());
  }
  std::filesystem::remove_all(journal());
  auto simulated = begin();
  simulated.log.tick(start + 1s, 0);
  simulated.log.tick(start + 5s, 0);
  EXPECT_TRUE(records().empty());
}

TEST_F(EdgeLogTest, AWallClockThatWasSetIsTold) {
  const auto start = std::chrono::steady_clock::now();
  auto life = begin(false);
  life.log.tick(start, 0);

  life.log.tick(start + 50ms, 3'600'050'000'000);

  ASSERT_TRUE(records().back().has_clock_step());
  EXPECT_EQ(records().back().clock_step().step_ns(), 3'600'000'000'000);
}

}  // namespace
}  // namespace depthwire::ctrader
