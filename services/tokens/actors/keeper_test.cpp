#include "services/tokens/actors/keeper.hpp"

#include "tests/support/temp_dir.hpp"

#include <gmock/gmock.h>

namespace depthwire::tokens {
namespace {

using config::Environment;
using ::testing::HasSubstr;

class KeeperTest : public testing::Test {
 protected:
  [[nodiscard]] Store open() const {
    return {dir_.path() / "demo.db", Environment::demo,
            [](const secrets::Salt&) { return secrets::Key::of(std::string(32, 'k')); }};
  }
  static Grant grant(const std::string& name) {
    return {.access_token = "access-" + name,
            .refresh_token = "refresh-" + name,
            .obtained_ms = 0,
            .expires_ms = 2'000'000,
            .account_id = 7};
  }
  Keeper& keeper() {
    if (!keeper_) {
      keeper_.emplace(
          open(), Endpoint{},
          Keeper::Ports{.unix_ms = [this] { return now_ms_; },
                        .elsewhere =
                            [this](const Keeper::Work&, std::function<void(Reply)> done) {
                              ++calls_;
                              done_ = std::move(done);
                            },
                        .changed = [this](const KeeperStatus& status) { status_ = status; }});
    }
    return *keeper_;
  }
  void answer(const Reply& reply) {
    ASSERT_TRUE(done_) << "nobody has asked";
    std::exchange(done_, nullptr)(reply);
  }
  void tick_at(std::int64_t ms) {
    now_ms_ = ms;
    keeper().tick();
  }

  tests::TempDir dir_;
  std::int64_t now_ms_ = 0;
  int calls_ = 0;
  std::function<void(Reply)> done_;
  KeeperStatus status_;
  std::optional<Keeper> keeper_;
};

TEST_F(KeeperTest, WithoutAGrantItSaysHowToGetOne) {
  keeper().tick();

  EXPECT_TRUE(status_.login_required);
  EXPECT_EQ(status_.line.access_token, "");
  EXPECT_THAT(status_.line.reason, HasSubstr("depthwire auth login"));
}

TEST_F(KeeperTest, TellsAGrantThatAnotherProcessStores) {
  keeper().tick();
  open().put(grant("a"));

  keeper().tick();

  EXPECT_EQ(status_.line, (FeedLine{"access-a", 7, ""}));
  EXPECT_FALSE(status_.login_required);
}

TEST_F(KeeperTest, RefreshesAtHalfLifeAndStoresBeforeItTells) {
  open().put(grant("a"));
  tick_at(999'999);
  EXPECT_EQ(calls_, 0);

  tick_at(1'000'000);
  EXPECT_EQ(calls_, 1);
  EXPECT_EQ(open().standing().refresh_started_ms, 1'000'000);
  tick_at(1'005'000);
  EXPECT_EQ(calls_, 1) << "one at a time";
  answer(NewTokens{"access-b", "refresh-b", 2'000});

  EXPECT_EQ(status_.line.access_token, "access-b");
  EXPECT_EQ(open().current()->refresh_token, "refresh-b");
  EXPECT_EQ(open().current()->expires_ms, 1'005'000 + 2'000'000);
  EXPECT_EQ(open().current()->account_id, 7);
  EXPECT_EQ(open().previous(), grant("a"));
  EXPECT_FALSE(open().standing().refresh_started_ms);
}

TEST_F(KeeperTest, ARefreshOnDemandComesBeforeItsTime) {
  open().put(grant("a"));
  keeper().tick();
  open().want_refresh();

  keeper().tick();

  EXPECT_EQ(calls_, 1);
}

TEST_F(KeeperTest, WithoutAnAnswerItAsksAgainLaterAndLaterWithTheSameToken) {
  open().put(grant("a"));
  tick_at(1'000'000);
  answer(NoAnswer{"no route"});
  EXPECT_EQ(status_.line.access_token, "access-a") << "which is good for long";

  tick_at(1'000'999);
  EXPECT_EQ(calls_, 1);
  tick_at(1'001'000);
  EXPECT_EQ(calls_, 2);
  answer(NewTokens{"access-b", "refresh-b", 2'000});

  EXPECT_EQ(status_.refreshed, 1U);
  EXPECT_EQ(status_.unanswered, 1U);
}

TEST_F(KeeperTest, ARefusalNeedsALoginAndTheOldTokenServesWhileItCan) {
  open().put(grant("a"));
  tick_at(1'000'000);
  answer(Refused{"CH_ACCESS_TOKEN_INVALID: used up"});

  EXPECT_TRUE(status_.login_required);
  EXPECT_EQ(status_.line.access_token, "access-a");
  EXPECT_THAT(status_.line.reason, HasSubstr("CH_ACCESS_TOKEN_INVALID: used up"));
  tick_at(1'900'000);
  EXPECT_EQ(calls_, 1) << "asking again changes nothing";

  open().put(grant("b"));
  keeper().tick();
  EXPECT_FALSE(status_.login_required);
}

TEST_F(KeeperTest, ARefreshThatItsDeathInterruptedIsDoneAgainAtTheStart) {
  open().put(grant("a"));
  open().refresh_started(5);

  keeper().tick();

  EXPECT_EQ(calls_, 1);
}

TEST_F(KeeperTest, AnAnswerForAGrantThatWasReplacedIsNotStored) {
  open().put(grant("a"));
  tick_at(1'000'000);
  open().put(grant("b"));

  answer(NewTokens{"access-c", "refresh-c", 2'000});

  EXPECT_EQ(open().current(), grant("b"));
  EXPECT_EQ(status_.line.access_token, "access-b");
}

TEST_F(KeeperTest, ARefreshTokenOfTheConfigurationIsTheFirstGrantOnly) {
  keeper().import("from elsewhere", 7);
  keeper().tick();
  EXPECT_EQ(calls_, 1);
  answer(NewTokens{"access-a", "refresh-a", 2'000});
  EXPECT_EQ(status_.line, (FeedLine{"access-a", 7, ""}));

  keeper().import("from elsewhere", 7);

  EXPECT_EQ(open().current()->refresh_token, "refresh-a");
}

}  // namespace
}  // namespace depthwire::tokens
