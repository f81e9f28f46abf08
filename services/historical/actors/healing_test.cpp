#include "services/historical/actors/healing.hpp"

#include "common/codec/envelope.hpp"
#include "common/journal/reader.hpp"
#include "services/historical/actors/session_fixture.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <tuple>

namespace depthwire::historical {
namespace {

using namespace std::chrono_literals;
using ctrader::testing::TestBroker;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

constexpr unsigned ticks_request = 2145;
constexpr std::int64_t start_ms = 1'767'596'400'000;

/// Time since `start_ms`, side, price.
using Tick = std::tuple<std::int64_t, bus::Side, std::int64_t>;

/// A session of historical that follows a streaming which the test plays, and asks a broker that
/// knows the ticks of `market_`, two in an answer.
class HealingTest : public SessionFixture {
 protected:
  HealingTest() {
    broker_.on(ticks_request, [this](TestBroker::Reply& reply) { answer_ticks(reply); });
  }

  void begin() {
    auto options = this->options();
    options.healing.streaming = bus::SubscriberOptions{.source = "sim.streaming",
                                                       .publish = streaming_.publish_address(),
                                                       .requests = streaming_.requests_address(),
                                                       .consumer = "sim.historical"};
    options.healing.longest = longest_;
    begin_with(std::move(options));
  }
  void meanwhile() override { streaming_.tick(); }

  /// streaming journals a spot of EURUSD. `technical`: the first of a subscription.
  void spot(std::int64_t at_ms, std::optional<std::int64_t> bid, std::optional<std::int64_t> ask,
            bool technical = false) {
    market::Spot spot;
    if (bid) spot.bid = market::Price{*bid};
    if (ask) spot.ask = market::Price{*ask};
    if (technical) spot.session_close = market::Price{1};
    const auto event_ns = (start_ms + at_ms) * ns_per_ms;
    std::string bytes;
    codec::encode_spot({"ctrader", "EURUSD", event_ns + 1'000, event_ns}, spot, bytes);
    streaming_.append(streaming_.topic("spot", "EURUSD"), codec::spot_type, bytes);
    streaming_.flush();
  }
  void down() {
    bus::Envelope envelope;
    envelope.mutable_source_down();
    streaming_.append(streaming_.control_topic(), bus::Envelope::kSourceDown,
                      envelope.SerializeAsString());
    streaming_.flush();
  }
  /// Ticks at 1 s and 9 s are seen; those of 2 s to 6 s are missed.
  void play_an_outage() {
    market_ = {{1'000, bus::bid, 11}, {1'000, bus::ask, 13}, {2'000, bus::bid, 20},
               {3'000, bus::bid, 21}, {3'000, bus::ask, 24}, {4'000, bus::bid, 22},
               {6'000, bus::bid, 15}, {9'000, bus::bid, 16}};
    spot(0, 10, 12, true);
    spot(1'000, 11, 13);
    down();
    spot(6'000, 15, 24, true);
    spot(9'000, 16, {});
  }

  /// The ticks that historical has published.
  std::vector<Tick> published() {
    std::vector<Tick> found;
    each_record([&](const journal::Record& record, const bus::Envelope& envelope) {
      if (!envelope.has_tick()) return;
      EXPECT_EQ(record.header.flags, journal::synthetic);
      EXPECT_EQ(envelope.symbol(), "EURUSD");
      found.emplace_back(envelope.event_time_ns() / ns_per_ms - start_ms, envelope.tick().side(),
                         envelope.tick().price_points());
    });
    return found;
  }
  /// Open times, in seconds, of the published bars of one second.
  std::vector<std::int64_t> seconds() {
    std::vector<std::int64_t> found;
    each_record([&](const journal::Record&, const bus::Envelope& envelope) {
      if (!envelope.has_bar() || envelope.bar().period() != bus::s1) return;
      EXPECT_EQ(envelope.bar().origin(), bus::Bar::aggregator);
      found.push_back((envelope.bar().open_time_ns() / ns_per_ms - start_ms) / 1'000);
    });
    return found;
  }
  [[nodiscard]] bool healed() const { return session_->healed().gaps == 1; }

  bus::Publisher streaming_{context_,
                            {.environment = "sim",
                             .source = "sim.streaming",
                             .journal = dir_.path() / "streaming",
                             .publish = "tcp://127.0.0.1:*",
                             .requests = "tcp://127.0.0.1:*"}};
  std::vector<Tick> market_;
  std::chrono::milliseconds longest_ = 1h;

 private:
  template <class Look>
  void each_record(const Look& look) {
    journal::Reader reader(dir_.path() / "journal");
    for (auto next = reader.next(); std::holds_alternative<journal::Record>(next);
         next = reader.next()) {
      const auto& record = std::get<journal::Record>(next);
      bus::Envelope envelope;
      EXPECT_TRUE(
          envelope.ParseFromArray(record.payload.data(), static_cast<int>(record.payload.size())));
      look(record, envelope);
    }
  }
  void answer_ticks(TestBroker::Reply& reply) const {
    ctrader::ProtoOAGetTickDataReq request;
    request.ParseFromString(reply.request().payload());
    std::vector<std::pair<std::int64_t, std::int64_t>> asked;
    for (const auto& [at_ms, side, price] : market_) {
      const bool wanted = side == (request.type() == ctrader::BID ? bus::bid : bus::ask);
      const auto time = start_ms + at_ms;
      if (wanted && request.fromtimestamp() <= time && time <= request.totimestamp()) {
        asked.emplace_back(time, price);
      }
    }
    constexpr std::size_t most = 2;
    ctrader::ProtoOAGetTickDataRes result;
    result.set_hasmore(asked.size() > most);
    if (result.hasmore()) asked.erase(asked.begin(), asked.end() - most);
    std::pair<std::int64_t, std::int64_t> before;
    for (auto tick = asked.rbegin(); tick != asked.rend(); ++tick) {
      auto* added = result.add_tickdata();
      added->set_timestamp(tick->first - before.first);
      added->set_tick(tick->second - before.second);
      before = *tick;
    }
    reply.answer(2146, result);
  }
};

const auto missed = UnorderedElementsAre(Tick{2'000, bus::bid, 20}, Tick{3'000, bus::bid, 21},
                                         Tick{3'000, bus::ask, 24}, Tick{4'000, bus::bid, 22},
                                         Tick{6'000, bus::bid, 15});

TEST_F(HealingTest, WhatAnOutageHasCostIsFetchedAndTheTornBarsAreBuilt) {
  play_an_outage();
  begin();

  ASSERT_TRUE(run_until([&] { return healed(); }));

  EXPECT_THAT(published(), missed);
  EXPECT_THAT(seconds(), ElementsAre(2, 3, 4, 6));
  EXPECT_EQ(session_->healed().ticks, 5U);
  EXPECT_EQ(session_->gaps(), 0U);
}

TEST_F(HealingTest, ALostConnectionIsNoReasonToGiveUp) {
  std::atomic<int> asked = 0;
  broker_.on(ticks_request, [&, usual = broker_.behaviour(ticks_request)](auto& reply) {
    return ++asked == 2 ? reply.hang_up() : usual(reply);
  });
  play_an_outage();
  begin();

  ASSERT_TRUE(run_until([&] { return healed(); }));

  EXPECT_THAT(published(), missed);
}

TEST_F(HealingTest, WhatTheBrokerRefusesIsGivenUpAndTheNextOutageIsNot) {
  std::atomic<bool> refuse = true;
  broker_.on(ticks_request, [&, usual = broker_.behaviour(ticks_request)](auto& reply) {
    return refuse ? reply.error("INCORRECT_BOUNDARIES") : usual(reply);
  });
  play_an_outage();
  begin();
  ASSERT_TRUE(run_until([&] { return session_->healed().given_up == 1; }));
  EXPECT_THAT(published(), IsEmpty());
  EXPECT_EQ(session_->gaps(), 0U);

  refuse = false;
  market_.emplace_back(11'000, bus::bid, 30);
  down();
  spot(11'000, 30, 24, true);

  ASSERT_TRUE(run_until([&] { return healed(); }));
  EXPECT_THAT(published(), ElementsAre(Tick{11'000, bus::bid, 30}));
}

TEST_F(HealingTest, AnOutageThatIsTooLongIsLeft) {
  longest_ = 4s;
  play_an_outage();
  begin();

  ASSERT_TRUE(run_until([&] { return session_->healed().given_up == 1; }));

  EXPECT_THAT(published(), IsEmpty());
}

TEST_F(HealingTest, OnAFullDiskItIsHealedOnceThereIsRoom) {
  std::atomic<int> asked = 0;
  broker_.on(ticks_request, [&, usual = broker_.behaviour(ticks_request)](auto& reply) {
    disk_.full = ++asked <= 2;
    usual(reply);
  });
  play_an_outage();
  begin();
  ASSERT_TRUE(run_until([&] { return session_->publisher().full(); }));
  EXPECT_FALSE(healed());

  disk_.full = false;
  ASSERT_TRUE(run_until([&] { return healed(); }));

  EXPECT_THAT(published(), missed);
}

TEST_F(HealingTest, ARestartHealsNothingTwiceAndLeavesNothingOut) {
  play_an_outage();
  begin();
  ASSERT_TRUE(run_until([&] { return healed(); }));

  session_.reset();  // without a last word
  market_.emplace_back(11'000, bus::bid, 30);
  down();
  spot(11'000, 30, 24, true);
  spot(12'000, 31, {});
  begin();
  ASSERT_TRUE(run_until([&] { return healed(); }));

  const auto all = published();
  EXPECT_EQ(all.size(), 6U);
  EXPECT_EQ(all.back(), (Tick{11'000, bus::bid, 30}));
  EXPECT_THAT(seconds(), ElementsAre(2, 3, 4, 6, 11));
}

}  // namespace
}  // namespace depthwire::historical
