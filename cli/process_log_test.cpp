#include "cli/process_log.hpp"

#include "tests/support/temp_dir.hpp"

#include <gmock/gmock.h>

#include <fstream>

namespace depthwire::cli {
namespace {

class ProcessLog : public testing::Test {
 protected:
  void add(const std::string& text) { std::ofstream(log_, std::ios::app) << text; }

  tests::TempDir dir_;
  std::filesystem::path log_ = dir_.path() / "streaming.log";
};

const std::string start =
    "2026-11-21T10:00:00.000Z info    streaming: streaming 1.0 starts, environment sim\n";

TEST_F(ProcessLog, AnErrorOfAnEarlierStartIsNotQuoted) {
  add(start + "2026-11-21T10:00:01.000Z error   streaming: wrong secret\n");
  const auto from = log_end(log_);
  add(start + "2026-11-21T10:00:02.000Z info    streaming: connected\n");

  EXPECT_EQ(last_problem(log_, from), "connected");
  EXPECT_EQ(last_problem(log_), "connected");
}

TEST_F(ProcessLog, TheNewestErrorWinsOverWhatFollows) {
  add(start +
      "2026-11-21T10:00:01.000Z error   streaming: the health address 127.0.0.1:1 is in use\n"
      "2026-11-21T10:00:02.000Z info    streaming: streaming stopped, exit code 69\n"
      "2026-11-21T10:00:03.000Z warning streaming: streaming has died soon after its start; "
      "waiting 1 s\n");

  EXPECT_EQ(last_problem(log_), "the health address 127.0.0.1:1 is in use");
}

TEST_F(ProcessLog, TextThatIsNoLogLineIsAProblem) {
  add(start + "depthwire-streaming: depthwire.yaml:3:1: gateway.prot: unknown key\n");

  EXPECT_EQ(last_problem(log_),
            "depthwire-streaming: depthwire.yaml:3:1: gateway.prot: unknown key");
}

TEST_F(ProcessLog, JsonAndPostgresqlAreReadToo) {
  add("{\"time\":\"t\",\"level\":\"error\",\"process\":\"streaming\",\"message\":\"in JSON\"}\n");
  EXPECT_EQ(last_problem(log_), "in JSON");

  add("2026-11-21 10:00:00.000 UTC [12] FATAL:  could not create any TCP/IP sockets\n"
      "2026-11-21 10:00:00.000 UTC [12] LOG:  database system is shut down\n");
  EXPECT_EQ(last_problem(log_), "could not create any TCP/IP sockets");
}

TEST_F(ProcessLog, ARotatedLogIsReadWhole) {
  add("2026-11-21T10:00:01.000Z error   streaming: short\n");

  EXPECT_EQ(last_problem(log_, 1'000'000), "short");
  EXPECT_EQ(last_problem(dir_.path() / "missing"), "");
}

TEST_F(ProcessLog, CountsRestartsSinceAStartOnPurpose) {
  add("2026-11-21 10:00:00,1 INFO spawned: 'gateway' with pid 2\n"
      "2026-11-21 10:00:00,1 WARN exited: gateway (exit status 69; not expected)\n"
      "2026-11-21 10:00:00,1 INFO supervisord started with pid 1\n"
      "2026-11-21 10:00:00,2 INFO spawned: 'gateway' with pid 3\n"
      "2026-11-21 10:00:00,3 WARN exited: gateway (exit status 69; not expected)\n"
      "2026-11-21 10:00:00,4 INFO spawned: 'gateway' with pid 4\n"
      "2026-11-21 10:00:00,5 WARN exited: gateway (terminated by SIGKILL; not expected)\n"
      "2026-11-21 10:00:00,6 INFO spawned: 'gateway' with pid 5\n"
      "2026-11-21 10:00:00,7 INFO spawned: 'streaming' with pid 6\n"
      "2026-11-21 10:00:00,8 INFO exited: streaming (exit status 78; expected)\n");

  auto lives = lives_of(log_);
  EXPECT_EQ(lives["gateway"].restarts, 2);
  EXPECT_EQ(lives["gateway"].how, "terminated by SIGKILL");
  EXPECT_FALSE(lives["gateway"].ended);
  EXPECT_EQ(lives["streaming"].restarts, 0);
  EXPECT_TRUE(lives["streaming"].ended);

  add("2026-11-21 10:00:01,0 INFO stopped: gateway (exit status 0)\n"
      "2026-11-21 10:00:02,0 INFO spawned: 'gateway' with pid 7\n");
  EXPECT_EQ(lives_of(log_)["gateway"].restarts, 0);
}

TEST_F(ProcessLog, LinesWithAWordAreCountedByIt) {
  add(start + "a BLOCKED_PAYLOAD_TYPE\nb BLOCKED_PAYLOAD_TYPE BLOCKED_PAYLOAD_TYPE\nc other\n");

  const auto lines = count_lines(log_, {"BLOCKED_PAYLOAD_TYPE", "never"});

  EXPECT_EQ(lines, (std::map<std::string, int>{{"BLOCKED_PAYLOAD_TYPE", 2}}));
  EXPECT_TRUE(count_lines(dir_.path() / "missing.log", {"c"}).empty());
}

}  // namespace
}  // namespace depthwire::cli
