#include "tests/support/process.hpp"

#include "common/bus/publisher.hpp"
#include "proto/bus/envelope.pb.h"
#include "tests/support/database.hpp"
#include "tests/support/temp_dir.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <atomic>
#include <fstream>
#include <random>
#include <thread>

namespace depthwire::persister {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

/// Publishes spots and books on a thread of its own, as fast as it is told to.
class Source {
 public:
  Source(zmq::context_t& context, const std::filesystem::path& journal)
      : publisher_(context, {.environment = "sim",
                             .source = "sim.streaming",
                             .journal = journal,
                             .publish = "tcp://127.0.0.1:*",
                             .requests = "tcp://127.0.0.1:*",
                             .segment_bytes = 1 << 20}),
        publish_address(publisher_.publish_address()),
        requests_address(publisher_.requests_address()),
        thread_([this](const std::stop_token& stop) { run(stop); }) {}

  /// From here on nothing is published, heartbeats apart; gives the last position.
  journal::Position pause() {
    paused_ = true;
    while (!quiet_) std::this_thread::yield();
    return publisher_.head();
  }
  [[nodiscard]] int published() const { return published_; }

 private:
  void run(const std::stop_token& stop) {
    const auto spots = publisher_.topic("spot", "EURUSD");
    const auto books = publisher_.topic("book", "EURUSD");
    bus::Envelope spot;
    spot.set_symbol("EURUSD");
    bus::Envelope book = spot;
    while (!stop.stop_requested()) {
      publisher_.tick();
      quiet_ = paused_.load();
      for (int i = 0; i < 20 && !quiet_; ++i) {
        const std::int64_t time = 1'354'492'800'000'000'000 + published_ * 1'000'000LL;
        spot.set_receive_time_ns(time);
        spot.set_event_time_ns(time);
        spot.mutable_spot()->set_bid_points(++published_);
        publisher_.append(spots, bus::Envelope::kSpot, spot.SerializeAsString());
        book.set_receive_time_ns(time);
        book.mutable_book()->set_spread_points(published_);
        publisher_.append(books, bus::Envelope::kBook, book.SerializeAsString());
      }
      publisher_.flush();
      std::this_thread::sleep_for(2ms);
    }
  }

  bus::Publisher publisher_;
  std::atomic<int> published_ = 0;
  std::atomic<bool> paused_ = false;
  std::atomic<bool> quiet_ = false;

 public:
  const std::string publish_address;
  const std::string requests_address;

 private:
  std::jthread thread_;
};

/// The real program against a real database.
class PersisterProcess : public ::testing::Test {
 protected:
  PersisterProcess() {
    std::ofstream(dir_.path() / "config.yaml")
        << "environment: sim\n"
        << "database:\n  host: " << tests::Database::server().socket_directory().string()
        << "\n  name: " << database_.name() << "\n"
        << "bus:\n  streaming:\n    publish: " << source_.publish_address
        << "\n    requests: " << source_.requests_address << "\n"
        << "persister:\n  sources: [streaming]\n  health: 127.0.0.1:0\n  batch_rows: 200\n";
  }

  std::unique_ptr<tests::Process> start(const std::string& name,
                                        std::vector<std::string> arguments = {}) {
    std::vector<std::string> command{PERSISTER_PROGRAM, "--config", dir_.path() / "config.yaml"};
    command.insert(command.end(), arguments.begin(), arguments.end());
    return std::make_unique<tests::Process>(
        tests::Process::Options{.command = command, .output = dir_.path() / name});
  }
  static std::string health(tests::Process& process) {
    const auto line = process.output_from("health at http://");
    return line ? line->substr(17, line->find('\n') - 17) : "";
  }
  static std::string readiness(const std::string& address) {
    const auto reply = tests::http_get(address, "/readyz");
    return reply ? std::to_string(reply->status) + " " + reply->body : "";
  }

  [[nodiscard]] std::int64_t number(const std::string& sql) const { return database_.number(sql); }
  std::int64_t checkpoint() {
    return number("SELECT coalesce(max(record_offset), 0) FROM checkpoint");
  }

  const tests::Database database_;
  tests::TempDir dir_;
  zmq::context_t context_;
  Source source_{context_, dir_.path() / "journal"};
};

TEST_F(PersisterProcess, KilledAtAnyInstantItStoresEveryRecordOnce) {
  const unsigned seed = std::random_device()();
  std::mt19937 random(seed);
  std::uniform_int_distribution<int> microseconds(0, 20'000);
  for (int life = 0; life < 12; ++life) {
    const auto before = checkpoint();
    const auto process = start("output" + std::to_string(life));
    ASSERT_TRUE(tests::eventually([&] { return checkpoint() > before; }, 20s))
        << "seed " << seed << "\n"
        << process->output();
    std::this_thread::sleep_for(std::chrono::microseconds(microseconds(random)));
    process->signal(SIGKILL);
    EXPECT_EQ(process->wait(), 128 + SIGKILL);
  }
  const auto last = source_.pause();
  const auto process = start("output");

  ASSERT_TRUE(tests::eventually(
      [&] { return checkpoint() == static_cast<std::int64_t>(last.offset); }, 30s))
      << process->output();

  const int published = source_.published();
  EXPECT_EQ(number("SELECT count(*) FROM ticks"), published) << "seed " << seed;
  EXPECT_EQ(number("SELECT count(DISTINCT record_offset) FROM ticks"), published);
  EXPECT_EQ(number("SELECT count(DISTINCT price) FROM ticks"), published);
  EXPECT_EQ(number("SELECT count(DISTINCT spread) FROM market_depth"), published);
  EXPECT_EQ(number("SELECT count(*) FROM dead_letter"), 0);
}

TEST_F(PersisterProcess, StopsInOrderAndStoresWhatItHas) {
  const auto process = start("output");
  ASSERT_TRUE(tests::eventually([&] { return checkpoint() > 100; }, 20s)) << process->output();

  process->signal(SIGTERM);

  EXPECT_EQ(process->wait(5s), 0);
  EXPECT_THAT(process->output(), ::testing::Not(HasSubstr("error")));
}

TEST_F(PersisterProcess, WithoutADatabaseItRunsSaysSoAndDrainsAfter) {
  tests::Database::server().stop();
  const auto process = start("output");
  const std::string address = health(*process);
  ASSERT_TRUE(tests::eventually([&] {
    return readiness(address).find("No such file or directory") != std::string::npos;
  })) << readiness(address);
  EXPECT_THAT(readiness(address), HasSubstr("503 "));
  EXPECT_EQ(tests::http_get(address, "/livez")->status, 200);

  tests::Database::server().start();
  ASSERT_TRUE(tests::eventually([&] { return readiness(address).starts_with("200 "); }, 20s))
      << process->output();
  tests::Database::server().stop();
  ASSERT_TRUE(tests::eventually([&] { return readiness(address).starts_with("503 "); }, 20s));
  tests::Database::server().start();
  const auto last = source_.pause();

  ASSERT_TRUE(tests::eventually(
      [&] { return checkpoint() == static_cast<std::int64_t>(last.offset); }, 30s))
      << process->output();
  EXPECT_EQ(number("SELECT count(*) FROM ticks"), source_.published());
  const auto metrics = tests::http_get(address, "/metrics")->body;
  EXPECT_THAT(metrics, HasSubstr("depthwire_persister_rows_total{table=\"ticks\"} " +
                                 std::to_string(source_.published())));
}

TEST_F(PersisterProcess, ASecondInstanceWaitsUntilTheFirstIsGone) {
  const auto first = start("first");
  ASSERT_TRUE(tests::eventually([&] { return checkpoint() > 0; }, 20s)) << first->output();
  const auto second = start("second");
  const std::string address = health(*second);

  EXPECT_TRUE(tests::eventually([&] {
    return readiness(address).find("another persister holds the lock of database " +
                                   database_.name()) != std::string::npos;
  })) << readiness(address);
  first->signal(SIGKILL);
  EXPECT_EQ(first->wait(), 128 + SIGKILL);
  EXPECT_TRUE(tests::eventually([&] { return readiness(address).starts_with("200 "); }, 20s));
  const auto last = source_.pause();

  ASSERT_TRUE(tests::eventually(
      [&] { return checkpoint() == static_cast<std::int64_t>(last.offset); }, 30s));
  EXPECT_EQ(number("SELECT count(*) FROM ticks"), source_.published());
}

TEST_F(PersisterProcess, ANewerSchemaEndsItWithASentence) {
  database_.execute("INSERT INTO schema_migration (version, name) VALUES (99, 'of the future')");

  const auto process = start("output");

  EXPECT_EQ(process->wait(20s), 78);
  EXPECT_THAT(process->output(),
              HasSubstr("the database has schema version 99, this program knows up to 6"));
}

TEST_F(PersisterProcess, ARowThatIsThereAlreadyEndsIt) {
  ASSERT_TRUE(tests::eventually([&] { return source_.published() > 0; }));
  const auto last = source_.pause();
  {
    const auto process = start("first");
    ASSERT_TRUE(tests::eventually(
        [&] { return checkpoint() == static_cast<std::int64_t>(last.offset); }, 20s));
  }
  database_.execute("DELETE FROM checkpoint");
  const auto process = start("second");

  EXPECT_EQ(process->wait(20s), 70);
  EXPECT_THAT(process->output(), HasSubstr("a row is stored already"));
}

TEST_F(PersisterProcess, AnUnknownSourceIsRefused) {
  const auto process = start("output", {"--set", "persister.sources=weather"});

  EXPECT_EQ(process->wait(), 78);
  EXPECT_THAT(process->output(), HasSubstr("got \"weather\""));
}

}  // namespace
}  // namespace depthwire::persister
