#include "common/sqlite/database.hpp"

#include "tests/support/temp_dir.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <sys/stat.h>

namespace depthwire::sqlite {
namespace {

class DatabaseTest : public testing::Test {
 protected:
  std::filesystem::path file() const { return dir_.path() / "data.db"; }
  static std::int64_t count(Database& database) {
    return std::get<std::int64_t>(database.run("SELECT COUNT(*) FROM t").at(0).at(0));
  }

  tests::TempDir dir_;
};

TEST_F(DatabaseTest, KeepsValuesOfAllKinds) {
  Database database(file());
  database.run("CREATE TABLE t (a, b, c, d, e)");
  database.run("INSERT INTO t VALUES (?, ?, ?, ?, ?)",
               {nullptr, std::int64_t{-7}, std::string("te\0xt", 5), Blob{std::string("\0\1", 2)},
                Blob{""}});

  const auto rows = Database(file()).run("SELECT * FROM t");

  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(std::get<std::nullptr_t>(rows[0][0]), nullptr);
  EXPECT_EQ(std::get<std::int64_t>(rows[0][1]), -7);
  EXPECT_EQ(std::get<std::string>(rows[0][2]), std::string("te\0xt", 5));
  EXPECT_EQ(std::get<Blob>(rows[0][3]).bytes, std::string("\0\1", 2));
  EXPECT_EQ(std::get<Blob>(rows[0][4]).bytes, "");
}

TEST_F(DatabaseTest, ATransactionIsUndoneUnlessCommitted) {
  Database database(file());
  database.run("CREATE TABLE t (a)");
  {
    const Transaction undone(database);
    database.run("INSERT INTO t VALUES (1)");
  }
  EXPECT_EQ(count(database), 0);
  {
    Transaction transaction(database);
    database.run("INSERT INTO t VALUES (1)");
    transaction.commit();
  }
  EXPECT_EQ(count(database), 1);
}

TEST_F(DatabaseTest, NoticesWhatOthersCommit) {
  Database one(file());
  one.run("CREATE TABLE t (a)");
  const auto before = one.data_version();
  one.run("INSERT INTO t VALUES (1)");
  EXPECT_EQ(one.data_version(), before) << "its own";

  Database(file()).run("INSERT INTO t VALUES (2)");

  EXPECT_NE(one.data_version(), before);
}

TEST_F(DatabaseTest, IsItsOwnersAlone) {
  std::ofstream(file()).close();
  std::filesystem::permissions(file(), std::filesystem::perms(0644));
  Database database(file());
  database.run("CREATE TABLE t (a)");

  for (const auto& entry : std::filesystem::directory_iterator(dir_.path())) {
    struct stat status {};
    ASSERT_EQ(::stat(entry.path().c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, 0600U) << entry.path();
  }
}

TEST_F(DatabaseTest, LeavesNothingOfWhatWasDeleted) {
  {
    Database database(file());
    database.run("CREATE TABLE t (a)");
    database.run("INSERT INTO t VALUES ('a text to look for')");
    database.run("DELETE FROM t");
    database.run("PRAGMA wal_checkpoint(TRUNCATE)");
  }
  std::ostringstream bytes;
  bytes << std::ifstream(file(), std::ios::binary).rdbuf();

  EXPECT_EQ(bytes.str().find("a text to look for"), std::string::npos);
}

TEST_F(DatabaseTest, ErrorsNameTheFile) {
  std::ofstream(file()) << "this is no database, and long enough to be seen as none at all\n";

  try {
    Database database(file());
    database.run("SELECT * FROM t");
    FAIL() << "opened";
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find(file().string()), std::string::npos);
    EXPECT_NE(std::string(error.what()).find("not a database"), std::string::npos);
  }
  EXPECT_THROW(Database(dir_.path() / "none" / "data.db"), Error);
}

}  // namespace
}  // namespace depthwire::sqlite
