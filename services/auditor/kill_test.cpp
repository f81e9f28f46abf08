// The auditor's promise: every connection event in the log exactly once, whenever it is killed.

#include "common/bus/publisher.hpp"
#include "proto/bus/envelope.pb.h"
#include "services/auditor/core/line.hpp"
#include "tests/support/process.hpp"
#include "tests/support/temp_dir.hpp"

#include <gtest/gtest.h>
#include <signal.h>

#include <fstream>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <vector>

namespace depthwire::auditor {
namespace {

/// A publisher of connection events, among which lies depth that no log wants.
class Source {
 public:
  Source(zmq::context_t& context, const std::filesystem::path& journals, const std::string& name)
      : publisher_(context, options(journals, "sim." + name)), name_(name) {}

  const bus::Publisher& publisher() const { return publisher_; }
  const std::vector<std::string>& positions() const { return positions_; }

  void publish_connection(bus::Connection::State state) {
    bus::Envelope envelope;
    envelope.set_receive_time_ns(static_cast<std::int64_t>(positions_.size()));
    envelope.mutable_connection()->set_connection(name_);
    envelope.mutable_connection()->set_state(state);
    envelope.mutable_connection()->set_reason("event " + std::to_string(positions_.size()));
    const auto position =
        publisher_.append(publisher_.topic("connection", ""), bus::Envelope::kConnection,
                          envelope.SerializeAsString());
    positions_.push_back(publisher_.source() + ":" + journal::to_string(position));
  }

  void publish_depth() {
    bus::Envelope envelope;
    envelope.set_symbol("EURUSD");
    envelope.mutable_depth();
    publisher_.append(publisher_.topic("depth", "EURUSD"), bus::Envelope::kDepth,
                      envelope.SerializeAsString());
  }

  void flush() {
    publisher_.flush();
    publisher_.tick();
  }

 private:
  static bus::PublisherOptions options(const std::filesystem::path& journals,
                                       const std::string& source) {
    bus::PublisherOptions options;
    options.environment = "sim";
    options.source = source;
    options.journal = journals / source;
    options.publish = "tcp://127.0.0.1:*";
    options.requests = "tcp://127.0.0.1:*";
    return options;
  }

  bus::Publisher publisher_;
  std::string name_;
  std::vector<std::string> positions_;
};

class AuditorTest : public testing::Test {
 protected:
  void start(const std::string& output = "output") {
    const auto set = [](const std::string& key, const std::string& value) {
      return "--set=" + key + "=" + value;
    };
    process_ = std::make_unique<tests::Process>(tests::Process::Options{
        {AUDITOR, set("auditor.health", "127.0.0.1:0"),
         set("auditor.directory", log_.parent_path()),
         set("bus.streaming.publish", streaming_.publisher().publish_address()),
         set("bus.streaming.requests", streaming_.publisher().requests_address()),
         set("bus.historical.publish", historical_.publisher().publish_address()),
         set("bus.historical.requests", historical_.publisher().requests_address())},
        {},
        dir_.path() / output});
  }

  void publish_some() {
    streaming_.publish_connection(bus::Connection::connecting);
    for (int i = 0; i < 5; ++i) streaming_.publish_depth();
    streaming_.publish_connection(bus::Connection::ready);
    historical_.publish_connection(bus::Connection::error);
    flush();
  }

  void flush() {
    streaming_.flush();
    historical_.flush();
  }

  std::vector<std::string> lines() const {
    std::vector<std::string> out;
    std::ifstream file(log_);
    for (std::string line; std::getline(file, line);) out.push_back(line);
    return out;
  }

  /// The positions in the log that are of `source`, in its order.
  std::vector<std::string> logged(const std::string& source) const {
    std::vector<std::string> out;
    for (const auto& line : lines()) {
      const auto found = line_position(line);
      if (!found) {
        out.push_back("no position: " + line);
      } else if (found->source == source) {
        out.push_back(source + ":" + journal::to_string(found->position));
      }
    }
    return out;
  }

  /// Keeps the publishers alive until the log holds all that was published.
  bool all_logged() {
    return tests::eventually([&] {
      flush();
      return lines().size() >= streaming_.positions().size() + historical_.positions().size();
    });
  }

  tests::TempDir dir_;
  std::filesystem::path log_ = dir_.path() / "logs" / "sim_connection.log";
  zmq::context_t context_;
  Source streaming_{context_, dir_.path(), "streaming"};
  Source historical_{context_, dir_.path(), "historical"};
  std::unique_ptr<tests::Process> process_;
};

TEST_F(AuditorTest, WritesWhatIsThereAndWhatComes) {
  publish_some();
  start();
  ASSERT_TRUE(all_logged()) << process_->output();
  publish_some();
  ASSERT_TRUE(all_logged()) << process_->output();

  EXPECT_EQ(logged("sim.streaming"), streaming_.positions());
  EXPECT_EQ(logged("sim.historical"), historical_.positions());
  process_->signal(SIGTERM);
  EXPECT_EQ(process_->wait(), 0);
}

TEST_F(AuditorTest, EveryEventIsThereOnceAfterKillsAtAnyTime) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  for (int round = 0; round < 8; ++round) {
    start("output" + std::to_string(round));
    const auto kill_at =
        std::chrono::steady_clock::now() + std::chrono::milliseconds(random() % 250);
    while (std::chrono::steady_clock::now() < kill_at) publish_some();
    process_->signal(SIGKILL);
    ASSERT_TRUE(process_->wait());
    if (round == 3) std::ofstream(log_, std::ios::app) << "2026-01-01T00:00:00Z torn position=si";
  }
  start("last");

  ASSERT_TRUE(all_logged()) << process_->output();
  EXPECT_EQ(logged("sim.streaming"), streaming_.positions());
  EXPECT_EQ(logged("sim.historical"), historical_.positions());
}

TEST_F(AuditorTest, ALogThatWasMovedAwayIsNotWrittenAgain) {
  publish_some();
  start();
  ASSERT_TRUE(all_logged()) << process_->output();
  process_->signal(SIGTERM);
  ASSERT_EQ(process_->wait(), 0);
  const auto first = lines().size();
  std::filesystem::rename(log_, log_.string() + ".1");

  start("second");
  publish_some();
  ASSERT_TRUE(tests::eventually([&] {
    flush();
    return lines().size() >= 3;
  })) << process_->output();

  EXPECT_EQ(first, 3U);
  EXPECT_EQ(lines().size(), 3U);
}

TEST_F(AuditorTest, ASecondOneWaits) {
  start();
  publish_some();
  ASSERT_TRUE(all_logged()) << process_->output();
  const auto first = std::move(process_);

  start("second");
  ASSERT_TRUE(process_->output_from("another auditor writes this log"));
  first->signal(SIGKILL);
  ASSERT_TRUE(first->wait());
  publish_some();

  ASSERT_TRUE(all_logged()) << process_->output();
  EXPECT_EQ(logged("sim.streaming"), streaming_.positions());
}

TEST_F(AuditorTest, ADirectoryThatCannotBeWrittenIsNamed) {
  std::ofstream(dir_.path() / "logs") << "a file where a directory should be";
  start();

  EXPECT_EQ(process_->wait(), 74);
  EXPECT_NE(process_->output().find("logs"), std::string::npos);
}

}  // namespace
}  // namespace depthwire::auditor
