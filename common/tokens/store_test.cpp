#include "common/tokens/store.hpp"

#include "tests/support/temp_dir.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <sys/stat.h>
#include <tuple>

namespace depthwire::tokens {
namespace {

using config::Environment;

class StoreTest : public testing::Test {
 protected:
  static Store::KeyMaker key(char letter = 'k') {
    return [letter](const secrets::Salt&) { return secrets::Key::of(std::string(32, letter)); };
  }
  [[nodiscard]] std::filesystem::path file() const { return dir_.path() / "tokens" / "demo.db"; }
  [[nodiscard]] Store open() const { return {file(), Environment::demo, key()}; }
  static Grant grant(int number) {
    const auto n = std::to_string(number);
    return {.access_token = "access-" + n,
            .refresh_token = "refresh-" + n,
            .obtained_ms = std::int64_t{1'000} * number,
            .expires_ms = std::int64_t{1'000} * number + 500,
            .account_id = 7};
  }

  tests::TempDir dir_;
};

TEST_F(StoreTest, IsEmptyAtFirst) {
  auto store = open();

  EXPECT_FALSE(store.current());
  EXPECT_FALSE(store.previous());
  EXPECT_FALSE(store.standing().login_required);
}

TEST_F(StoreTest, KeepsTheNewestAndTheOneBefore) {
  for (int i = 1; i <= 3; ++i) open().put(grant(i));

  EXPECT_EQ(open().current(), grant(3));
  EXPECT_EQ(open().previous(), grant(2));
}

TEST_F(StoreTest, ANewGrantEndsWhatWasWrongWithTheOldOne) {
  auto store = open();
  store.refresh_started(5);
  store.want_refresh();
  store.require_login("CH_ACCESS_TOKEN_INVALID: used up");
  EXPECT_TRUE(open().standing().login_required);
  EXPECT_EQ(open().standing().reason, "CH_ACCESS_TOKEN_INVALID: used up");

  store.put(grant(1));

  EXPECT_FALSE(open().standing().login_required);
  EXPECT_FALSE(open().standing().refresh_wanted);
  EXPECT_FALSE(open().standing().refresh_started_ms);
}

TEST_F(StoreTest, RemembersARefreshThatHasNotEnded) {
  open().refresh_started(5);
  EXPECT_EQ(open().standing().refresh_started_ms, 5);

  open().require_login("refused");
  EXPECT_FALSE(open().standing().refresh_started_ms);
}

TEST_F(StoreTest, TellsWhenAnotherProcessHasStored) {
  auto store = open();
  const auto before = store.version();

  open().want_refresh();

  EXPECT_NE(store.version(), before);
  EXPECT_TRUE(store.standing().refresh_wanted);
}

TEST_F(StoreTest, AnotherKeyOpensNothing) {
  open().put(grant(1));

  EXPECT_THROW(Store(file(), Environment::demo, key('x')), WrongKey);
}

TEST_F(StoreTest, AStoreOfAnotherEnvironmentIsRefused) {
  open().put(grant(1));

  EXPECT_THROW(Store(file(), Environment::live, key()), WrongKey);
}

TEST_F(StoreTest, TheSaltStays) {
  secrets::Salt first{};
  secrets::Salt again{};
  const auto keep = [](secrets::Salt& into) {
    return [&into](const secrets::Salt& salt) {
      into = salt;
      return secrets::Key::of(std::string(32, 'k'));
    };
  };
  const Store one(file(), Environment::demo, keep(first));
  const Store two(file(), Environment::demo, keep(again));

  EXPECT_EQ(first, again);
  EXPECT_NE(first, secrets::Salt{});
}

TEST_F(StoreTest, SealedTokensCannotChangePlaces) {
  open().put(grant(1));
  sqlite::Database(file()).run(
      "UPDATE \"grant\" SET access_token = refresh_token, refresh_token = access_token");

  EXPECT_THROW(std::ignore = open().current(), WrongKey);
}

TEST_F(StoreTest, FilesShowNoTokenAndNothingIsLeftAfterALogout) {
  const auto all_bytes = [this] {
    std::ostringstream bytes;
    for (const auto& entry : std::filesystem::directory_iterator(file().parent_path())) {
      bytes << std::ifstream(entry.path(), std::ios::binary).rdbuf();
    }
    return bytes.str();
  };
  auto store = open();
  store.put(grant(1));
  EXPECT_EQ(all_bytes().find("access-1"), std::string::npos);

  store.clear();

  EXPECT_FALSE(store.current());
  EXPECT_FALSE(store.previous());
  struct stat status {};
  ASSERT_EQ(::stat(file().parent_path().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0700U);
}

}  // namespace
}  // namespace depthwire::tokens
