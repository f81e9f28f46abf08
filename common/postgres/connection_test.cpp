#include "common/postgres/connection.hpp"

#include "common/postgres/copy_buffer.hpp"
#include "tests/support/postgres.hpp"

#include <gtest/gtest.h>

#include <thread>

namespace depthwire::postgres {
namespace {

class ConnectionTest : public ::testing::Test {
 protected:
  tests::PostgresServer server_;
};

TEST_F(ConnectionTest, AStatementTakesParametersAndNull) {
  Connection connection(server_.superuser());

  const Result result = connection.execute("SELECT $1::bigint + 1, $2::text", {"41", std::nullopt});

  ASSERT_EQ(result.rows(), 1);
  EXPECT_EQ(result.number(0, 0), 42);
  EXPECT_TRUE(result.is_null(0, 1));
}

TEST_F(ConnectionTest, ARefusedCopySaysWhyAndLeavesTheSessionUsable) {
  Connection connection(server_.superuser());
  connection.execute("CREATE TABLE t (v bigint PRIMARY KEY)");
  CopyBuffer buffer;
  for (int i = 0; i < 2; ++i) {
    buffer.begin_row(1);
    buffer.int8(7);
  }

  try {
    connection.copy_in("t", "v", buffer.stream());
    FAIL() << "a duplicate was taken";
  } catch (const Error& error) {
    EXPECT_TRUE(error.duplicate_key()) << error.what();
  }

  EXPECT_EQ(connection.execute("SELECT count(*) FROM t").number(0, 0), 0);
}

TEST_F(ConnectionTest, ATransactionThatIsNotCommittedLeavesNothing) {
  Connection connection(server_.superuser());
  connection.execute("CREATE TABLE t (v bigint)");

  {
    const Transaction transaction(connection);
    connection.execute("INSERT INTO t VALUES (1)");
  }

  EXPECT_EQ(connection.execute("SELECT count(*) FROM t").number(0, 0), 0);
}

TEST_F(ConnectionTest, AServerThatIsGoneIsAnErrorWithoutAState) {
  Connection connection(server_.superuser());
  server_.stop();

  try {
    connection.execute("SELECT 1");
    FAIL() << "the server was stopped";
  } catch (const Error& error) {
    EXPECT_FALSE(error.bad_data());
  }
  EXPECT_FALSE(connection.usable());
  EXPECT_THROW(Connection{server_.superuser()}, Error);

  server_.start();
  EXPECT_EQ(Connection(server_.superuser()).execute("SELECT 1").number(0, 0), 1);
}

TEST_F(ConnectionTest, AnInterruptEndsACallThatWaits) {
  Connection connection(server_.superuser());
  Connection other(server_.superuser());
  std::thread interrupter([&] {
    while (
        other.execute("SELECT FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep%'").rows() <
        1) {
      std::this_thread::yield();
    }
    connection.interrupt();
  });

  EXPECT_THROW(connection.execute("SELECT pg_sleep(100)"), Error);
  interrupter.join();
}

}  // namespace
}  // namespace depthwire::postgres
