#include "common/postgres/migrations.hpp"

#include "common/service/exit_error.hpp"
#include "tests/support/postgres.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <thread>

namespace depthwire::postgres {
namespace {

constexpr std::array<Migration, 2> steps = {{
    {1, "0001_first", "CREATE TABLE first (v bigint)"},
    {2, "0002_second", "CREATE TABLE second (v bigint); INSERT INTO second VALUES (1)"},
}};

class MigrationsTest : public ::testing::Test {
 protected:
  tests::PostgresServer server_;
  Connection connection_{server_.superuser()};
};

TEST_F(MigrationsTest, StepsRunOnceHoweverOftenAndByHowManyTheyAreAskedFor) {
  EXPECT_EQ(migrate(connection_, std::span(steps).first(1)), 1);
  std::atomic<int> done = 0;
  std::array<std::thread, 4> threads;
  for (auto& thread : threads) {
    thread = std::thread([&] {
      Connection connection(server_.superuser());
      done += migrate(connection, steps);
    });
  }
  for (auto& thread : threads) thread.join();

  EXPECT_EQ(done, 1);
  EXPECT_EQ(schema_version(connection_), 2);
  EXPECT_EQ(connection_.execute("SELECT count(*) FROM second").number(0, 0), 1);
}

TEST_F(MigrationsTest, ANewerSchemaIsRefusedWithASentence) {
  migrate(connection_, steps);

  try {
    migrate(connection_, std::span(steps).first(1));
    FAIL() << "a newer schema was taken";
  } catch (const service::ExitError& error) {
    EXPECT_EQ(error.code(), service::exit_code::config);
    EXPECT_THAT(error.what(), ::testing::HasSubstr("schema version 2, this program knows up to 1"));
  }
}

TEST_F(MigrationsTest, AStepThatFailsLeavesNothingOfItself) {
  constexpr std::array<Migration, 2> broken = {
      {steps[0], {2, "0002_broken", "CREATE TABLE second (v bigint); SELECT 1 / 0"}}};

  EXPECT_THROW(migrate(connection_, broken), Error);

  EXPECT_EQ(schema_version(connection_), 1);
  EXPECT_EQ(migrate(connection_, steps), 1);
}

}  // namespace
}  // namespace depthwire::postgres
