#include "common/ctrader/further_accounts_fixture.hpp"

#include <algorithm>
#include <array>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace depthwire::ctrader {
namespace {

/// A server with all that may go wrong; what it does is decided by the seed.
TEST_F(FurtherAccountsTest, WhateverIsLostInTheEndEveryAccountIsInAndNoneWasAskedForTooEarly) {
  constexpr std::array errors{"CANT_ROUTE_REQUEST", "CH_ACCESS_TOKEN_INVALID", "ALREADY_LOGGED_IN",
                              "RET_ACCOUNT_DISABLED", "SOMETHING_NEW"};
  for (unsigned seed = 1; seed <= 300; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937 random(seed);
    const auto below = [&random](unsigned bound) {
      return static_cast<unsigned>(random() % bound);
    };
    const std::vector<std::int64_t> ids{2, 3, 4, 5};
    accounts_ =
        FurtherAccounts{"test", ids, false, [&] { return static_cast<double>(below(1000)) / 1000; },
                        [this] { return unix_ms_; }};
    states_.clear();
    std::set<std::int64_t> in;  // by the server's book
    bool is_ready = false;
    std::int64_t in_flight = 0;
    int tokens = 0;
    const auto note = [&] {
      if (!asked_) return;
      ASSERT_TRUE(is_ready);
      ASSERT_EQ(in_flight, 0);
      ASSERT_NE(asked(), main_account);
      in_flight = asked();
    };
    const auto answer = [&](bool kindly) {
      const auto id = std::exchange(in_flight, 0);
      if (kindly || below(3) > 0) {
        in.insert(id);
        return accept();
      }
      const std::string code = errors.at(below(errors.size()));
      if (code == "ALREADY_LOGGED_IN") in.insert(id);
      refuse(code);
    };

    for (int step = 0; step < 200; ++step) {
      asked_.reset();
      switch (below(8)) {
        case 0:
          is_ready = true;
          ready("token" + std::to_string(tokens));
          break;
        case 1:
          if (below(3) > 0) break;
          is_ready = false;
          accounts_.session_left();
          if (in_flight != 0 && below(2) > 0) in.insert(in_flight);  // the answer is passed over
          in_flight = 0;
          break;
        case 2:
          if (below(6) > 0) break;
          is_ready = false;
          in_flight = 0;
          in.clear();
          run(accounts_.disconnected(now_));
          break;
        case 3: {
          const auto id = ids[below(4)];
          if (in.erase(id) > 0) drop(id);
          break;
        }
        case 4:
          if (below(4) == 0) ++tokens;
          run(accounts_.credentials(now_, "token" + std::to_string(tokens)));
          break;
        case 5:
          if (in_flight != 0) answer(false);
          break;
        default: {
          const auto deadline = accounts_.next_tick();
          if (in_flight != 0 && deadline <= now_ + 30s) in_flight = 0;  // never answered
          pass(30s);
        }
      }
      ASSERT_NO_FATAL_FAILURE(note());
    }
    if (!is_ready) {
      is_ready = true;
      asked_.reset();
      ready();
      ASSERT_NO_FATAL_FAILURE(note());
    }
    for (const auto end = now_ + 1h; now_ < end;) {
      if (in_flight != 0) {
        answer(true);
      } else {
        pass(std::clamp<Duration>(until_next(), 1ms, 1min));
      }
      ASSERT_NO_FATAL_FAILURE(note());
    }

    EXPECT_EQ(in, std::set(ids.begin(), ids.end()));
    for (const auto id : ids) EXPECT_EQ(states_[id], SessionState::ready) << id;
  }
}

}  // namespace
}  // namespace depthwire::ctrader
