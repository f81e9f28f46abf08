#include "services/persister/actors/store.hpp"

#include "common/service/exit_error.hpp"
#include "services/persister/actors/store_fixture.hpp"

#include <gmock/gmock.h>

namespace depthwire::persister {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST_F(StoreTest, ASecondCopyOfARecordIsRefusedWholeAndCheckpointsStay) {
  auto spot = envelope();
  spot.mutable_spot()->set_bid_points(1);
  const auto record = records_.make(spot);
  rows_.add(streaming, record);
  store();
  rows_.add(streaming, records_.make(spot));
  rows_.add(streaming, record);

  try {
    store();
    FAIL() << "a duplicate was taken";
  } catch (const postgres::Error& error) {
    EXPECT_TRUE(error.duplicate_key()) << error.what();
  }

  EXPECT_THAT(query("SELECT record_offset FROM ticks"), ElementsAre("(1)"));
  EXPECT_THAT(query("SELECT record_offset FROM checkpoint"), ElementsAre("(1)"));
}

TEST_F(StoreTest, TheSecondOfTwoWaitsForTheLock) {
  Store second(as(postgres::persister_role), status_);
  {
    Store first(as(postgres::persister_role), status_);
    EXPECT_TRUE(first.try_lock());
    EXPECT_FALSE(second.try_lock());
  }

  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  bool locked = false;
  while (!locked && std::chrono::steady_clock::now() < deadline) locked = second.try_lock();

  EXPECT_TRUE(locked);
}

TEST_F(StoreTest, RetentionDropsOldPartitionsAndRowsCanComeAgain) {
  Store store(as(postgres::persister_role), status_);
  auto spot = envelope();
  spot.mutable_spot()->set_bid_points(1);
  add(streaming, spot);
  store.store(rows_);
  rows_.clear();
  postgres::Connection(as(postgres::owner_role))
      .execute("UPDATE table_partition SET last_stored_on = current_date - 11");

  store.tend_partitions({{"market_depth", 10}});
  EXPECT_EQ(status_.partitions_dropped.value(), 0U);
  store.tend_partitions({{"ticks", 10}, {"market_depth", 10}});
  EXPECT_EQ(status_.partitions_dropped.value(), 1U);
  add(streaming, spot);
  store.store(rows_);

  EXPECT_THAT(query("SELECT record_offset FROM ticks"), ElementsAre("(2)"));
}

TEST_F(StoreTest, AnOlderSchemaIsAskedForANewerOneRefused) {
  postgres::Connection owner(as(postgres::owner_role));
  owner.execute("INSERT INTO schema_migration (version, name) VALUES (99, 'of the future')");
  EXPECT_THROW((Store{as(postgres::persister_role), status_}), service::ExitError);
  owner.execute("DELETE FROM schema_migration WHERE version > 3");

  try {
    const Store store(as(postgres::persister_role), status_);
    FAIL() << "an older schema was taken";
  } catch (const postgres::Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("run `depthwire db migrate`"));
  }
}

}  // namespace
}  // namespace depthwire::persister
