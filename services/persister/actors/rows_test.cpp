// What each kind of record becomes in the database.
#include "services/persister/actors/store_fixture.hpp"

#include <gmock/gmock.h>

namespace depthwire::persister {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class RowsTest : public StoreTest {};

TEST_F(RowsTest, ASpotBecomesOneTickForEachSideThatMoved) {
  auto both = envelope();
  both.mutable_spot()->set_bid_points(108'748);
  both.mutable_spot()->set_ask_points(108'753);
  auto ask = envelope();
  ask.mutable_spot()->set_ask_points(108'754);
  auto none = envelope();
  // The first of a subscription tells what was before it.
  none.mutable_spot()->set_bid_points(108'700);
  none.mutable_spot()->set_session_close_points(108'000);
  for (const auto& spot : {both, ask, none}) add(streaming, spot);

  store();

  EXPECT_THAT(query("SELECT source, epoch, record_offset, time, environment, provider, symbol, "
                    "receive_time, event_time, side, price, synthetic FROM ticks "
                    "ORDER BY record_offset, side DESC"),
              ElementsAre("(sim.streaming,7,1,\"2012-12-03 00:00:01.2+00\",sim,ctrader,EURUSD,"
                          "\"2012-12-03 00:00:01.234567+00\",\"2012-12-03 00:00:01.2+00\",bid,"
                          "1.08748,f)",
                          "(sim.streaming,7,1,\"2012-12-03 00:00:01.2+00\",sim,ctrader,EURUSD,"
                          "\"2012-12-03 00:00:01.234567+00\",\"2012-12-03 00:00:01.2+00\",ask,"
                          "1.08753,f)",
                          "(sim.streaming,7,2,\"2012-12-03 00:00:01.2+00\",sim,ctrader,EURUSD,"
                          "\"2012-12-03 00:00:01.234567+00\",\"2012-12-03 00:00:01.2+00\",ask,"
                          "1.08754,f)"));
  EXPECT_THAT(query("SELECT source, environment, epoch, record_offset FROM checkpoint"),
              ElementsAre("(sim.streaming,sim,7,3)"));
}

TEST_F(RowsTest, AHistoricalTickIsSyntheticWhenItsRecordIs) {
  auto tick = envelope();
  tick.mutable_tick()->set_side(bus::ask);
  tick.mutable_tick()->set_price_points(13'185'500);
  add("sim.historical", tick, journal::synthetic);

  store();

  EXPECT_THAT(query("SELECT side, price, synthetic FROM ticks"), ElementsAre("(ask,131.85500,t)"));
}

TEST_F(RowsTest, ABookKeepsExactPricesAndItsCause) {
  auto book = envelope();
  book.mutable_cause()->set_source(streaming);
  book.mutable_cause()->set_epoch(3);
  book.mutable_cause()->set_offset(99);
  auto& view = *book.mutable_book();
  for (const int price : {108'748, 108'747}) view.add_bid_prices_points(price);
  for (const unsigned size : {5'000'000U, 10'000'050U}) view.add_bid_sizes_cents(size);
  view.add_ask_prices_points(108'753);
  view.add_ask_sizes_cents(15'000'000);
  view.set_mid_half_points(217'501);
  view.set_spread_points(5);
  view.set_imbalance(1.0 / 3);
  view.set_weighted_mid_points(108'749.25);
  view.set_bid_depth_cents(15'000'050);
  view.set_ask_depth_cents(15'000'000);
  add(aggregator, book);

  store();

  EXPECT_THAT(query("SELECT time, bids, asks, mid_price, spread, imbalance, weighted_mid, "
                    "bid_depth, ask_depth, cause_source, cause_epoch, cause_offset "
                    "FROM market_depth"),
              ElementsAre("(\"2012-12-03 00:00:01.234567+00\","
                          "\"{{108748,5000000},{108747,10000050}}\",\"{{108753,15000000}}\","
                          "1.087505,0.00005,0.3333333333333333,1.0874925,150000.50,150000.00,"
                          "sim.streaming,3,99)"));
  EXPECT_THAT(query("SELECT bids, asks->0->>'price' AS best FROM market_depth_json"),
              ElementsAre(HasSubstr("{\"\"size\"\": 50000.00, \"\"price\"\": 1.08748}")));
}

TEST_F(RowsTest, AnEmptyBookHasNoMidAndEmptyLevels) {
  auto book = envelope();
  book.mutable_book();
  add(aggregator, book);

  store();

  EXPECT_THAT(query("SELECT bids, mid_price, spread, imbalance, weighted_mid, ask_depth "
                    "FROM market_depth"),
              ElementsAre("({},,,,,0.00)"));
  EXPECT_THAT(query("SELECT bids, asks FROM market_depth_json"), ElementsAre("([],[])"));
}

TEST_F(RowsTest, ABarWithoutABidIsADeadLetterAndNoCandleOfZeros) {
  auto bar = envelope();
  bar.mutable_bar()->set_period(bus::m1);
  bar.mutable_bar()->set_open_time_ns(1'354'492'800'000'000'000);
  bar.mutable_bar()->set_closed(true);
  bar.mutable_bar()->mutable_ask()->set_open(108'605);
  add(streaming, bar);

  store();

  EXPECT_THAT(query("SELECT count(*) FROM market_data_candles"), ElementsAre("(0)"));
  EXPECT_THAT(query("SELECT reason FROM dead_letter"), ElementsAre("(\"a bar has no bid\")"));
}

TEST_F(RowsTest, OnlyClosedBarsBecomeCandlesAndTheViewPrefersHistory) {
  auto bar = envelope();
  auto& b = *bar.mutable_bar();
  b.set_period(bus::m1);
  b.set_open_time_ns(1'354'492'800'000'000'000);
  for (const auto& [origin, close] : {std::pair{bus::Bar::history, 108'700},
                                      {bus::Bar::aggregator, 108'701},
                                      {bus::Bar::live, 108'702}}) {
    b.set_origin(origin);
    b.mutable_bid()->set_open(108'600);
    b.mutable_bid()->set_high(108'710);
    b.mutable_bid()->set_low(108'590);
    b.mutable_bid()->set_close(close);
    b.set_tick_count(17);
    b.set_closed(true);
    add(streaming, bar);
  }
  b.set_closed(false);
  add(streaming, bar);
  b.set_closed(true);
  b.set_origin(bus::Bar::aggregator);
  b.set_period(bus::h1);
  b.mutable_ask()->set_open(108'605);
  add(streaming, bar);

  store();

  EXPECT_THAT(query("SELECT period, origin, open, high, low, close, ask_open, ask_close, "
                    "tick_volume, real_volume, provider_source FROM candles ORDER BY period"),
              ElementsAre("(h1,aggregator,1.08600,1.08710,1.08590,1.08702,1.08605,0.00000,17,,"
                          "ctrader)",
                          "(m1,history,1.08600,1.08710,1.08590,1.08700,,,17,,ctrader)"));
  EXPECT_THAT(query("SELECT count(*), min(time) FROM market_data_candles"),
              ElementsAre("(4,\"2012-12-03 00:00:00+00\")"));
}

TEST_F(RowsTest, ASignalSaysWhatItStandsOn) {
  auto signal = envelope();
  auto& s = *signal.mutable_signal();
  s.set_signal("ABSORPTION");
  s.set_t_ns(event_ns);
  s.set_z(-2.5);
  s.set_direction(-1);
  s.set_strength(0.5);
  s.set_confidence(0.25);
  s.set_basis(bus::inferred);
  s.set_quality(bus::degraded);
  s.set_n(60);
  s.set_window_ns(10'000'000'000);
  s.set_params_hash(0xFEDC'BA98'7654'3210ULL);
  s.set_state("open");
  s.mutable_inputs()->set_source(streaming);
  s.mutable_inputs()->set_epoch(3);
  s.mutable_inputs()->set_from_offset(5);
  s.mutable_inputs()->set_to_offset(9);
  add("sim.analyzer", signal);

  store();

  EXPECT_THAT(query("SELECT signal, signal_time, value, z, direction, strength, confidence, basis, "
                    "quality, n, window_ns, params_hash, state, input_source, input_epoch, "
                    "input_from_offset, input_to_offset FROM order_flow_signals"),
              ElementsAre("(ABSORPTION,\"2012-12-03 00:00:01.2+00\",,-2.5,-1,0.5,0.25,inferred,"
                          "degraded,60,10000000000,fedcba9876543210,open,sim.streaming,3,5,9)"));
}

TEST_F(RowsTest, TheOtherKindsHaveTheirTables) {
  auto sentiment = envelope();
  sentiment.mutable_sentiment()->set_long_pct(64);
  sentiment.mutable_sentiment()->set_confidence(0.6);
  auto alert = envelope();
  alert.mutable_alert()->set_rule("spread");
  auto news = envelope();
  news.mutable_news()->set_title("Rates \xe2\x80\x93 unchanged");
  auto calendar = envelope();
  calendar.mutable_calendar_event()->set_forecast("0.3%");
  auto quality = envelope();
  quality.mutable_data_quality()->set_check("stale");
  auto connection = envelope();
  connection.mutable_connection()->set_state(bus::Connection::app_auth);
  for (const auto& one : {sentiment, alert, news, calendar, quality, connection}) {
    add(streaming, one);
  }

  store();

  EXPECT_THAT(query("SELECT long_pct, short_pct, total_traders, confidence FROM sentiment_data"),
              ElementsAre("(64,36,,0.6)"));
  EXPECT_THAT(query("SELECT rule FROM alerts"), ElementsAre("(spread)"));
  EXPECT_THAT(query("SELECT title FROM news_events"),
              ElementsAre("(\"Rates \xe2\x80\x93 unchanged\")"));
  EXPECT_THAT(query("SELECT forecast, event_time FROM economic_calendar"),
              ElementsAre("(0.3%,\"2012-12-03 00:00:01.2+00\")"));
  EXPECT_THAT(query("SELECT check_name FROM data_quality"), ElementsAre("(stale)"));
  EXPECT_THAT(query("SELECT state FROM connection_log"), ElementsAre("(app_auth)"));
}

TEST_F(RowsTest, OfASymbolTheLatestStaysWhateverTheOrderOfReading) {
  auto symbol = envelope();
  symbol.mutable_symbol_info()->set_digits(5);
  auto* interval = symbol.mutable_symbol_info()->add_schedule();
  interval->set_start_second(3'600);
  interval->set_end_second(7'200);
  auto older = symbol;
  older.set_receive_time_ns(receive_ns - 1'000'000);
  older.mutable_symbol_info()->set_digits(3);
  add(streaming, symbol);
  add("sim.historical", older);
  store();
  symbol.set_receive_time_ns(receive_ns + 1'000'000);
  symbol.mutable_symbol_info()->set_digits(4);
  EXPECT_THAT(query("SELECT digits, schedule, source FROM symbols"),
              ElementsAre("(5,\"{{3600,7200}}\",sim.streaming)"));

  add("sim.historical", symbol);
  store();

  EXPECT_THAT(query("SELECT digits, source FROM symbols"), ElementsAre("(4,sim.historical)"));
}

TEST_F(RowsTest, AnOutageIsOpenedAndClosedWithExactBounds) {
  auto down = envelope();
  down.mutable_source_down()->set_reason("connection reset");
  down.mutable_source_down()->set_time_ns(receive_ns);
  add(streaming, down);
  store();
  EXPECT_THAT(query("SELECT started_at, ended_at, reason FROM outage"),
              ElementsAre("(\"2012-12-03 00:00:01.234567+00\",,\"connection reset\")"));
  auto up = envelope();
  up.mutable_source_up()->set_down_since_ns(receive_ns);
  up.mutable_source_up()->set_time_ns(receive_ns + 5'000'000'000);

  add(streaming, up);
  store();

  EXPECT_THAT(query("SELECT started_at, ended_at, end_epoch, end_offset FROM outage"),
              ElementsAre("(\"2012-12-03 00:00:01.234567+00\",\"2012-12-03 00:00:06.234567+00\","
                          "7,2)"));
}

TEST_F(RowsTest, AnEndWithoutABeginningBringsItsOwnAndTheFirstConnectIsNoOutage) {
  auto first = envelope();
  first.mutable_source_up()->set_time_ns(receive_ns);
  auto up = envelope();
  up.mutable_source_up()->set_down_since_ns(receive_ns - 1'000'000'000);
  up.mutable_source_up()->set_time_ns(receive_ns);
  add(streaming, first);
  add(streaming, up);

  store();

  EXPECT_THAT(query("SELECT record_offset, started_at, ended_at FROM outage"),
              ElementsAre("(2,\"2012-12-03 00:00:00.234567+00\",\"2012-12-03 00:00:01.234567+00\""
                          ")"));
}

TEST_F(RowsTest, LossesAreRowsDeclaredOrFound) {
  auto declared = envelope();
  declared.mutable_loss()->set_from_epoch(1);
  declared.mutable_loss()->set_from_offset(5);
  declared.mutable_loss()->set_to_offset(9);
  declared.mutable_loss()->set_cause("disk full");
  rows_.note_loss(streaming, {7, 0}, {7, 1}, false);
  EXPECT_EQ(rows_.rows(), 0U) << "the row comes with the record that follows the loss";
  add(streaming, declared);

  store();

  EXPECT_THAT(query("SELECT kind, lost_source, from_epoch, from_offset, to_epoch, to_offset "
                    "FROM loss ORDER BY kind"),
              ElementsAre("(aged_out,sim.streaming,7,0,7,1)", "(declared,sim.streaming,1,5,0,9)"));
}

TEST_F(RowsTest, WhatCannotBeReadBecomesADeadLetterAndTheRestFlows) {
  const auto type = static_cast<std::uint16_t>(bus::Envelope::kBook);
  rows_.add(aggregator, records_.make_raw("\xff\xff\xff", type, "sim.book.EURUSD|"));
  auto spot = envelope();
  spot.mutable_spot()->set_bid_points(1);
  rows_.add(aggregator, records_.make_raw(spot.SerializeAsString(), type, "sim.book.-|"));
  auto uneven = envelope();
  uneven.mutable_book()->add_bid_prices_points(1);
  add(aggregator, uneven);
  auto huge = envelope();
  huge.mutable_book()->set_bid_depth_cents(~0ULL);
  add(aggregator, huge);
  auto nul = envelope();
  nul.mutable_connection()->set_reason(std::string("a\0b", 3));
  add(aggregator, nul);
  auto period = envelope();
  period.mutable_bar()->set_closed(true);
  period.mutable_bar()->mutable_bid()->set_open(108'600);
  add(aggregator, period);
  auto later = envelope();
  later.mutable_spot()->set_bid_points(2);
  add(aggregator, later);
  rows_.add(aggregator, records_.make_raw("anything", 9'999));
  EXPECT_EQ(rows_.dead_letters(), 6U);

  store();

  EXPECT_THAT(
      query("SELECT record_offset, symbol, topic, payload_type, reason, failed_offset "
            "FROM dead_letter ORDER BY record_offset"),
      ElementsAre(
          "(1,EURUSD,sim.book.EURUSD|,40,\"the envelope is cut or not protobuf\",1)",
          "(2,\"\",sim.book.-|,40,\"the envelope holds another payload than its header says\",2)",
          "(3,EURUSD,sim.x.EURUSD|,40,\"a book has more prices than sizes, or fewer\",3)",
          "(4,EURUSD,sim.x.EURUSD|,40,\"a number is beyond its column\",4)",
          "(5,EURUSD,sim.x.EURUSD|,15,\"a text is not UTF-8 or holds a NUL\",5)",
          "(6,EURUSD,sim.x.EURUSD|,12,\"a value of an enumeration is not known here\",6)"));
  EXPECT_THAT(query("SELECT price FROM ticks"), ElementsAre("(0.00002)"));
  EXPECT_THAT(query("SELECT count(*) FROM market_depth"), ElementsAre("(0)"));
  EXPECT_THAT(query("SELECT record_offset FROM checkpoint"), ElementsAre("(8)"));
}

TEST_F(RowsTest, ADeadLetterOfAStageNamesItsInput) {
  auto letter = envelope();
  letter.mutable_dead_letter()->set_reason("crossed twice");
  letter.mutable_dead_letter()->set_source(streaming);
  letter.mutable_dead_letter()->set_epoch(3);
  letter.mutable_dead_letter()->set_offset(44);
  letter.mutable_dead_letter()->set_frame("bytes");
  add("sim.analyzer", letter);

  store();

  EXPECT_THAT(query("SELECT source, record_offset, reason, failed_source, failed_epoch, "
                    "failed_offset, frame FROM dead_letter"),
              ElementsAre("(sim.analyzer,1,\"crossed twice\",sim.streaming,3,44,\"\\\\x6279746573\""
                          ")"));
}

}  // namespace
}  // namespace depthwire::persister
