#include "cli/doctor_judge.hpp"
#include "cli/metric_text.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace depthwire::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr std::int64_t hour_ms = 3'600'000;
constexpr std::int64_t now_ms = 1'795'000'000'000;

ProcessSeen running(const std::string& name) {
  return {.name = name, .state = "RUNNING", .ready = true};
}

/// A pipeline in demo where nothing is wrong.
Seen healthy() {
  Seen seen{.environment = "demo", .now_ms = now_ms};
  for (const auto* name : {"streaming", "historical", "aggregator", "persister"}) {
    seen.processes.push_back(running(name));
  }
  seen.processes[0].connection = "ready";
  seen.processes[1].connection = "ready";
  seen.grant = {.there = true, .held = true, .expires_ms = now_ms + 500 * hour_ms};
  seen.market = {
      .spots = 10, .depth = 20, .rows = true, .newest_row_age_s = 1, .tick_delay_ms = 40};
  seen.clock_synchronised = true;
  seen.disks = {{"var/journals", 50ULL << 30U, 100ULL << 30U}};
  return seen;
}

/// Findings that are not passes.
std::vector<Finding> ills(const Seen& seen) {
  auto findings = diagnose(seen);
  std::erase_if(findings, [](const Finding& finding) { return finding.mark == Mark::pass; });
  return findings;
}

/// The one finding of `seen` that is no pass.
Finding ill(const Seen& seen) {
  const auto findings = ills(seen);
  EXPECT_EQ(findings.size(), 1U) << (findings.size() > 1 ? findings[1].found : "");
  return findings.empty() ? Finding() : findings[0];
}

Finding about(const Seen& seen, const std::string& what) {
  for (const auto& finding : diagnose(seen)) {
    if (finding.about == what) return finding;
  }
  ADD_FAILURE() << "nothing about " << what;
  return {};
}

TEST(Doctor, AFurtherAccountThatIsNotInIsToldOfAndIsNotTheStateOfStreaming) {
  auto seen = healthy();
  seen.processes[0].further_accounts = {{"7", "ready"}, {"8", "error: RET_ACCOUNT_DISABLED: no"}};

  EXPECT_EQ(ill(seen).about, "account 8 of streaming");
  EXPECT_EQ(ill(seen).mark, Mark::warn);
  EXPECT_EQ(ill(seen).found, "error: RET_ACCOUNT_DISABLED: no");
  EXPECT_THAT(about(seen, "connections").found, HasSubstr("streaming"));
}

TEST(Doctor, TwoAuthenticationsAreExplainedWhereNothingIsWrong) {
  EXPECT_THAT(ills(healthy()), IsEmpty());
  EXPECT_THAT(about(healthy(), "connections").means, HasSubstr("two authentications"));
}

TEST(Doctor, WhatWasNotStartedIsNoFaultButAProcessThatDoesNotAnswerIs) {
  auto seen = healthy();
  seen.processes.push_back({.name = "gateway", .state = "STOPPED"});
  EXPECT_THAT(ills(seen), IsEmpty());

  seen.processes.back() = {.name = "gateway", .state = "FATAL", .last_error = "port is taken"};

  EXPECT_EQ(ill(seen).about, "process gateway");
  EXPECT_EQ(ill(seen).mark, Mark::fail);
  EXPECT_EQ(ill(seen).means, "port is taken");
}

TEST(Doctor, WhereNothingRunsOnlyThatIsToldOfTheWay) {
  auto seen = healthy();
  for (auto& process : seen.processes) process = {.name = process.name, .state = "NOT STARTED"};

  EXPECT_EQ(ill(seen).found, "nothing runs");
  EXPECT_EQ(ill(seen).mark, Mark::fail);
}

TEST(Doctor, ARefusedConnectionNamesTheCodeWhatItMeansAndWhatHelps) {
  auto seen = healthy();
  auto& streaming = seen.processes[0];
  streaming.ready = false;
  streaming.connection = "error";
  streaming.reason = "CH_ACCESS_TOKEN_INVALID: token is wrong";
  streaming.last_error = "error: CH_ACCESS_TOKEN_INVALID: token is wrong";

  const auto finding = about(seen, "connection of streaming");

  EXPECT_EQ(finding.mark, Mark::fail);
  EXPECT_THAT(finding.found, HasSubstr("CH_ACCESS_TOKEN_INVALID: token is wrong"));
  EXPECT_THAT(finding.means, HasSubstr("expired"));
  EXPECT_THAT(finding.todo, HasSubstr("`depthwire auth login`"));
  EXPECT_EQ(ills(seen).size(), 2U) << "its process and its connection are told of once";
  EXPECT_EQ(about(seen, "depth").mark, Mark::fail);
  EXPECT_EQ(about(seen, "environment").mark, Mark::pass) << "the token is wrong, not the place";
}

TEST(Doctor, AWrongEnvironmentIsToldWithTheBrokersWord) {
  auto seen = healthy();
  seen.processes[0].connection = "error";
  seen.processes[0].reason = "CANT_ROUTE_REQUEST: cannot route";

  const auto finding = about(seen, "environment");

  EXPECT_EQ(finding.mark, Mark::fail);
  EXPECT_THAT(finding.found, HasSubstr("CANT_ROUTE_REQUEST: cannot route"));
  EXPECT_THAT(finding.means, HasSubstr("wrong environment"));
}

TEST(Doctor, AGrantIsMissingRefusedExpiredOrKeptByNobody) {
  auto seen = healthy();
  seen.grant.there = false;
  EXPECT_EQ(ill(seen).found, "nobody has logged in");
  EXPECT_EQ(ill(seen).todo, "`depthwire auth login --env demo`");
  seen = healthy();
  seen.grant.login_required = true;
  seen.grant.reason = "taken back";
  EXPECT_THAT(ill(seen).found, HasSubstr("taken back"));
  seen = healthy();
  seen.grant.expires_ms = now_ms;
  EXPECT_EQ(ill(seen).mark, Mark::fail);
  seen = healthy();
  seen.grant.held = false;
  EXPECT_EQ(ill(seen).mark, Mark::warn);
  seen.grant.expires_ms = now_ms + hour_ms;
  EXPECT_EQ(ill(seen).mark, Mark::fail) << "it ends soon";
  seen.grant.used = false;
  EXPECT_THAT(ills(seen), IsEmpty());
}

TEST(Doctor, NoDepthIsTheAccountsTheMarketsOrTheWays) {
  auto seen = healthy();
  seen.market.depth = 0;
  EXPECT_EQ(ill(seen).mark, Mark::fail);
  EXPECT_THAT(ill(seen).means, HasSubstr("this account carries no depth"));
  seen.market.spots = 0;
  EXPECT_EQ(ill(seen).mark, Mark::warn);
  EXPECT_THAT(ill(seen).means, HasSubstr("market is closed"));
  seen = healthy();
  seen.market.rows = false;
  EXPECT_EQ(ill(seen).mark, Mark::fail);
  EXPECT_THAT(ill(seen).means, HasSubstr("behind the recorder"));
  seen = healthy();
  seen.market.newest_row_age_s = 61;
  EXPECT_EQ(ill(seen).about, "rows");
  seen.environment = "sim";
  EXPECT_THAT(ills(seen), IsEmpty()) << "its times are the recording's";
  seen.market.database_error = "connection refused";
  EXPECT_EQ(ill(seen).found, "connection refused");
}

TEST(Doctor, LimitsInTheLogsAndManyDisconnectsAreWarnings) {
  auto seen = healthy();
  seen.refusals["BLOCKED_PAYLOAD_TYPE"] = 3;
  EXPECT_EQ(ill(seen).found, "BLOCKED_PAYLOAD_TYPE, 3 times in the logs");
  EXPECT_EQ(ill(seen).mark, Mark::warn);
  seen = healthy();
  seen.disconnects = 5;
  EXPECT_THAT(ills(seen), IsEmpty());
  seen.disconnects = 6;
  EXPECT_EQ(ill(seen).about, "connections");
}

TEST(Doctor, AClockIsJudgedByTheBrokersTimeItsStepsAndItsKeeper) {
  auto seen = healthy();
  seen.market.tick_delay_ms = -1'500;
  EXPECT_EQ(ill(seen).mark, Mark::warn);
  EXPECT_THAT(ill(seen).means, HasSubstr("slow"));
  seen.market.tick_delay_ms = 60'000;
  EXPECT_EQ(ill(seen).mark, Mark::fail);
  seen = healthy();
  seen.processes[2].clock_steps = 1;
  EXPECT_EQ(ill(seen).found, "it was set 1 time");
  seen = healthy();
  seen.clock_synchronised = false;
  EXPECT_EQ(ill(seen).mark, Mark::warn);
  seen.clock_synchronised.reset();
  EXPECT_THAT(ills(seen), IsEmpty()) << "unknown is no fault";
}

TEST(Doctor, ADiskIsJudgedByWhatPublishersNeed) {
  auto seen = healthy();
  seen.disks[0].free_bytes = 9ULL << 30U;
  EXPECT_EQ(ill(seen).mark, Mark::warn);
  seen.disks[0].free_bytes = 4ULL << 30U;
  EXPECT_EQ(ill(seen).mark, Mark::fail);
  EXPECT_THAT(ill(seen).found, HasSubstr("4 GiB, 4 %, are free in var/journals"));
}

TEST(MetricText, ASeriesIsFoundByItsNameAndLabels) {
  const std::string metrics =
      "# TYPE depthwire_feed_events_total counter\n"
      "depthwire_feed_events_total{kind=\"depth\"} 12\n"
      "depthwire_clock_steps_total 2\n";

  EXPECT_EQ(metric_value(metrics, "feed_events_total{kind=\"depth\"}"), 12);
  EXPECT_EQ(metric_value(metrics, "clock_steps_total"), 2);
  EXPECT_EQ(metric_value(metrics, "steps_total"), std::nullopt);
  EXPECT_EQ(metric_value("", "clock_steps_total"), std::nullopt);
}

}  // namespace
}  // namespace depthwire::cli
