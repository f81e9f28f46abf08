// An hour of a client's life, all of it virtual: session and request cores against the session core
// of the simulator, over a network and with a server that fail by seed. The judge sees each message
// and notes what a broker would hold against the client.
#include "proto/ctrader/messages.pb.h"
#include "tests/ctrader/virtual_broker.hpp"
#include "tests/ctrader/virtual_client.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <random>
#include <vector>

namespace depthwire::tests {
namespace {

using namespace std::chrono_literals;
using ctrader::SessionState;
using ::testing::IsEmpty;

ctrader::ProtoOAErrorRes error(const std::string& code) {
  ctrader::ProtoOAErrorRes error;
  error.set_errorcode(code);
  return error;
}

class CtraderFaults : public ::testing::TestWithParam<std::uint64_t> {
 protected:
  /// Lets `span` pass, with faults or without.
  void live(Duration span, bool faults) {
    const auto end = now_ + span;
    while (now_ < end) {
      now_ =
          std::clamp(std::min({client_.next(), broker_.next(), next_fault_, next_ask_}), now_, end);
      ASSERT_LT(++steps_, 50'000'000U) << "time stands still";
      for (const auto& happening : broker_.step(now_)) client_.happen(now_, happening);
      if (now_ >= client_.next()) client_.tick(now_);
      if (now_ >= next_ask_) {
        client_.ask(now_, chance(2));
        next_ask_ = now_ + 47s;
      }
      if (now_ >= next_fault_) {
        if (faults) fail();
        // Some follow each other closely; in between there is time to become stable.
        next_fault_ = now_ + (chance(3) ? seconds(1, 5) : seconds(20, 130));
      }
    }
  }

  /// True once in `n` times.
  bool chance(int n) { return std::uniform_int_distribution<int>{1, n}(random_) == 1; }
  Duration seconds(int least, int most) {
    return std::chrono::milliseconds{
        std::uniform_int_distribution<int>{least * 1000, most * 1000}(random_)};
  }

  /// Does one of each kind before any comes again.
  void fail() {
    if (kinds_.empty()) {
      kinds_.resize(15);
      std::iota(kinds_.begin(), kinds_.end(), 0);
      std::shuffle(kinds_.begin(), kinds_.end(), random_);
      ++rounds_;
    }
    const auto kind = kinds_.back();
    kinds_.pop_back();
    switch (kind) {
      case 0: return broker_.cut(now_);
      case 1: broker_.refuse_connections(now_ + seconds(1, 90)); return broker_.cut(now_);
      case 2: return broker_.half_open(now_, chance(2));
      case 3: return broker_.stand_still(now_, seconds(0, 8), seconds(0, 8));
      case 4: return broker_.say_goodbye();
      case 5: return broker_.drop_account(now_, false);
      case 6: return broker_.drop_account(now_, true);
      case 7: return throttle();
      case 8: return maintain();
      case 9: return broker_.refuse_requests(small_number(), error("CANT_ROUTE_REQUEST"));
      case 10: return broker_.refuse_requests(small_number(), error("SOMETHING_NEW"));
      case 11: return broker_.deny_answers(small_number());
      case 12: return broker_.swallow_answers(small_number());
      case 13: return broker_.send_oddities(now_);
      default: return change_secret();
    }
  }
  int small_number() { return std::uniform_int_distribution<int>{1, 3}(random_); }
  void throttle() {
    auto blocked = error("BLOCKED_PAYLOAD_TYPE");
    blocked.set_retryafter(std::uniform_int_distribution<std::uint64_t>{1, 120}(random_));
    broker_.refuse_requests(1, blocked);
  }
  void maintain() {
    auto maintenance = error("SERVER_IS_UNDER_MAINTENANCE");
    const auto end = VirtualBroker::unix_ms(now_ + seconds(1, 120));
    maintenance.set_maintenanceendtimestamp(end);
    broker_.refuse_requests(1, maintenance);
    if (chance(2)) broker_.cut(now_);
  }
  /// Once only: it costs the client a quarter of an hour.
  void change_secret() {
    if (rounds_ > 1) return;
    broker_.change_secret(now_ + 90s);
    broker_.cut(now_);
  }

  std::mt19937_64 random_{GetParam()};
  std::mt19937_64 chances_{GetParam() + 1};  // of the client
  TimePoint now_{1h};
  Judge judge_;
  VirtualBroker broker_{judge_, random_};
  VirtualClient client_{broker_, judge_, [this] {
                          return std::uniform_real_distribution<double>{0, 1}(chances_);
                        }};
  TimePoint next_fault_ = now_ + 10s;
  TimePoint next_ask_ = now_ + 5s;
  std::vector<int> kinds_;  // of faults, still to come in this round
  int rounds_ = 0;
  std::uint64_t steps_ = 0;
};

TEST_P(CtraderFaults, AnHourOfThemAndTheBrokerHasNothingToHoldAgainstUs) {
  client_.start(now_);

  live(1h, true);
  const auto ready = client_.ready_for(now_);
  live(20min, false);  // it may just have begun to wait for another secret
  next_ask_ = TimePoint::max();
  live(5min, false);

  EXPECT_THAT(judge_.findings(), IsEmpty());
  EXPECT_EQ(client_.state(), SessionState::ready);
  EXPECT_EQ(client_.asked(), client_.heard()) << "callers that are told nothing";
  EXPECT_GT(ready, 15min) << "of the hour, of which the wrong secret takes as long";
  EXPECT_GT(rounds_, 1) << "a fault that did not happen";
  // It was not for idleness: the limits were reached, in requests and in silence.
  EXPECT_GT(judge_.most_ordinary(), 45U);
  EXPECT_EQ(judge_.most_historical(), 5U);
  EXPECT_EQ(judge_.longest_silence(), 10s);
  RecordProperty("requests", std::to_string(judge_.requests()));
  RecordProperty("most_ordinary", std::to_string(judge_.most_ordinary()));
  RecordProperty("most_historical", std::to_string(judge_.most_historical()));
}
#ifdef DEPTHWIRE_SANITIZED
constexpr std::uint64_t seeds = 1;  // the same code, several times as slow
#else
constexpr std::uint64_t seeds = 5;
#endif
INSTANTIATE_TEST_SUITE_P(Seeds, CtraderFaults, ::testing::Range<std::uint64_t>(1, seeds + 1));

}  // namespace
}  // namespace depthwire::tests
