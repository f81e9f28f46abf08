#include "simulator/market/recorded_sources.hpp"

#include "common/market/book.hpp"
#include "simulator/market/line_reader.hpp"
#include "simulator/market/test_files.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace depthwire::simulator {
namespace {

using market::Level;
using market::Price;
using market::Quote;
using market::Side;
using market::Size;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::UnorderedElementsAre;

constexpr std::string_view l2_header = "ev,recv_ns,exch_ns,kind,side,price,size,seq\n";

std::unique_ptr<SymbolSource> open_text(const TestFiles& files, std::string_view text) {
  return open_recording(files.write_zstd("X.a.csv.zst", text), "X");
}

std::string error_of(const TestFiles& files, const std::string& text) {
  try {
    (void)open_text(files, text);
  } catch (const CorruptRecording& error) {
    return error.what();
  }
  return "no error";
}

std::string l2(std::string_view rows) { return std::string(l2_header) + std::string(rows); }

TEST(RecordedL2, RowsThatArrivedTogetherAreOneEventWithTheSpotOfItsTouch) {
  const TestFiles files;
  const auto source = open_text(files, l2("1,100,0,S,B,9.5,1,1\n"
                                          "1,100,0,S,A,10,2.5,1\n"
                                          "2,100,0,T,B,10,1,1\n"
                                          "3,200,0,D,A,10,0,1\n"
                                          "3,200,0,D,A,9.75,0.125,1\n"));
  Event event;

  ASSERT_TRUE(source->next(event));
  EXPECT_EQ(event.time_ns, 100);
  // Three decimals in the file: sizes times 1000.
  EXPECT_THAT(event.depth.added, ElementsAre(Quote{1, Side::bid, Price{950'000}, Size{1000}},
                                             Quote{2, Side::ask, Price{1'000'000}, Size{2500}}));
  EXPECT_EQ(event.spot.bid, Price{950'000});
  EXPECT_EQ(event.spot.ask, Price{1'000'000});

  ASSERT_TRUE(source->next(event));
  EXPECT_THAT(event.depth.removed, ElementsAre(2U));
  EXPECT_THAT(event.depth.added, ElementsAre(Quote{3, Side::ask, Price{975'000}, Size{125}}));
  EXPECT_EQ(event.spot.bid, std::nullopt);
  EXPECT_EQ(event.spot.ask, Price{975'000});
  EXPECT_FALSE(source->next(event));

  EXPECT_EQ(source->info().digits, 2);
  EXPECT_EQ(source->info().lot_cents, 1000);
  EXPECT_EQ(source->info().opening.bid, Price{950'000});
}

TEST(RecordedL2, WholeSizesAreSentTimesAHundred) {
  const TestFiles files;
  const auto source = open_text(files, l2("1,100,0,D,B,9.5,7,1\n"));
  Event event;

  ASSERT_TRUE(source->next(event));

  EXPECT_EQ(event.depth.added.front().size, Size{700});
}

TEST(RecordedL2, WhereTheVenueGivesItsBestPricesTheSpotsAreThose) {
  const TestFiles files;
  const auto source = open_text(files, l2("1,100,0,S,B,9.5,1,1\n"
                                          "1,100,0,S,A,10,2,1\n"
                                          "2,110,0,Q,B,9.6,1,1\n"
                                          "2,110,0,Q,A,10,1,1\n"
                                          "3,120,0,Q,B,9.6,1,1\n"
                                          "3,120,0,Q,A,10,1,1\n"
                                          "4,130,0,D,B,9.7,1,1\n"
                                          "5,140,0,Q,B,9.7,1,1\n"
                                          "5,140,0,Q,A,10,1,1\n"));
  Event event;

  ASSERT_TRUE(source->next(event));
  EXPECT_FALSE(event.has_spot());
  ASSERT_TRUE(source->next(event));
  EXPECT_FALSE(event.has_depth());
  EXPECT_EQ(event.spot.bid, Price{960'000});
  ASSERT_TRUE(source->next(event));  // the repeated quote is no event
  EXPECT_EQ(event.time_ns, 130);
  EXPECT_FALSE(event.has_spot());
  ASSERT_TRUE(source->next(event));
  EXPECT_EQ(event.spot.bid, Price{970'000});
  EXPECT_EQ(event.spot.ask, std::nullopt);
  EXPECT_EQ(source->info().opening.bid, Price{960'000});
}

TEST(RecordedL2, ASnapshotReplacesEveryIdInOneEvent) {
  const TestFiles files;
  const auto source = open_text(files, l2("1,100,0,S,B,9,1,1\n"
                                          "1,100,0,S,A,10,2,1\n"
                                          "2,110,0,S,B,9,1,1\n"
                                          "2,110,0,S,A,11,2,1\n"));
  Event event;
  ASSERT_TRUE(source->next(event));

  ASSERT_TRUE(source->next(event));

  EXPECT_THAT(event.depth.removed, UnorderedElementsAre(1U, 2U));
  EXPECT_THAT(event.depth.added, ElementsAre(Quote{3, Side::bid, Price{900'000}, Size{100}},
                                             Quote{4, Side::ask, Price{1'100'000}, Size{200}}));
}

TEST(RecordedL2, ARestartRemovesWhatStillRests) {
  const TestFiles files;
  const auto source = open_text(files, l2("1,100,0,D,B,9,1,1\n"
                                          "2,110,0,D,B,8,1,1\n"));
  market::Book book;
  Event event;
  while (source->next(event)) ASSERT_TRUE(book.apply(event.depth));

  source->restart();
  ASSERT_TRUE(source->next(event));
  const auto applied = book.apply(event.depth);

  ASSERT_TRUE(applied);
  EXPECT_EQ(applied->unknown_removals, 0U);
  EXPECT_THAT(book.levels(Side::bid, 9), ElementsAre(Level{Price{900'000}, Size{100}}));
}

TEST(RecordedL3, OrderIdsAreQuoteIdsAndTradesAreLeftOut) {
  const TestFiles files;
  const auto source = open_text(files,
                                "recv_ms,exch_ms,action,id,side,price,size\n"
                                "1000,1,created,50,B,236.47,2.00000000\n"
                                "1001,1,changed,50,B,236.47,1.50000000\n"
                                "1001,0,trade,9,,236.47,1e-06\n"
                                "1002,1,deleted,77,A,236.47,0.00000000\n"
                                "1003,1,deleted,50,B,236.47,1.50000000\n");
  Event event;

  ASSERT_TRUE(source->next(event));
  EXPECT_EQ(event.time_ns, 1'000'000'000);
  EXPECT_THAT(event.depth.added,
              ElementsAre(Quote{50, Side::bid, Price{23'647'000}, Size{200'000'000}}));
  EXPECT_EQ(event.spot.bid, Price{23'647'000});
  ASSERT_TRUE(source->next(event));
  EXPECT_THAT(event.depth.added,
              ElementsAre(Quote{50, Side::bid, Price{23'647'000}, Size{150'000'000}}));
  ASSERT_TRUE(source->next(event));  // never seen created, sent as recorded
  EXPECT_THAT(event.depth.removed, ElementsAre(77U));
  ASSERT_TRUE(source->next(event));
  EXPECT_THAT(event.depth.removed, ElementsAre(50U));
  EXPECT_FALSE(source->next(event));
}

TEST(RecordedTicks, GiveSpotsOfWhatChangedAndNoDepth) {
  const TestFiles files;
  const auto source = open_text(files,
                                "ts_us,bid,ask,bid_vol,ask_vol\n"
                                "10,1.10000,1.10010,,\n"
                                "11,1.10000,1.10010,1.5,2\n"
                                "12,1.10000,1.10009,,\n");
  Event event;

  ASSERT_TRUE(source->next(event));
  EXPECT_EQ(event.time_ns, 10'000);
  EXPECT_EQ(event.spot, (market::Spot{.bid = Price{110'000}, .ask = Price{110'010}}));
  ASSERT_TRUE(source->next(event));
  EXPECT_EQ(event.time_ns, 12'000);
  EXPECT_EQ(event.spot, (market::Spot{.ask = Price{110'009}}));
  EXPECT_FALSE(source->next(event));
  EXPECT_FALSE(source->info().has_depth);
  EXPECT_EQ(source->info().digits, 5);
}

TEST(RecordedSamples, KeepTheirIdsAndFollowEachOther) {
  const TestFiles files;
  const auto source = open_text(files,
                                "msg,sent_ms,action,quote_id,side,price,size_units\n"
                                "1,5000,new,16,A,1.11132,3000000\n"
                                "2,1000,new,7,B,1.0691,2000000\n"
                                "3,1094,del,7,,,\n"
                                "3,1094,new,8,B,1.0692,1000000\n");
  Event event;

  ASSERT_TRUE(source->next(event));
  EXPECT_EQ(event.time_ns, 5'000'000'000);
  ASSERT_TRUE(source->next(event));
  EXPECT_EQ(event.time_ns, 6'000'000'000);  // older than the one before: a second later
  ASSERT_TRUE(source->next(event));
  EXPECT_EQ(event.time_ns, 6'094'000'000);
  EXPECT_THAT(event.depth.removed, ElementsAre(7U));
  EXPECT_THAT(event.depth.added,
              ElementsAre(Quote{8, Side::bid, Price{106'920}, Size{100'000'000}}));
  EXPECT_FALSE(source->next(event));
}

TEST(CorruptRecording, IsFoundBeforeAnythingIsServedAndNamed) {
  const TestFiles files;
  const std::string good = "1,100,0,S,B,9,1,1\n";

  EXPECT_THAT(error_of(files, l2(good + "2,110,0,D,B,nine,1,1\n")),
              testing::AllOf(HasSubstr("X.a.csv.zst:3: expected a price above 0")));
  EXPECT_THAT(error_of(files, l2(good + "2,99,0,D,B,9,1,1\n")), HasSubstr(":3: expected a time"));
  EXPECT_THAT(error_of(files, l2(good + "3,110,0,D,B,9,1,1\n")), HasSubstr(":3: expected event"));
  EXPECT_THAT(error_of(files, l2(good + "2,110,0,D\n")), HasSubstr(":3: expected 8 columns"));
  EXPECT_THAT(error_of(files, l2(good + "2,110,0,D,B,9,900000000000000000,1\n")),
              HasSubstr(":3: expected sizes that 63 bits hold"));
}

TEST(RecordedSource, IsNoneWithoutARowOrWithAnUnknownHeader) {
  const TestFiles files;

  EXPECT_EQ(open_text(files, l2("")), nullptr);
  EXPECT_EQ(open_text(files, "ts_s,open,high,low,close\n1,1,1,1,1\n"), nullptr);
}

}  // namespace
}  // namespace depthwire::simulator
