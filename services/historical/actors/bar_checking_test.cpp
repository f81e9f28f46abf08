#include "services/historical/actors/bar_checking.hpp"

#include "common/journal/reader.hpp"
#include "proto/bus/command.pb.h"
#include "services/historical/actors/session_fixture.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <map>
#include <utility>
#include <vector>

namespace depthwire::historical {
namespace {

using namespace std::chrono_literals;
using ctrader::testing::TestBroker;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

/// A session of historical that follows a streaming whose live bars the test tells, and asks a
/// broker whose history it tells too.
class BarCheckingTest : public SessionFixture {
 protected:
  static constexpr unsigned bars_request = 2137;
  static constexpr unsigned bars_answer = 2138;
  static constexpr std::int64_t start_minute = 29'460'000;  // 2026-01-05

  BarCheckingTest() {
    broker_.on(bars_request, [this](TestBroker::Reply& reply) { answer_bars(reply); });
  }

  void begin() {
    auto options = this->options();
    options.healing.streaming = bus::SubscriberOptions{.source = "sim.streaming",
                                                       .publish = streaming_.publish_address(),
                                                       .requests = streaming_.requests_address(),
                                                       .consumer = "sim.historical"};
    options.healing.check_bars_every = every_;
    begin_with(std::move(options));
  }
  void meanwhile() override { streaming_.tick(); }

  /// streaming journals a live bar that has closed, as high as `high`.
  void live(std::int64_t minute, std::int64_t high) {
    bus::Envelope envelope;
    envelope.set_symbol("EURUSD");
    auto& bar = *envelope.mutable_bar();
    bar.set_period(bus::m1);
    bar.set_open_time_ns((start_minute + minute) * 60'000 * ns_per_ms);
    bar.mutable_bid()->set_open(100);
    bar.mutable_bid()->set_high(high);
    bar.mutable_bid()->set_low(90);
    bar.mutable_bid()->set_close(101);
    bar.set_tick_count(7);
    bar.set_closed(true);
    streaming_.append(streaming_.topic("bar", "EURUSD"), bus::Envelope::kBar,
                      envelope.SerializeAsString());
    streaming_.flush();
  }
  /// Of three live bars history tells the second otherwise.
  void play_three_bars() {
    for (const auto minute : {1, 2, 3}) {
      history_[minute] = 110;
      live(minute, minute == 2 ? 120 : 110);
    }
  }

  static bus::BarsCommand bars_command(const std::string& symbol, std::int64_t first,
                                       std::int64_t last) {
    bus::BarsCommand command;
    command.set_symbol(symbol);
    command.set_period(bus::m1);
    command.set_from_time_ns((start_minute + first) * 60'000 * ns_per_ms);
    command.set_to_time_ns((start_minute + last) * 60'000 * ns_per_ms);
    return command;
  }
  /// Enough for whatever could happen.
  void take_turns() {
    int turns = 0;
    ASSERT_TRUE(run_until([&] { return ++turns > 20; }));
  }

  /// Minute and high of the bars that historical has published.
  std::vector<std::pair<std::int64_t, std::int64_t>> published() {
    std::vector<std::pair<std::int64_t, std::int64_t>> found;
    journal::Reader reader(journal());
    for (auto next = reader.next(); std::holds_alternative<journal::Record>(next);
         next = reader.next()) {
      const auto& record = std::get<journal::Record>(next);
      if (record.header.payload_type != bus::Envelope::kBar) continue;
      bus::Envelope envelope;
      EXPECT_TRUE(
          envelope.ParseFromArray(record.payload.data(), static_cast<int>(record.payload.size())));
      const auto& bar = envelope.bar();
      EXPECT_EQ(record.header.flags, journal::synthetic);
      EXPECT_EQ(envelope.symbol(), "EURUSD");
      EXPECT_EQ(envelope.event_time_ns(), bar.open_time_ns());
      EXPECT_EQ(bar.origin(), bus::Bar::history);
      EXPECT_EQ(bar.period(), bus::m1);
      EXPECT_TRUE(bar.closed());
      found.emplace_back(bar.open_time_ns() / ns_per_ms / 60'000 - start_minute, bar.bid().high());
    }
    return found;
  }
  /// The journal as a crash leaves it that cut off its last record.
  void cut_last_record() {
    std::size_t end = 0;
    std::size_t last = 0;
    journal::Reader reader(journal());
    for (auto next = reader.next(); std::holds_alternative<journal::Record>(next);
         next = reader.next()) {
      const auto& record = std::get<journal::Record>(next);
      last = end;
      end += (8 + record.frame.size() + 7) / 8 * 8;
      last_type_ = record.header.payload_type;
    }
    for (const auto& file : std::filesystem::directory_iterator(journal())) {
      if (file.path().extension() == ".log") std::filesystem::resize_file(file.path(), last + 20);
    }
  }
  [[nodiscard]] std::filesystem::path journal() const { return dir_.path() / "journal"; }
  [[nodiscard]] const CheckingCounts& checks() const { return session_->checked(); }

  bus::Publisher streaming_{context_,
                            {.environment = "sim",
                             .source = "sim.streaming",
                             .journal = dir_.path() / "streaming",
                             .publish = "tcp://127.0.0.1:*",
                             .requests = "tcp://127.0.0.1:*"}};
  std::map<std::int64_t, std::int64_t> history_;  // high, by minute
  std::chrono::milliseconds every_ = 1ms;
  int last_type_ = 0;
  std::vector<std::int64_t> asked_symbols_;  // their ids; read while the broker has nothing to do
  std::size_t most_ = 100;                   // bars in an answer

 private:
  void answer_bars(TestBroker::Reply& reply) {
    ctrader::ProtoOAGetTrendbarsReq request;
    request.ParseFromString(reply.request().payload());
    asked_symbols_.push_back(request.symbolid());
    std::vector<std::pair<std::int64_t, std::int64_t>> found;
    for (const auto& [minute, high] : history_) {
      const auto open_ms = (start_minute + minute) * 60'000;
      if (request.fromtimestamp() <= open_ms && open_ms <= request.totimestamp()) {
        found.emplace_back(minute, high);
      }
    }
    ctrader::ProtoOAGetTrendbarsRes result;
    result.set_hasmore(found.size() > most_);
    if (result.hasmore()) found.erase(found.begin(), found.end() - static_cast<int>(most_));
    for (const auto& [minute, high] : found) {
      auto& bar = *result.add_trendbar();
      bar.set_volume(7);
      bar.set_low(90);
      bar.set_deltaopen(10);
      bar.set_deltaclose(11);
      bar.set_deltahigh(static_cast<std::uint64_t>(high - 90));
      bar.set_utctimestampinminutes(static_cast<std::uint32_t>(start_minute + minute));
    }
    reply.answer(bars_answer, result);
  }
};

TEST_F(BarCheckingTest, ALiveBarThatHistoryTellsOtherwiseIsPublishedAsHistoryHasIt) {
  play_three_bars();
  begin();

  ASSERT_TRUE(run_until([&] { return checks().checked == 3 && checks().corrected == 1; }));

  EXPECT_THAT(published(), ElementsAre(std::pair(2, 110)));
}

TEST_F(BarCheckingTest, WithoutAnIntervalNothingIsAsked) {
  every_ = 0ms;
  play_three_bars();
  begin();
  ASSERT_TRUE(run_until([&] { return session_->symbols() == 2; }));
  take_turns();

  EXPECT_THAT(asked_symbols_, IsEmpty());
}

TEST_F(BarCheckingTest, ALostConnectionIsNoReasonToGiveUp) {
  std::atomic<int> asked = 0;
  broker_.on(bars_request, [&, usual = broker_.behaviour(bars_request)](auto& reply) {
    return ++asked == 1 ? reply.hang_up() : usual(reply);
  });
  play_three_bars();
  begin();

  ASSERT_TRUE(run_until([&] { return checks().corrected == 1; }));

  EXPECT_EQ(checks().unchecked, 0U);
}

TEST_F(BarCheckingTest, WhatTheBrokerRefusesTimeAndAgainStaysUnchecked) {
  std::atomic<int> asked = 0;
  broker_.on(bars_request, [&](TestBroker::Reply& reply) {
    ++asked;
    reply.error("INCORRECT_BOUNDARIES");
  });
  play_three_bars();
  begin();

  ASSERT_TRUE(run_until([&] { return checks().unchecked == 3; }));

  EXPECT_EQ(asked, 3);
  EXPECT_THAT(published(), IsEmpty());
}

TEST_F(BarCheckingTest, OnAFullDiskItIsCorrectedOnceThereIsRoom) {
  std::atomic<int> asked = 0;
  broker_.on(bars_request, [&, usual = broker_.behaviour(bars_request)](auto& reply) {
    disk_.full = ++asked == 1;
    usual(reply);
  });
  play_three_bars();
  begin();
  ASSERT_TRUE(run_until([&] { return session_->publisher().full(); }));
  EXPECT_EQ(checks().corrected, 0U);

  disk_.full = false;
  ASSERT_TRUE(run_until([&] { return checks().corrected == 1; }));

  EXPECT_THAT(published(), ElementsAre(std::pair(2, 110)));
}

TEST_F(BarCheckingTest, ARestartCorrectsNothingTwiceAndLeavesNothingOut) {
  play_three_bars();
  begin();
  ASSERT_TRUE(run_until([&] { return checks().corrected == 1; }));

  session_.reset();  // without a last word
  history_[4] = 130;
  live(4, 110);
  begin();
  ASSERT_TRUE(run_until([&] { return checks().corrected == 1; }));

  EXPECT_THAT(published(), ElementsAre(std::pair(2, 110), std::pair(4, 130)));
}

TEST_F(BarCheckingTest, ACorrectionThatACrashCutOffFromItsStateIsNotPublishedAgain) {
  play_three_bars();
  begin();
  ASSERT_TRUE(run_until([&] { return checks().corrected == 1; }));
  session_.reset();
  cut_last_record();
  ASSERT_EQ(last_type_, bus::Envelope::kHealingState);

  every_ = 1h;  // the round that it owes does not wait for that
  begin();
  ASSERT_TRUE(run_until([&] { return checks().corrected == 1; }));

  EXPECT_THAT(published(), ElementsAre(std::pair(2, 110)));
}

TEST_F(BarCheckingTest, WhatAJobHasPublishedIsNotPublishedAgain) {
  for (const auto minute : {1, 2, 3}) history_[minute] = 110;
  begin();
  ASSERT_TRUE(run_until([&] { return session_->symbols() == 2; }));
  ASSERT_EQ(ask("bars", bars_command("EURUSD", 1, 2)).status(), bus::CommandReply::done);

  live(1, 120);
  live(2, 110);
  live(3, 120);
  ASSERT_TRUE(run_until([&] { return checks().checked == 3 && checks().corrected == 1; }));

  EXPECT_THAT(published(), ElementsAre(std::pair(1, 110), std::pair(2, 110), std::pair(3, 110)));
}

TEST_F(BarCheckingTest, AJobThatSomebodyWaitsForGoesFirst) {
  std::atomic<bool> go_on = false;
  broker_.on(bars_request, [&, usual = broker_.behaviour(bars_request)](auto& reply) {
    go_on.wait(false);
    usual(reply);
  });
  for (const auto minute : {1, 2, 3}) history_[minute] = 110;
  most_ = 2;  // the job needs a second request, which is made after the first is answered
  begin();
  ASSERT_TRUE(run_until([&] { return session_->symbols() == 2; }));
  auto job = ask_later("bars", bars_command("GBPUSD", 1, 3));
  ASSERT_TRUE(run_until([&] { return session_->open_jobs() == 1; }));

  live(1, 120);
  take_turns();
  go_on = true;
  go_on.notify_all();

  EXPECT_EQ(wait_for(job).status(), bus::CommandReply::done);
  ASSERT_TRUE(run_until([&] { return checks().checked == 1; }));
  EXPECT_THAT(asked_symbols_, ElementsAre(2, 2, 1));
}

}  // namespace
}  // namespace depthwire::historical
