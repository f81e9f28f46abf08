#include "tests/support/process.hpp"

#include "tests/support/temp_dir.hpp"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>
#include <signal.h>

#include <fstream>

namespace depthwire {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

/// Starts the test program on a free port and finds its address in the log.
class ServiceProcess : public testing::Test {
 protected:
  tests::Process& start(const std::vector<std::string>& arguments,
                        const std::map<std::string, std::string>& variables = {}) {
    std::vector<std::string> command{TEST_PROGRAM};
    command.insert(command.end(), arguments.begin(), arguments.end());
    process = std::make_unique<tests::Process>(
        tests::Process::Options{command, variables, dir.path() / "output"});
    return *process;
  }
  std::string start_and_find_health(std::vector<std::string> arguments = {}) {
    arguments.insert(arguments.end(), {"--set", "streaming.health=127.0.0.1:0"});
    const auto line = start(arguments).output_from("health at http://");
    if (!line) return "";
    auto address = line->substr(17, line->find('\n') - 17);
    EXPECT_TRUE(tests::eventually([&] {
      const auto ready = tests::http_get(address, "/readyz");
      return ready && ready->body.find("starting") == std::string::npos;
    }));
    return address;
  }

  tests::TempDir dir;
  std::unique_ptr<tests::Process> process;
};

TEST_F(ServiceProcess, ServesLifeReadinessAndMetrics) {
  const std::string address = start_and_find_health();

  const auto live = tests::http_get(address, "/livez");
  ASSERT_TRUE(live);
  EXPECT_EQ(live->status, 200);
  const auto ready = tests::http_get(address, "/readyz?x=1");
  ASSERT_TRUE(ready);
  EXPECT_EQ(ready->status, 503);
  EXPECT_EQ(nlohmann::json::parse(ready->body),
            nlohmann::json::parse(R"({"ready": false, "info": {"head": "12"}, "last_error": "",
                "reasons": {"database": "cannot reach the \"database\""}})"));
  const auto metrics = tests::http_get(address, "/metrics");
  ASSERT_TRUE(metrics);
  EXPECT_THAT(metrics->head, HasSubstr("text/plain; version=0.0.4"));
  EXPECT_THAT(metrics->body, HasSubstr("\ndepthwire_test_total 7\n"));
  EXPECT_THAT(metrics->body, HasSubstr("\ndepthwire_process_resident_bytes "));
  EXPECT_EQ(tests::http_get(address, "/else")->status, 404);
}

TEST_F(ServiceProcess, AnswersOtherMethodsGarbageAndHugeRequestsWithoutHarm) {
  const std::string address = start_and_find_health();

  EXPECT_THAT(*tests::tcp_exchange(address, "POST / HTTP/1.1\r\nHost: x\r\n\r\n"),
              HasSubstr("HTTP/1.1 405 "));
  EXPECT_EQ(*tests::tcp_exchange(address, "\x16\x03\x01garbage\r\n\r\n"), "");
  EXPECT_EQ(*tests::tcp_exchange(address,
                                 "GET / HTTP/1.1\r\nX: " + std::string(100'000, 'x') + "\r\n\r\n"),
            "");
  EXPECT_EQ(*tests::tcp_exchange(address, "GET /livez HTTP/1.1\r\n"), "") << "cut after 2 s";
  EXPECT_EQ(tests::http_get(address, "/livez")->status, 200);
}

TEST_F(ServiceProcess, AbortsWhenALoopStandsStill) {
  start_and_find_health({"--set", "streaming.fail=stall", "--set", "service.watchdog=1ms"});

  EXPECT_EQ(process->wait(20s), 128 + SIGABRT);
  EXPECT_THAT(process->output(), HasSubstr("the loop main has not moved for 5 s; aborting"));
}

TEST_F(ServiceProcess, TellsThatTheWallClockWasSet) {
#ifdef DEPTHWIRE_SANITIZED
  GTEST_SKIP() << "the sanitizer's library wants to be loaded before all others";
#endif
  const auto clock = dir.path() / "clock";
  std::ofstream(clock) << "+0d\n";
  start({"--set", "streaming.health=127.0.0.1:0"}, {{"LD_PRELOAD", FAKETIME_LIBRARY},
                                                    {"FAKETIME_TIMESTAMP_FILE", clock.string()},
                                                    {"FAKETIME_CACHE_DURATION", "1"},
                                                    {"FAKETIME_DONT_FAKE_MONOTONIC", "1"}});
  ASSERT_TRUE(process->output_from("health at http://"));

  // In one step, or the program could read an empty file.
  std::ofstream(dir.path() / "next") << "+1d\n";
  std::filesystem::rename(dir.path() / "next", clock);

  EXPECT_TRUE(process->output_from("the wall clock was set by 86"));
  EXPECT_TRUE(process->running());
}

TEST_F(ServiceProcess, StopsInReverseOrderAtSigtermWithExitCodeZero) {
  start_and_find_health();
  process->signal(SIGTERM);

  EXPECT_EQ(process->wait(), 0);
  EXPECT_THAT(process->output(), HasSubstr("stopped second\nstopped first\n"));
  EXPECT_THAT(process->output(), HasSubstr("streaming stopped, exit code 0"));
}

TEST_F(ServiceProcess, ASecondSignalEndsItAtOnce) {
  start_and_find_health({"--set", "streaming.slow=true"});
  process->signal(SIGINT);
  ASSERT_TRUE(process->output_from("SIGINT received"));
  process->signal(SIGTERM);

  EXPECT_EQ(process->wait(2s), 128 + SIGTERM);
}

TEST_F(ServiceProcess, AStopThatHangsEndsAfterFiveSeconds) {
  start_and_find_health({"--set", "streaming.slow=true"});
  process->signal(SIGTERM);

  EXPECT_EQ(process->wait(8s), 70);
  EXPECT_THAT(process->output(), HasSubstr("the orderly stop took longer than 5 s"));
}

TEST_F(ServiceProcess, APortInUseEndsItWithTheAddress) {
  const std::string address = start_and_find_health();
  tests::Process second(
      {{TEST_PROGRAM, "--set", "streaming.health=" + address}, {}, dir.path() / "second"});

  EXPECT_EQ(second.wait(), 69);
  EXPECT_THAT(second.output(), HasSubstr("health address " + address + " is in use"));
}

TEST_F(ServiceProcess, WhatLeavesStartDecidesTheExitCode) {
  EXPECT_EQ(
      start({"--set", "streaming.health=127.0.0.1:0", "--set", "streaming.fail=start"}).wait(), 77);
  EXPECT_THAT(process->output(), HasSubstr("error   streaming: start() failed"));
}

TEST_F(ServiceProcess, WhatLeavesAThreadEndsTheProcess) {
  EXPECT_EQ(
      start({"--set", "streaming.health=127.0.0.1:0", "--set", "streaming.fail=thread"}).wait(),
      70);
  EXPECT_THAT(process->output(), HasSubstr("error   streaming: the thread failed"));
  EXPECT_THAT(process->output(), HasSubstr("stopped first"));
}

TEST_F(ServiceProcess, AConfigurationErrorIsExitCode78) {
  const auto file = dir.path() / "depthwire.yaml";
  std::ofstream(file) << "streaming:\n  helth: 127.0.0.1:0\n";

  EXPECT_EQ(start({"--config", file}).wait(), 78);
  EXPECT_EQ(process->output(),
            "depthwire-streaming: 1 problem in the configuration\n" + file.string() +
                ":2:3: streaming.helth: unknown key; did you mean \"health\"?\n");
}

TEST_F(ServiceProcess, AnUnknownFlagIsExitCode64) { EXPECT_EQ(start({"--nonsense"}).wait(), 64); }

TEST_F(ServiceProcess, HelpListsEverySettingAndNoSecret) {
  EXPECT_EQ(start({"--help"}, {{"TEST_KEY", "hidden"}}).wait(), 0);
  EXPECT_THAT(process->output(), HasSubstr("streaming.health"));
  EXPECT_THAT(process->output(), HasSubstr("default 127.0.0.1:9101"));
  EXPECT_THAT(process->output(), HasSubstr("log.level"));
  EXPECT_THAT(process->output(), testing::Not(HasSubstr("hidden")));
}

TEST_F(ServiceProcess, TheRunFileIsThereWhileItRuns) {
  const auto file = dir.path() / "run" / "streaming.json";
  const std::string address =
      start_and_find_health({"--set", "service.run_dir=" + (dir.path() / "run").string()});

  const auto run = nlohmann::json::parse(std::ifstream(file));
  EXPECT_EQ(run["pid"], process->pid());
  EXPECT_EQ(run["health"], address);
  EXPECT_EQ(run["source"], "sim.streaming");
  process->signal(SIGTERM);
  EXPECT_EQ(process->wait(), 0);
  EXPECT_FALSE(std::filesystem::exists(file));
}

TEST_F(ServiceProcess, JsonLogsAreOneObjectPerLine) {
  start_and_find_health({"--set", "log.format=json"});
  process->signal(SIGTERM);
  EXPECT_EQ(process->wait(), 0);

  std::istringstream lines(process->output());
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("stopped ")) continue;  // what the test program itself prints
    const auto object = nlohmann::json::parse(line);
    EXPECT_EQ(object["process"], "streaming");
  }
}

}  // namespace
}  // namespace depthwire
