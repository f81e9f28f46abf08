#include "cli/record_summary.hpp"

#include "proto/bus/envelope.pb.h"

#include <gmock/gmock.h>

namespace depthwire::cli {
namespace {

std::string summary(const std::string& topic, const bus::Envelope& envelope,
                    std::size_t width = 80) {
  const std::string payload = envelope.SerializeAsString();
  journal::Record record;
  record.topic = topic;
  record.payload = payload;
  record.header.publish_time_ns = 1'763'731'800'250'123'456;  // 2025-11-21 13:30:00.250
  return record_summary(record, width);
}

TEST(RecordSummary, ASpotIsTwoPricesAndAnAbsentSideADash) {
  bus::Envelope envelope;
  envelope.mutable_spot()->set_bid_points(108'453);
  EXPECT_EQ(summary("sim.spot.EURUSD|", envelope), "13:30:00.250 spot   EURUSD 1.08453 / -");
}

TEST(RecordSummary, ABookIsItsTouchAndSpread) {
  bus::Envelope envelope;
  auto& book = *envelope.mutable_book();
  book.add_bid_prices_points(108'450);
  book.add_bid_sizes_cents(100'000'000);
  book.add_ask_prices_points(108'453);
  book.add_ask_sizes_cents(50'050);
  book.set_spread_points(3);
  EXPECT_EQ(summary("sim.book.EURUSD|", envelope),
            "13:30:00.250 book   EURUSD 1.08450 x 1000000 | 1.08453 x 500.5 spread 0.00003");
}

TEST(RecordSummary, ASignalIsNameDirectionStrengthAndState) {
  bus::Envelope envelope;
  auto& signal = *envelope.mutable_signal();
  signal.set_signal("ABSORPTION");
  signal.set_direction(-1);
  signal.set_strength(0.75);
  signal.set_state("open");
  EXPECT_EQ(summary("sim.signal.EURUSD|", envelope),
            "13:30:00.250 signal EURUSD ABSORPTION down strength 0.75 open");
}

TEST(RecordSummary, ABarIsPeriodAndPrices) {
  bus::Envelope envelope;
  auto& bar = *envelope.mutable_bar();
  bar.set_period(bus::m1);
  bar.set_closed(true);
  bar.mutable_bid()->set_open(100'000);
  bar.mutable_bid()->set_high(100'003);
  bar.mutable_bid()->set_low(99'999);
  bar.mutable_bid()->set_close(100'001);
  EXPECT_EQ(summary("sim.bar.EURUSD|", envelope),
            "13:30:00.250 bar    EURUSD m1 1.00000 1.00003 0.99999 1.00001");
}

TEST(RecordSummary, AFurtherAccountDoesNotPassForTheConnection) {
  bus::Envelope envelope;
  envelope.mutable_connection()->set_state(bus::Connection::ready);
  envelope.mutable_connection()->set_connection("streaming");
  envelope.mutable_connection()->set_reason("account authenticated");
  EXPECT_THAT(summary("sim.connection.-|", envelope),
              testing::EndsWith(" ready account authenticated"));

  envelope.mutable_connection()->set_connection("streaming/8");
  EXPECT_THAT(summary("sim.connection.-|", envelope),
              testing::EndsWith(" ready streaming/8: account authenticated"));
}

TEST(RecordSummary, ALineIsCutToTheWidthAndStaysOneLine) {
  bus::Envelope envelope;
  envelope.mutable_connection()->set_state(bus::Connection::error);
  envelope.mutable_connection()->set_reason("two\nlines " + std::string(100, 'x'));
  const auto line = summary("sim.connection.-|", envelope);
  EXPECT_EQ(line.size(), 80U);
  EXPECT_TRUE(line.starts_with("13:30:00.250 connection -      error")) << line;
  EXPECT_THAT(line, testing::HasSubstr("error two lines xxx"));
  EXPECT_TRUE(line.ends_with("..."));
}

}  // namespace
}  // namespace depthwire::cli
