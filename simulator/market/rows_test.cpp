#include "simulator/market/rows.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace depthwire::simulator {
namespace {

using market::Price;
using market::Side;
using testing::HasSubstr;

TEST(Decimal, IsReadAsWritten) {
  EXPECT_EQ(parse_decimal("12"), (Decimal{12, 0}));
  EXPECT_EQ(parse_decimal("0.00500"), (Decimal{500, 5}));
  EXPECT_EQ(parse_decimal("1e-06"), (Decimal{1, 6}));
}

TEST(Decimal, RefusesEverythingElse) {
  for (const auto* text : {"", ".", "1.", ".5", "-1", "+1", "1,5", "1.2.3", "x", " 1", "1e6", "1e",
                           "99999999999999999999"}) {
    EXPECT_FALSE(parse_decimal(text)) << text;
  }
}

TEST(Decimal, ScalesExactlyOrNotAtAll) {
  EXPECT_EQ((Decimal{145, 2}.times_ten_to(5)), 145'000);
  EXPECT_EQ((Decimal{1'450'000, 6}.times_ten_to(5)), 145'000);
  EXPECT_EQ((Decimal{1'450'001, 6}.times_ten_to(5)), std::nullopt);
  EXPECT_EQ((Decimal{9'000'000'000'000, 0}.times_ten_to(8)), std::nullopt);
}

TEST(Rows, AnL2RowIsReadWhole) {
  const auto row = parse_l2_row("7,1723161255319702566,0,D,A,61800.2,2.909,5123107852948");

  ASSERT_TRUE(row);
  EXPECT_EQ(row->event, 7);
  EXPECT_EQ(row->time_ns, 1'723'161'255'319'702'566);
  EXPECT_EQ(row->kind, 'D');
  EXPECT_EQ(row->side, Side::ask);
  EXPECT_EQ(row->price, Price{6'180'020'000});
  EXPECT_EQ(row->size.digits, 2909);
}

TEST(Rows, ABadL2RowSaysWhatWasExpected) {
  const auto error = [](std::string_view line) { return std::string(parse_l2_row(line).error()); };

  EXPECT_THAT(error("1,2,3"), HasSubstr("8 columns"));
  EXPECT_THAT(error("x,1,0,D,A,1,1,1"), HasSubstr("event number"));
  EXPECT_THAT(error("1,1.5,0,D,A,1,1,1"), HasSubstr("time in ns"));
  EXPECT_THAT(error("1,1,0,X,A,1,1,1"), HasSubstr("kind"));
  EXPECT_THAT(error("1,1,0,D,C,1,1,1"), HasSubstr("side"));
  EXPECT_THAT(error("1,1,0,D,A,0,1,1"), HasSubstr("price above 0"));
  EXPECT_THAT(error("1,1,0,D,A,1.000001,1,1"), HasSubstr("5 decimals"));
  EXPECT_THAT(error("1,1,0,D,A,1,-1,1"), HasSubstr("size"));
  EXPECT_THAT(error("1,1,0,S,A,1,0,1"), HasSubstr("snapshot"));
}

TEST(Rows, AnL3RowIsReadWhole) {
  const auto row = parse_l3_row("1430438404518,1430438404000,created,65595247,B,236.47,2.00000000");
  const auto trade = parse_l3_row("1430438404518,0,trade,1,,236.47,1e-06");

  ASSERT_TRUE(row);
  EXPECT_EQ(row->time_ns, 1'430'438'404'518'000'000);
  EXPECT_EQ(row->action, L3Row::Action::created);
  EXPECT_EQ(row->id, 65'595'247U);
  EXPECT_EQ(row->price, Price{23'647'000});
  EXPECT_EQ(row->size.decimals, 8);
  ASSERT_TRUE(trade);
  EXPECT_EQ(trade->action, L3Row::Action::trade);
}

TEST(Rows, ATickRowNeedsNoVolumes) {
  const auto row = parse_tick_row("1399230051815000,1.38700,1.38790,,");

  ASSERT_TRUE(row);
  EXPECT_EQ(row->time_ns, 1'399'230'051'815'000'000);
  EXPECT_EQ(row->bid, Price{138'700});
  EXPECT_EQ(row->ask, Price{138'790});
  EXPECT_EQ(row->price_decimals, 5);
}

TEST(Rows, ADeletedSampleHasNothingButItsId) {
  const auto added = parse_sample_row("2,1484651624461,new,7475,A,1.0691,2000000");
  const auto removed = parse_sample_row("3,1484651624555,del,7477,,,");

  ASSERT_TRUE(added);
  EXPECT_EQ(added->price, Price{106'910});
  ASSERT_TRUE(removed);
  EXPECT_TRUE(removed->removed);
  EXPECT_EQ(removed->id, 7477U);
}

}  // namespace
}  // namespace depthwire::simulator
