#include "services/persister/sql/schema.hpp"

#include "common/postgres/roles.hpp"
#include "tests/support/database.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace depthwire::persister {
namespace {

using postgres::Connection;
using postgres::Error;

class SchemaTest : public ::testing::Test {
 protected:
  [[nodiscard]] postgres::Settings as(std::string_view role) const { return database_.as(role); }
  static std::string refused(Connection& connection, const std::string& sql) {
    try {
      connection.execute(sql);
    } catch (const Error& error) {
      return error.sqlstate();
    }
    return "allowed";
  }

  const tests::Database database_;
};

constexpr auto insufficient_privilege = "42501";

const std::string one_tick =
    "INSERT INTO ticks (source, epoch, record_offset, time, environment, provider, symbol, "
    "receive_time, event_time, side, price, synthetic) VALUES ('sim.streaming', 1, 1, "
    "'2012-12-03 00:00:01+00', 'sim', 'ctrader', 'GBPJPY', now(), now(), 'bid', 131.85, false)";

TEST_F(SchemaTest, ThePersisterMakesAPartitionForAnyTimeAndAddsRows) {
  Connection persister(as(postgres::persister_role));

  const auto made = persister.execute(
      "SELECT * FROM ensure_partition('ticks', '2012-12-03 23:59:59.999999+00', true)");
  persister.execute(one_tick);
  persister.execute("SELECT * FROM ensure_partition('ticks', '2012-12-03 00:00:00+00', true)");

  EXPECT_EQ(made.text(0, 0), "2012-12-03 00:00:00+00");
  EXPECT_EQ(made.text(0, 1), "2012-12-04 00:00:00+00");
  Connection reader(as(postgres::reader_role));
  EXPECT_EQ(reader.execute("SELECT count(*) FROM ticks").number(0, 0), 1);
}

TEST_F(SchemaTest, EveryUnitOfPartitionHoldsItsTime) {
  Connection persister(as(postgres::persister_role));

  for (const auto* time : {"1970-01-01 00:00:00+00", "2012-02-29 12:00:00+00",
                           "2023-12-31 23:59:59.999999+00", "2262-04-11 00:00:00+00"}) {
    const auto made = persister.execute(
        "SELECT $1::timestamptz >= begins AND $1::timestamptz < ends, t.table_name "
        "FROM partitioned_table t CROSS JOIN LATERAL ensure_partition(t.table_name, $1, true)",
        {time});
    ASSERT_EQ(made.rows(), 10);
    for (int row = 0; row < made.rows(); ++row) {
      EXPECT_EQ(made.text(row, 0), "t") << made.text(row, 1) << " " << time;
    }
  }
}

TEST_F(SchemaTest, PartitionsAheadCoverTodayAndTomorrow) {
  Connection persister(as(postgres::persister_role));

  persister.execute("SELECT make_partitions_ahead()");
  const auto again = persister.execute("SELECT make_partitions_ahead()");

  EXPECT_GE(again.number(0, 0), 20);
  EXPECT_EQ(persister
                .execute("SELECT FROM table_partition WHERE table_name = 'market_depth' AND "
                         "now() + interval '1 day' BETWEEN begins AND ends")
                .rows(),
            1);
}

TEST_F(SchemaTest, RetentionGoesByArrivalAndSparesCandles) {
  Connection owner(as(postgres::owner_role));
  Connection persister(as(postgres::persister_role));
  for (const auto* day : {"2012-12-03", "2012-12-04"}) {
    persister.execute("SELECT ensure_partition('ticks', $1, true)", {day});
  }
  persister.execute(one_tick);
  owner.execute(
      "UPDATE table_partition SET last_stored_on = current_date - 31 "
      "WHERE partition_name = 'ticks_20121203'");

  const auto dropped = persister.execute("SELECT drop_expired_partitions('ticks', '30 days')");

  EXPECT_EQ(dropped.number(0, 0), 1);
  EXPECT_EQ(owner.execute("SELECT partition_name FROM table_partition WHERE begins < '2013-01-01'")
                .text(0, 0),
            "ticks_20121204");
  EXPECT_EQ(refused(persister, "SELECT drop_expired_partitions('market_data_candles', '30 days')"),
            "P0001");
}

TEST_F(SchemaTest, EachRoleMayDoItsWorkAndNothingElse) {
  Connection persister(as(postgres::persister_role));
  Connection reader(as(postgres::reader_role));
  persister.execute("SELECT ensure_partition('ticks', '2012-12-03', true)");
  persister.execute(one_tick);

  for (const auto* sql :
       {"DELETE FROM ticks", "UPDATE ticks SET price = 1", "TRUNCATE ticks", "DROP TABLE ticks",
        "SELECT * FROM ticks", "DELETE FROM checkpoint", "UPDATE outage SET reason = ''",
        "CREATE TABLE mine (v bigint)", "UPDATE schema_migration SET version = 99",
        "DELETE FROM table_partition"}) {
    EXPECT_EQ(refused(persister, sql), insufficient_privilege) << sql;
  }
  for (const auto* sql :
       {"INSERT INTO checkpoint VALUES ('s', 'sim', 1, 1)", "DELETE FROM ticks",
        "UPDATE symbols SET digits = 1", "CREATE TABLE mine (v bigint)",
        "SELECT make_partitions_ahead()", "SELECT ensure_partition('ticks', now(), true)"}) {
    EXPECT_EQ(refused(reader, sql), insufficient_privilege) << sql;
  }
  for (const auto* sql : {"SELECT * FROM ticks", "SELECT * FROM candles", "SELECT * FROM symbols",
                          "SELECT * FROM market_depth_json", "SELECT * FROM checkpoint"}) {
    EXPECT_EQ(refused(reader, sql), "allowed") << sql;
  }
}

TEST_F(SchemaTest, AnotherRoleOfTheServerCannotEnter) {
  Connection(database_.superuser())
      .execute(
          "DO $$ BEGIN CREATE ROLE stranger LOGIN; "
          "EXCEPTION WHEN duplicate_object THEN NULL; END $$");

  EXPECT_THROW(Connection{as("stranger")}, Error);
}

TEST_F(SchemaTest, RolesAndDatabaseCanBeSetUpAgain) {
  Connection admin(database_.superuser());

  postgres::create_roles_and_database(admin, database_.name(), {"owner's", "p\"p", "r"});
  Connection owner(as(postgres::owner_role));

  EXPECT_EQ(migrate(owner, schema()), 0);
  EXPECT_EQ(admin
                .execute("SELECT FROM pg_authid WHERE rolname LIKE 'depthwire%' AND "
                         "rolpassword LIKE 'SCRAM-SHA-256$%' AND NOT rolsuper")
                .rows(),
            3);
}

TEST_F(SchemaTest, EveryTableWithRecordsHasItsKeyAndTheIndexBySymbolAndTime) {
  Connection owner(as(postgres::owner_role));

  const auto keys = owner.execute(
      "SELECT c.relname FROM pg_class c JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary "
      "WHERE NOT c.relispartition AND pg_get_indexdef(i.indexrelid) LIKE "
      "'%(source, epoch, record_offset, \"time\"%'");
  const auto indexes = owner.execute(
      "SELECT c.relname FROM pg_class c JOIN pg_index i ON i.indrelid = c.oid "
      "WHERE NOT c.relispartition AND pg_get_indexdef(i.indexrelid) LIKE '%(symbol, \"time\")'");
  const auto environments = owner.execute(
      "SELECT FROM information_schema.columns WHERE column_name = 'environment' "
      "AND is_nullable = 'NO' AND table_name NOT LIKE '%\\_2%'");

  EXPECT_EQ(keys.rows(), 13);
  EXPECT_EQ(indexes.rows(), 14) << "the same and symbols";
  EXPECT_EQ(environments.rows(), 15) << "the same and checkpoint";
}

}  // namespace
}  // namespace depthwire::persister
