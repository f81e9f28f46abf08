#include "services/historical/actors/session.hpp"

#include "common/journal/reader.hpp"
#include "services/historical/actors/session_fixture.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>

namespace depthwire::historical {
namespace {

using namespace std::chrono_literals;
using ctrader::testing::TestBroker;
using ::testing::HasSubstr;

constexpr std::int64_t minute_ns = 60'000'000'000;

class SessionTest : public SessionFixture {
 protected:
  void begin(bool enabled = true) {
    auto options = this->options();
    options.publisher.segment_bytes = segment_bytes_;
    options.enabled = enabled;
    options.ask_again_after = 50ms;
    begin_with(std::move(options));
  }
  bool log_in() {
    begin();
    return run_until([&] { return session_->symbols() == 2; });
  }
  /// The records of one payload, in order.
  std::vector<std::pair<journal::Header, bus::Envelope>> records(int type) {
    std::vector<std::pair<journal::Header, bus::Envelope>> found;
    journal::Reader reader(dir_.path() / "journal");
    for (auto next = reader.next(); std::holds_alternative<journal::Record>(next);
         next = reader.next()) {
      const auto& record = std::get<journal::Record>(next);
      if (record.header.payload_type != type) continue;
      auto& [header, envelope] = found.emplace_back();
      header = record.header;
      EXPECT_TRUE(
          envelope.ParseFromArray(record.payload.data(), static_cast<int>(record.payload.size())));
    }
    return found;
  }
  static bus::HistoryReply history(const bus::CommandReply& reply) {
    bus::HistoryReply body;
    EXPECT_TRUE(body.ParseFromString(reply.body()));
    return body;
  }
  static bus::BarsCommand bars_of(const std::string& symbol) {
    bus::BarsCommand command;
    command.set_symbol(symbol);
    command.set_period(bus::m1);
    command.set_from_time_ns(10 * minute_ns);
    command.set_to_time_ns(12 * minute_ns);
    return command;
  }

  /// One bar for each request.
  void answer_bars() {
    broker_.on(2137, [](TestBroker::Reply& reply) {
      ctrader::ProtoOAGetTrendbarsRes result;
      auto* bar = result.add_trendbar();
      bar->set_volume(7);
      bar->set_low(100);
      bar->set_utctimestampinminutes(10);
      result.set_hasmore(false);
      reply.answer(2138, result);
    });
  }
  /// A bar for each minute of what is asked for, the newest `chunk` of them.
  void answer_minutes(std::uint64_t chunk) {
    broker_.on(2137, [chunk](TestBroker::Reply& reply) {
      ctrader::ProtoOAGetTrendbarsReq request;
      request.ParseFromString(reply.request().payload());
      const auto first = (request.fromtimestamp() + 59'999) / 60'000;
      const auto last = request.totimestamp() / 60'000;
      ctrader::ProtoOAGetTrendbarsRes result;
      result.set_hasmore(last - first + 1 > static_cast<std::int64_t>(chunk));
      for (auto m = result.hasmore() ? last + 1 - static_cast<std::int64_t>(chunk) : first;
           m <= last; ++m) {
        auto* bar = result.add_trendbar();
        bar->set_volume(7);
        bar->set_low(100);
        bar->set_utctimestampinminutes(static_cast<std::uint32_t>(m));
      }
      reply.answer(2138, result);
    });
  }
  /// The minutes of the published bars, each as often as it was published.
  std::vector<std::int64_t> bar_minutes() {
    std::vector<std::int64_t> minutes;
    for (const auto& [header, record] : records(bus::Envelope::kBar)) {
      minutes.push_back(record.bar().open_time_ns() / minute_ns);
    }
    std::ranges::sort(minutes);
    return minutes;
  }
  static std::vector<std::int64_t> minutes_until(std::int64_t end) {
    std::vector<std::int64_t> minutes;
    for (std::int64_t minute = 0; minute < end; ++minute) minutes.push_back(minute);
    return minutes;
  }
  static bus::BackfillCommand backfill_of(std::int64_t minutes) {
    bus::BackfillCommand command;
    command.set_symbol("EURUSD");
    command.set_period(bus::m1);
    command.set_until_time_ns(minutes * minute_ns);
    return command;
  }
  static bus::Job job_of(const bus::CommandReply& reply) {
    bus::Job job;
    EXPECT_EQ(reply.status(), bus::CommandReply::done) << reply.text();
    EXPECT_TRUE(job.ParseFromString(reply.body()));
    return job;
  }
  static bus::JobsReply jobs_of(const bus::CommandReply& reply) {
    bus::JobsReply jobs;
    EXPECT_EQ(reply.status(), bus::CommandReply::done) << reply.text();
    EXPECT_TRUE(jobs.ParseFromString(reply.body()));
    return jobs;
  }
  std::ptrdiff_t asked_for_bars() const {
    const auto requests = broker_.requests();
    return std::count(requests.begin(), requests.end(), 2137U);
  }

  std::atomic<bool> mended_ = false;  // the broker
  std::uint64_t segment_bytes_ = 64ULL << 20;
};

TEST_F(SessionTest, PublishesTheSymbolsOfTheAccount) {
  ASSERT_TRUE(log_in());

  const auto symbols = records(bus::Envelope::kSymbolInfo);
  ASSERT_EQ(symbols.size(), 2U);
  EXPECT_EQ(symbols[0].second.symbol_info().name(), "EURUSD");
  EXPECT_EQ(symbols[1].second.symbol_info().name(), "GBPUSD");
}

TEST_F(SessionTest, AsksForTheListOfSymbolsAgainWhenItIsRefused) {
  std::atomic<int> asked = 0;
  broker_.on(2114, [&, usual = broker_.behaviour(2114)](TestBroker::Reply& reply) {
    return ++asked == 1 ? reply.error("UNEXPECTED") : usual(reply);
  });

  EXPECT_TRUE(log_in());
}

TEST_F(SessionTest, ABarWithoutItsVolumeEndsNothing) {
  broker_.on(2137, [](TestBroker::Reply& reply) {
    ctrader::ProtoOAGetTrendbarsRes result;
    auto* bar = result.add_trendbar();
    bar->set_low(100);
    bar->set_utctimestampinminutes(10);
    reply.answer(2138, result);
  });
  ASSERT_TRUE(log_in());

  const auto reply = ask("bars", bars_of("EURUSD"));

  ASSERT_EQ(reply.status(), bus::CommandReply::done) << reply.text();
  EXPECT_EQ(records(bus::Envelope::kBar).at(0).second.bar().tick_count(), 0U);
}

TEST_F(SessionTest, ABarThatCannotBeIsRefusedAndNothingIsJournaled) {
  broker_.on(2137, [](TestBroker::Reply& reply) {
    ctrader::ProtoOAGetTrendbarsRes result;
    for (const auto minutes : {1U, ~0U}) {
      auto* bar = result.add_trendbar();
      bar->set_volume(7);
      bar->set_low(100);
      bar->set_utctimestampinminutes(minutes);
    }
    reply.answer(2138, result);
  });
  ASSERT_TRUE(log_in());

  const auto reply = ask("bars", bars_of("EURUSD"));

  EXPECT_EQ(reply.status(), bus::CommandReply::failed);
  EXPECT_THAT(reply.text(), HasSubstr("out of range"));
  EXPECT_TRUE(records(bus::Envelope::kBar).empty());
}

TEST_F(SessionTest, BarsComeOldestFirstWithTheirOpenAsEventTime) {
  broker_.on(2137, [](TestBroker::Reply& reply) {
    ctrader::ProtoOAGetTrendbarsReq request;
    request.ParseFromString(reply.request().payload());
    ctrader::ProtoOAGetTrendbarsRes result;
    for (auto ms = request.fromtimestamp(); ms <= request.totimestamp(); ms += 60'000) {
      auto* bar = result.add_trendbar();
      bar->set_volume(7);
      bar->set_low(100);
      bar->set_deltaopen(1);
      bar->set_deltaclose(2);
      bar->set_deltahigh(3);
      bar->set_utctimestampinminutes(static_cast<std::uint32_t>(ms / 60'000));
    }
    result.set_hasmore(true);
    reply.answer(2138, result);
  });
  ASSERT_TRUE(log_in());

  const auto reply = ask("bars", bars_of("EURUSD"));

  ASSERT_EQ(reply.status(), bus::CommandReply::done) << reply.text();
  EXPECT_EQ(history(reply).records(), 3U);
  EXPECT_EQ(history(reply).oldest_ns(), 10 * minute_ns);
  EXPECT_EQ(history(reply).newest_ns(), 12 * minute_ns);
  const auto bars = records(bus::Envelope::kBar);
  ASSERT_EQ(bars.size(), 3U);
  const auto& [header, first] = bars[0];
  EXPECT_EQ(header.flags, journal::synthetic);
  EXPECT_EQ(first.symbol(), "EURUSD");
  EXPECT_EQ(first.event_time_ns(), 10 * minute_ns);
  EXPECT_EQ(first.bar().open_time_ns(), 10 * minute_ns);
  EXPECT_EQ(first.bar().period(), bus::m1);
  EXPECT_EQ(first.bar().origin(), bus::Bar::history);
  EXPECT_EQ(first.bar().bid().open(), 101);
  EXPECT_EQ(first.bar().bid().high(), 103);
  EXPECT_EQ(first.bar().bid().low(), 100);
  EXPECT_EQ(first.bar().bid().close(), 102);
  EXPECT_EQ(first.bar().tick_count(), 7U);
  EXPECT_TRUE(first.bar().closed());
  EXPECT_GT(history(reply).offset(), 0U);
}

TEST_F(SessionTest, TicksAreDecodedAndPublishedOldestFirst) {
  broker_.on(2145, [](TestBroker::Reply& reply) {
    ctrader::ProtoOAGetTickDataRes result;
    for (const auto& [time, tick] : {std::pair{700'000, 114'812}, std::pair{-296, -1}}) {
      auto* added = result.add_tickdata();
      added->set_timestamp(time);
      added->set_tick(tick);
    }
    result.set_hasmore(false);
    reply.answer(2146, result);
  });
  ASSERT_TRUE(log_in());
  bus::TicksCommand command;
  command.set_symbol("GBPUSD");
  command.set_side(bus::ask);
  command.set_from_time_ns(10 * minute_ns);
  command.set_to_time_ns(12 * minute_ns);

  const auto reply = ask("ticks", command);

  ASSERT_EQ(reply.status(), bus::CommandReply::done) << reply.text();
  const auto ticks = records(bus::Envelope::kTick);
  ASSERT_EQ(ticks.size(), 2U);
  EXPECT_EQ(ticks[0].second.tick().price_points(), 114'811);
  EXPECT_EQ(ticks[0].second.event_time_ns(), 699'704'000'000);
  EXPECT_EQ(ticks[1].second.tick().price_points(), 114'812);
  EXPECT_EQ(ticks[1].second.tick().side(), bus::ask);
}

TEST_F(SessionTest, WhatTheBrokerRefusesIsToldInItsWords) {
  broker_.on(2137, [](TestBroker::Reply& reply) { reply.error("INCORRECT_BOUNDARIES"); });
  ASSERT_TRUE(log_in());

  const auto reply = ask("bars", bars_of("EURUSD"));

  EXPECT_EQ(reply.status(), bus::CommandReply::failed);
  EXPECT_EQ(reply.text(), "INCORRECT_BOUNDARIES");
}

TEST_F(SessionTest, AWrongCommandIsRefusedWithoutAskingTheBroker) {
  ASSERT_TRUE(log_in());
  const auto asked = broker_.requests().size();

  EXPECT_THAT(ask("bars", bars_of("NOSUCH")).text(), HasSubstr("NOSUCH"));
  auto backwards = bars_of("EURUSD");
  backwards.set_to_time_ns(0);
  EXPECT_EQ(ask("bars", backwards).status(), bus::CommandReply::refused);
  EXPECT_EQ(ask("dance", backwards).status(), bus::CommandReply::unknown_command);
  EXPECT_EQ(broker_.requests().size(), asked);
}

TEST_F(SessionTest, WhileTheDiskIsFullTheBrokerIsNotAskedAndCommandsWait) {
  answer_bars();
  ASSERT_TRUE(log_in());
  disk_.full = true;
  auto first = ask_later("bars", bars_of("EURUSD"));
  ASSERT_TRUE(run_until([&] { return session_->publisher().full(); }));
  EXPECT_EQ(asked_for_bars(), 1);
  auto second = ask_later("bars", bars_of("GBPUSD"));
  EXPECT_EQ(ask("dance", bars_of("EURUSD")).status(), bus::CommandReply::unknown_command);

  EXPECT_EQ(asked_for_bars(), 1);
  disk_.full = false;

  EXPECT_EQ(history(wait_for(first)).records(), 1U);
  EXPECT_EQ(history(wait_for(second)).records(), 1U);
  EXPECT_EQ(asked_for_bars(), 3);
  EXPECT_EQ(session_->counts().bars, 2U);
  EXPECT_EQ(records(bus::Envelope::kBar).size(), 2U);
  EXPECT_EQ(records(bus::Envelope::kLoss).size(), 1U);
  EXPECT_EQ(records(bus::Envelope::kSymbolInfo).size(), 4U);  // told again
}

TEST_F(SessionTest, AnAnswerThatWasCutIsFollowed) {
  answer_minutes(10);
  ASSERT_TRUE(log_in());
  auto command = bars_of("EURUSD");
  command.set_from_time_ns(0);
  command.set_to_time_ns(24 * minute_ns);

  EXPECT_EQ(history(ask("bars", command)).records(), 25U);

  EXPECT_EQ(asked_for_bars(), 3);
  EXPECT_EQ(bar_minutes(), minutes_until(25));
  EXPECT_EQ(history(ask("bars", command)).records(), 0U) << "it is there already";
  EXPECT_EQ(asked_for_bars(), 3);
}

TEST_F(SessionTest, ABackfillIsAJobWhoseProgressCanBeAskedFor) {
  answer_minutes(10);
  ASSERT_TRUE(log_in());

  const auto submitted = job_of(ask("backfill", backfill_of(30)));
  EXPECT_EQ(submitted.symbol(), "EURUSD");
  ASSERT_TRUE(run_until([&] { return session_->open_jobs() == 0; }));
  bus::JobsCommand command;
  command.add_ids(submitted.id());
  const auto job = jobs_of(ask("jobs", command)).jobs(0);
  EXPECT_EQ(job.state(), bus::Job::done);
  EXPECT_EQ(job.records(), 30U);
  EXPECT_EQ(job.requests(), 3U);
  EXPECT_EQ(job.left_ns(), 0);
}

TEST_F(SessionTest, AJobGoesOnAfterItsProcessWasKilled) {
  segment_bytes_ = 2'048;  // a page or two: it goes on from the state at the begin of one
  answer_minutes(10);
  broker_.on(2137, [this, count = 0, usual = broker_.behaviour(2137)](auto& reply) mutable {
    return ++count > 3 && !mended_ ? reply.hang_up() : usual(reply);
  });
  ASSERT_TRUE(log_in());
  const auto id = job_of(ask("backfill", backfill_of(50))).id();
  ASSERT_TRUE(run_until([&] { return session_->counts().bars == 30; }));
  ASSERT_GT(records(bus::Envelope::kHistoryState).size(), 1U);

  session_.reset();  // without a last word
  mended_ = true;
  ASSERT_TRUE(log_in());
  ASSERT_TRUE(run_until([&] { return session_->open_jobs() == 0; }));

  EXPECT_EQ(bar_minutes(), minutes_until(50));
  bus::JobsCommand command;
  command.add_ids(id);
  const auto job = jobs_of(ask("jobs", command)).jobs(0);
  EXPECT_EQ(job.state(), bus::Job::done);
  EXPECT_EQ(job.records(), 50U);
}

TEST_F(SessionTest, ACancelledJobEndsAndSaysSo) {
  broker_.on(2137, [](TestBroker::Reply&) {});  // never answers
  ASSERT_TRUE(log_in());
  bus::JobsCommand command;
  command.add_ids(job_of(ask("backfill", backfill_of(30))).id());

  EXPECT_EQ(jobs_of(ask("cancel", command)).jobs(0).state(), bus::Job::cancelled);

  EXPECT_EQ(session_->open_jobs(), 0U);
  command.set_ids(0, "job-77");
  EXPECT_THAT(ask("cancel", command).text(), HasSubstr("job-77"));
}

TEST_F(SessionTest, AnUnknownSymbolIsToldTheNearest) {
  ASSERT_TRUE(log_in());
  auto command = backfill_of(30);
  command.set_symbol("EURUSF");
  EXPECT_THAT(ask("backfill", command).text(), HasSubstr("did you mean EURUSD?"));
}

TEST_F(SessionTest, WithoutAConnectionACommandFailsAtOnce) {
  begin(false);

  const auto reply = ask("bars", bars_of("EURUSD"));

  EXPECT_EQ(reply.status(), bus::CommandReply::failed);
  EXPECT_THAT(reply.text(), HasSubstr("not connected"));
}

}  // namespace
}  // namespace depthwire::historical
