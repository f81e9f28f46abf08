#include "common/postgres/copy_buffer.hpp"

#include "tests/support/postgres.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <limits>

namespace depthwire::postgres {
namespace {

/// Copies what a test encoded and reads it back as text: PostgreSQL itself is the judge.
class CopyBufferTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { server = new tests::PostgresServer; }
  static void TearDownTestSuite() {
    delete server;
    server = nullptr;
  }

  void copy(const std::string& type, CopyBuffer& buffer) {
    connection_.execute("CREATE TEMP TABLE t (n bigserial, v " + type + ")");
    connection_.copy_in("t", "v", buffer.stream());
  }
  std::vector<std::string> values() {
    const Result result = connection_.execute("SELECT coalesce(v::text, 'NULL') FROM t ORDER BY n");
    std::vector<std::string> out;
    for (int row = 0; row < result.rows(); ++row) out.emplace_back(result.text(row, 0));
    return out;
  }

  static inline tests::PostgresServer* server = nullptr;
  Connection connection_{server->superuser()};
};

using ::testing::ElementsAre;

TEST_F(CopyBufferTest, NumericsAreExactAtBothEndsOfTheRange) {
  CopyBuffer buffer;
  for (const std::int64_t points :
       {std::int64_t{0}, std::int64_t{1}, std::int64_t{-1}, std::int64_t{108'748},
        std::int64_t{100'000}, std::int64_t{6'123'456'789'012}, std::int64_t{1'000'000'000},
        std::numeric_limits<std::int64_t>::max(), std::numeric_limits<std::int64_t>::min()}) {
    buffer.begin_row(1);
    buffer.numeric(points, 5);
  }

  copy("numeric", buffer);

  EXPECT_THAT(values(),
              ElementsAre("0.00000", "0.00001", "-0.00001", "1.08748", "1.00000", "61234567.89012",
                          "10000.00000", "92233720368547.75807", "-92233720368547.75808"));
}

TEST_F(CopyBufferTest, NumericsKeepTheDecimalsOfTheirScale) {
  CopyBuffer buffer;
  for (const int scale : {0, 2, 4, 6, 8}) {
    buffer.begin_row(1);
    buffer.numeric(2'174'960, scale);
  }

  copy("numeric", buffer);

  EXPECT_THAT(values(), ElementsAre("2174960", "21749.60", "217.4960", "2.174960", "0.02174960"));
}

TEST_F(CopyBufferTest, PairsBecomeAnArrayOfPairs) {
  const std::array<std::int64_t, 3> prices = {108'748, 108'747, -3};
  const std::array<std::int64_t, 3> sizes = {5'000'000, 10'000'000, 0};
  CopyBuffer buffer;
  buffer.begin_row(1);
  buffer.pairs(prices, sizes);
  buffer.begin_row(1);
  buffer.pairs({}, {});

  copy("bigint[]", buffer);

  EXPECT_THAT(values(), ElementsAre("{{108748,5000000},{108747,10000000},{-3,0}}", "{}"));
}

TEST_F(CopyBufferTest, TimesAreRoundedDownToMicrosecondsAlsoBefore1970) {
  CopyBuffer buffer;
  for (const std::int64_t ns : {std::int64_t{0}, std::int64_t{1'354'492'801'234'567'999},
                                std::int64_t{-1}, std::int64_t{-1'000}}) {
    buffer.begin_row(1);
    buffer.timestamptz(ns);
  }

  copy("timestamptz", buffer);

  EXPECT_THAT(values(),
              ElementsAre("1970-01-01 00:00:00+00", "2012-12-03 00:00:01.234567+00",
                          "1969-12-31 23:59:59.999999+00", "1969-12-31 23:59:59.999999+00"));
}

TEST_F(CopyBufferTest, ARowCanBeTakenBackAndTheStreamGoesOnAfterItsTrailer) {
  CopyBuffer buffer;
  buffer.begin_row(1);
  buffer.text("kept");
  EXPECT_FALSE(buffer.stream().empty());
  buffer.begin_row(1);
  buffer.text("half");
  buffer.drop_row();
  buffer.begin_row(1);
  buffer.null();
  buffer.begin_row(1);
  buffer.text({});

  copy("text", buffer);

  EXPECT_EQ(buffer.rows(), 3U);
  EXPECT_THAT(values(), ElementsAre("kept", "NULL", ""));
}

TEST_F(CopyBufferTest, OtherTypesComeBackAsTheyWere) {
  connection_.execute(
      "CREATE TEMP TABLE t (a boolean, b smallint, c bigint, d double precision, e bytea)");
  CopyBuffer buffer;
  buffer.begin_row(5);
  buffer.boolean(true);
  buffer.int2(-1);
  buffer.int8(std::numeric_limits<std::int64_t>::min());
  buffer.float8(0.1);
  buffer.bytea(std::string_view("\0\xff", 2));

  connection_.copy_in("t", "a, b, c, d, e", buffer.stream());

  const Result row = connection_.execute("SELECT * FROM t");
  EXPECT_EQ(row.text(0, 0), "t");
  EXPECT_EQ(row.text(0, 1), "-1");
  EXPECT_EQ(row.text(0, 2), "-9223372036854775808");
  EXPECT_EQ(row.text(0, 3), "0.1");
  EXPECT_EQ(row.text(0, 4), "\\x00ff");
}

TEST_F(CopyBufferTest, StorableIsWhatPostgresTakesAsText) {
  for (const std::string& text :
       {std::string("EURUSD"), std::string("\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80"), std::string(),
        std::string("\xc3"), std::string("\xc0\x80"), std::string("\xe0\x80\x80"),
        std::string("\xed\xa0\x80"), std::string("\xf4\x90\x80\x80"), std::string("a\0b", 3),
        std::string("\xff"), std::string("\x80")}) {
    CopyBuffer buffer;
    buffer.begin_row(1);
    buffer.text(text);
    connection_.execute("DROP TABLE IF EXISTS t; CREATE TEMP TABLE t (v text)");
    bool taken = true;
    try {
      connection_.copy_in("t", "v", buffer.stream());
    } catch (const Error& error) {
      EXPECT_TRUE(error.bad_data()) << error.what();
      taken = false;
    }
    EXPECT_EQ(storable(text), taken) << ::testing::PrintToString(text);
  }
}

}  // namespace
}  // namespace depthwire::postgres
