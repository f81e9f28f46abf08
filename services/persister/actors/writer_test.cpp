#include "services/persister/actors/writer.hpp"

#include "common/bus/publisher.hpp"
#include "common/postgres/roles.hpp"
#include "common/service/exit_error.hpp"
#include "proto/bus/envelope.pb.h"
#include "tests/support/database.hpp"
#include "tests/support/temp_dir.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <exception>
#include <functional>
#include <thread>

namespace depthwire::persister {
namespace {

using std::chrono::milliseconds;
using ::testing::HasSubstr;

constexpr std::chrono::seconds patience{30};
constexpr std::int64_t day_2012_ns = 1'354'492'800'000'000'000;

/// A writer on a thread of its own.
class Running {
 public:
  Running(zmq::context_t& context, WriterSettings settings)
      : writer_(context, std::move(settings), status), thread_([this] {
          try {
            writer_.run();
          } catch (const service::ExitError& error) {
            exit_code = error.code();
            text = error.what();
          }
          ended = true;
        }) {}
  ~Running() { stop(); }

  void stop() {
    writer_.stop();
    if (thread_.joinable()) thread_.join();
  }

  metrics::Registry registry;
  Status status{registry, nullptr};
  std::atomic<bool> ended = false;
  int exit_code = 0;
  std::string text;

 private:
  Writer writer_;
  std::thread thread_;
};

/// Real journals, a real bus and a real database, all of the test's own.
class WriterTest : public ::testing::Test {
 protected:
  WriterTest() {
    publishers_.push_back(publisher("sim.streaming"));
    publishers_.push_back(publisher("sim.aggregator"));
  }

  std::unique_ptr<bus::Publisher> publisher(const std::string& source) {
    return std::make_unique<bus::Publisher>(context_,
                                            bus::PublisherOptions{.environment = "sim",
                                                                  .source = source,
                                                                  .journal = dir_.path() / source,
                                                                  .publish = "tcp://127.0.0.1:*",
                                                                  .requests = "tcp://127.0.0.1:*",
                                                                  .segment_bytes = 1 << 20});
  }
  WriterSettings settings() {
    WriterSettings out;
    out.database = database_.as(postgres::persister_role);
    for (const auto& publisher : publishers_) {
      out.sources.push_back(bus::SubscriberOptions{.source = publisher->source(),
                                                   .publish = publisher->publish_address(),
                                                   .requests = publisher->requests_address(),
                                                   .consumer = "persister"});
    }
    out.limits.rows = 100;
    return out;
  }

  static bus::Envelope envelope() {
    bus::Envelope out;
    out.set_symbol("EURUSD");
    out.set_receive_time_ns(day_2012_ns);
    out.set_event_time_ns(day_2012_ns);
    return out;
  }
  void publish_spots(int count) {
    const auto topic = streaming().topic("spot", "EURUSD");
    for (int i = 0; i < count; ++i) {
      auto spot = envelope();
      spot.mutable_spot()->set_bid_points(++price_);
      streaming().append(topic, bus::Envelope::kSpot, spot.SerializeAsString());
    }
    streaming().flush();
  }
  void publish_books(int count) {
    auto& aggregator = *publishers_[1];
    const auto topic = aggregator.topic("book", "EURUSD");
    for (int i = 0; i < count; ++i) {
      auto book = envelope();
      book.mutable_book()->add_bid_prices_points(i);
      book.mutable_book()->add_bid_sizes_cents(1);
      aggregator.append(topic, bus::Envelope::kBook, book.SerializeAsString());
    }
    aggregator.flush();
  }
  bus::Publisher& streaming() { return *publishers_[0]; }

  /// Publishers beat until `condition` holds.
  [[nodiscard]] bool eventually(const std::function<bool()>& condition) {
    const auto deadline = std::chrono::steady_clock::now() + patience;
    while (std::chrono::steady_clock::now() < deadline) {
      for (const auto& publisher : publishers_) publisher->tick();
      if (condition()) return true;
      std::this_thread::sleep_for(milliseconds(10));
    }
    return false;
  }
  [[nodiscard]] std::int64_t number(const std::string& sql) const { return database_.number(sql); }
  void execute(const std::string& sql) const { database_.execute(sql); }
  /// The checkpoints are at the heads of the journals.
  [[nodiscard]] bool all_stored() {
    return eventually([&] {
      postgres::Connection connection(database_.superuser());
      const auto checkpoints = postgres::load_checkpoints(connection);
      return std::all_of(publishers_.begin(), publishers_.end(), [&](const auto& publisher) {
        const auto found = checkpoints.find(publisher->source());
        return found != checkpoints.end() && found->second == publisher->head();
      });
    });
  }
  static std::string problems(const Running& running) {
    std::string out;
    for (const auto& problem : running.status.problems()) out += problem + "\n";
    return out;
  }

  const tests::Database database_;
  tests::TempDir dir_;
  zmq::context_t context_;
  std::vector<std::unique_ptr<bus::Publisher>> publishers_;
  int price_ = 0;
};

TEST_F(WriterTest, EveryRecordOfEverySourceBecomesARowOnce) {
  publish_spots(1'050);
  Running running(context_, settings());
  publish_books(333);
  publish_spots(7);

  ASSERT_TRUE(all_stored()) << problems(running);

  EXPECT_EQ(problems(running), "");
  EXPECT_EQ(number("SELECT count(*) FROM ticks"), 1'057);
  EXPECT_EQ(number("SELECT count(DISTINCT price) FROM ticks"), 1'057);
  EXPECT_EQ(number("SELECT count(*) FROM market_depth"), 333);
  EXPECT_EQ(number("SELECT count(*) FROM table_partition WHERE begins < '2013-01-01'"), 2);
  // No transaction held more than the limit.
  EXPECT_LE(number("SELECT max(n) FROM (SELECT count(*) AS n FROM ticks GROUP BY stored_at) x"),
            100);
}

TEST_F(WriterTest, ARestartGoesOnAfterTheCheckpoint) {
  {
    Running running(context_, settings());
    publish_spots(500);
    ASSERT_TRUE(eventually([&] { return number("SELECT count(*) FROM checkpoint") > 0; }));
  }
  publish_spots(500);
  Running running(context_, settings());

  ASSERT_TRUE(all_stored()) << problems(running);

  EXPECT_EQ(number("SELECT count(*) FROM ticks"), 1'000);
}

TEST_F(WriterTest, ADatabaseThatGoesAndComesBackCostsNothing) {
  Running running(context_, settings());
  publish_spots(500);
  ASSERT_TRUE(all_stored());

  tests::Database::server().stop();
  publish_spots(500);
  EXPECT_TRUE(eventually([&] { return problems(running).starts_with("database: "); }));
  publish_books(100);
  tests::Database::server().start();

  ASSERT_TRUE(all_stored()) << problems(running);
  EXPECT_EQ(problems(running), "");
  EXPECT_EQ(number("SELECT count(*) FROM ticks"), 1'000);
  EXPECT_EQ(number("SELECT count(*) FROM market_depth"), 100);
}

TEST_F(WriterTest, ASecondOneWaitsAndTakesOver) {
  Running first(context_, settings());
  publish_spots(10);
  ASSERT_TRUE(all_stored());

  Running second(context_, settings());
  EXPECT_TRUE(
      eventually([&] { return problems(second).find("another persister holds the lock") == 0; }));
  first.stop();
  publish_spots(10);

  ASSERT_TRUE(all_stored()) << problems(second);
  EXPECT_EQ(problems(second), "");
  EXPECT_EQ(number("SELECT count(*) FROM ticks"), 20);
}

TEST_F(WriterTest, ARowThatIsThereAlreadyStopsEverything) {
  {
    Running running(context_, settings());
    publish_spots(10);
    ASSERT_TRUE(all_stored());
  }
  execute("DELETE FROM checkpoint");
  Running running(context_, settings());

  ASSERT_TRUE(eventually([&] { return running.ended.load(); }));

  EXPECT_EQ(running.exit_code, service::exit_code::software);
  EXPECT_THAT(running.text, HasSubstr("a row is stored already"));
  EXPECT_EQ(number("SELECT count(*) FROM ticks"), 10);
}

TEST_F(WriterTest, WhatTheDatabaseRefusesIsADeadLetterAndTheRestFlows) {
  execute("ALTER TABLE ticks ADD CHECK (price <> 0.00150)");
  Running running(context_, settings());
  publish_spots(300);

  ASSERT_TRUE(all_stored()) << problems(running);

  EXPECT_EQ(number("SELECT count(*) FROM ticks"), 299);
  EXPECT_EQ(number("SELECT count(*) FROM dead_letter WHERE reason LIKE '%check constraint%'"), 1);
  EXPECT_EQ(running.status.dead_letters.value(), 1U);
}

TEST_F(WriterTest, ANewerSchemaIsRefused) {
  execute("INSERT INTO schema_migration (version, name) VALUES (99, 'of the future')");
  Running running(context_, settings());

  ASSERT_TRUE(eventually([&] { return running.ended.load(); }));

  EXPECT_EQ(running.exit_code, service::exit_code::config);
  EXPECT_THAT(running.text, HasSubstr("schema version 99"));
}

TEST_F(WriterTest, ASchemaThatIsMissingIsWaitedFor) {
  execute("ALTER TABLE schema_migration RENAME TO hidden");
  Running running(context_, settings());
  EXPECT_TRUE(eventually(
      [&] { return problems(running).find("run `depthwire db migrate`") != std::string::npos; }));

  execute("ALTER TABLE hidden RENAME TO schema_migration");
  publish_spots(5);

  ASSERT_TRUE(all_stored()) << problems(running);
}

TEST_F(WriterTest, AFrozenDatabaseDoesNotKeepUsFromStopping) {
  Running running(context_, settings());
  publish_spots(10);
  ASSERT_TRUE(all_stored());
  const auto backend =
      static_cast<pid_t>(number("SELECT pid FROM pg_stat_activity WHERE usename = "
                                "'depthwire_persister' AND datname = current_database()"));
  ASSERT_EQ(kill(backend, SIGSTOP), 0);
  const auto transactions = running.status.transactions.value();
  publish_spots(200);  // one batch on its way, the next one due
  EXPECT_TRUE(eventually([&] {
    return problems(running).find("database: it has not answered") == 0;
  })) << problems(running);

  const auto start = std::chrono::steady_clock::now();
  running.stop();

  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(5));
  EXPECT_EQ(running.status.transactions.value(), transactions);
  kill(backend, SIGCONT);
}

TEST_F(WriterTest, RecordsThatAreGoneForGoodAreALossRow) {
  Running(context_, settings()).stop();
  for (int i = 0; i < 30; ++i) publish_spots(1'000);  // several segments
  std::vector<std::filesystem::path> segments;
  for (const auto& file : std::filesystem::directory_iterator(dir_.path() / "sim.streaming")) {
    if (file.path().extension() == ".log") segments.push_back(file.path());
  }
  std::sort(segments.begin(), segments.end());
  ASSERT_GT(segments.size(), 2U);
  execute("INSERT INTO checkpoint VALUES ('sim.streaming', 'sim', " +
          std::to_string(streaming().head().epoch) + ", 2)");
  std::filesystem::remove(segments[0]);

  Running running(context_, settings());
  ASSERT_TRUE(all_stored()) << problems(running);

  EXPECT_EQ(number("SELECT count(*) FROM loss WHERE kind = 'aged_out' AND from_offset = 2"), 1);
  EXPECT_EQ(number("SELECT to_offset FROM loss"), number("SELECT min(record_offset) FROM ticks"));
  EXPECT_EQ(running.status.losses.value(), 1U);
}

}  // namespace
}  // namespace depthwire::persister
