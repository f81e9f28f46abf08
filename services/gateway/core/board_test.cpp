#include "services/gateway/core/board.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace depthwire::gateway {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::IsEmpty;

const std::string streaming = "sim.streaming";
const std::string aggregator = "sim.aggregator";
const std::string analyzer = "sim.analyzer";

bus::Envelope envelope(const std::string& symbol) {
  bus::Envelope out;
  out.set_provider("ctrader");
  out.set_symbol(symbol);
  out.set_receive_time_ns(1'700'000'000'000'000'001);
  return out;
}

bus::Envelope book(const std::string& symbol) {
  auto out = envelope(symbol);
  out.mutable_cause()->set_source(streaming);
  out.mutable_cause()->set_epoch(3);
  out.mutable_cause()->set_offset(9);
  auto& book = *out.mutable_book();
  book.add_bid_prices_points(108344);
  book.add_bid_sizes_cents(100'000'000);
  book.add_ask_prices_points(108347);
  book.add_ask_sizes_cents(50'000'050);
  book.set_mid_half_points(216691);
  book.set_spread_points(3);
  book.set_imbalance(0.25);
  return out;
}

bus::Envelope signal(const std::string& name, const std::string& state = "") {
  auto out = envelope("EURUSD");
  out.mutable_signal()->set_state(state);
  out.mutable_signal()->set_signal(name);
  out.mutable_signal()->set_direction(-1);
  return out;
}

/// Feeds a board with records and shows what it sends as text.
class BoardTest : public testing::Test {
 protected:
  std::vector<std::string> apply(const std::string& source, const bus::Envelope& envelope) {
    const auto payload = envelope.SerializeAsString();
    journal::Record record;
    record.header.position = {7, ++offset_};
    record.header.payload_type = static_cast<std::uint16_t>(envelope.payload_case());
    record.payload = payload;
    std::vector<FramePtr> frames;
    board_.apply(source, record, frames);
    return texts(frames);
  }

  static std::vector<std::string> texts(const std::vector<FramePtr>& frames) {
    std::vector<std::string> out;
    out.reserve(frames.size());
    for (const auto& frame : frames) out.emplace_back(frame_payload(frame->bytes));
    return out;
  }

  Board board_{"sim", 3};
  std::uint64_t offset_ = 0;
};

TEST_F(BoardTest, ABookIsShownInDisplayUnits) {
  EXPECT_THAT(apply(aggregator, book("EURUSD")),
              ElementsAre(R"({"type":"book","symbol":"EURUSD","bids":[[1.08344,1000000]],)"
                          R"("asks":[[1.08347,500000.50]],"mid":1.083455,"spread":0.00003,)"
                          R"("imbalance":0.25,"weighted_mid":null,"bid_depth":0,"ask_depth":0,)"
                          R"("t":1700000000000.000001,"cause":"sim.streaming:3:9",)"
                          R"("position":"sim.aggregator:7:1"})"));
}

TEST_F(BoardTest, ASpotKeepsTheSideThatDidNotMove) {
  auto first = envelope("EURUSD");
  first.mutable_spot()->set_bid_points(108344);
  first.mutable_spot()->set_ask_points(108347);
  auto second = envelope("EURUSD");
  second.mutable_spot()->set_ask_points(108349);
  apply(streaming, first);

  const auto sent = json::parse(apply(streaming, second).at(0));

  EXPECT_EQ(sent["bid"], 1.08344);
  EXPECT_EQ(sent["ask"], 1.08349);
}

TEST_F(BoardTest, ADeadSourceTakesItsBooksAndPricesWithIt) {
  auto spot = envelope("EURUSD");
  spot.mutable_spot()->set_bid_points(108344);
  apply(streaming, spot);
  apply(aggregator, book("EURUSD"));
  auto restart = envelope("");
  restart.mutable_epoch_start();

  const auto no_book = apply(aggregator, restart);
  const auto no_spot = apply(streaming, restart);
  auto ask = envelope("EURUSD");
  ask.mutable_spot()->set_ask_points(108347);

  ASSERT_EQ(no_book.size(), 1U);
  EXPECT_EQ(json::parse(no_book[0])["bids"], json::array());
  EXPECT_EQ(json::parse(no_book[0])["reason"], "sim.aggregator has begun anew");
  ASSERT_EQ(no_spot.size(), 1U);
  EXPECT_EQ(json::parse(no_spot[0])["bid"], nullptr);
  EXPECT_EQ(json::parse(apply(streaming, ask).at(0))["bid"], nullptr);
}

// Told by a source that had no room, or by a stage of what it reads: what was shown is not current.
TEST_F(BoardTest, ALossTakesBooksAndPricesBackAndSaysWhy) {
  apply(aggregator, book("EURUSD"));
  apply(aggregator, book("GBPUSD"));
  auto loss = envelope("");
  loss.mutable_loss()->set_source(streaming);
  loss.mutable_loss()->set_to_epoch(3);
  loss.mutable_loss()->set_to_offset(99);
  loss.mutable_loss()->set_cause("gone");

  const auto of_inputs = apply(aggregator, loss);
  apply(aggregator, book("EURUSD"));
  loss.mutable_loss()->set_source(aggregator);
  const auto retention = apply(aggregator, loss);
  loss.mutable_loss()->clear_to_offset();
  const auto full_disk = apply(aggregator, loss);

  ASSERT_EQ(of_inputs.size(), 2U);
  EXPECT_EQ(json::parse(of_inputs[0])["asks"], json::array());
  EXPECT_EQ(json::parse(of_inputs[0])["reason"], "records of sim.streaming were lost: gone");
  EXPECT_EQ(json::parse(of_inputs[0])["position"], "sim.aggregator:7:3");
  EXPECT_THAT(retention, IsEmpty());
  ASSERT_EQ(full_disk.size(), 1U);  // the other one has not come back
  EXPECT_EQ(json::parse(full_disk[0])["symbol"], "EURUSD");
}

TEST_F(BoardTest, WhatTheGatewayItselfHasLostIsTakenBackToo) {
  apply(aggregator, book("EURUSD"));
  std::vector<FramePtr> frames;

  board_.lost(streaming, {{7, 1}, {7, 9}}, frames);
  EXPECT_THAT(frames, IsEmpty());
  board_.lost(aggregator, {{7, 1}, {7, 9}}, frames);

  const auto sent = texts(frames);
  ASSERT_EQ(sent.size(), 1U);
  EXPECT_EQ(json::parse(sent[0])["position"], "sim.aggregator:7:9");
  EXPECT_THAT(json::parse(sent[0])["reason"].get<std::string>(),
              testing::HasSubstr("no longer holds"));
}

TEST_F(BoardTest, ALateClientSeesTheLatestOfEachAndTheNewestSignals) {
  apply(aggregator, book("EURUSD"));
  apply(aggregator, book("USDJPY"));
  apply(aggregator, book("EURUSD"));
  for (int i = 0; i < 5; ++i) apply(analyzer, signal("ABSORPTION", "open"));

  std::vector<std::string> seen;
  for (const auto& text : texts(board_.snapshot())) {
    const auto message = json::parse(text);
    seen.push_back(message["type"].get<std::string>() + " " +
                   message["position"].get<std::string>());
  }

  EXPECT_THAT(seen, ElementsAre("book sim.aggregator:7:3", "book sim.aggregator:7:2",
                                "signal sim.analyzer:7:6", "signal sim.analyzer:7:7",
                                "signal sim.analyzer:7:8"));
}

TEST_F(BoardTest, OfASeriesOnlyTheLatestCounts) {
  const auto sent = apply(analyzer, signal("I_5"));
  apply(analyzer, signal("I_5"));

  EXPECT_EQ(json::parse(sent.at(0))["type"], "series");
  EXPECT_EQ(board_.snapshot().size(), 1U);
}

TEST_F(BoardTest, WhatIsNotForBrowsersIsPassedOver) {
  auto depth = envelope("EURUSD");
  depth.mutable_depth();

  EXPECT_THAT(apply(streaming, depth), IsEmpty());
}

TEST_F(BoardTest, ARecordThatIsNotWhatItsHeaderSaysIsCounted) {
  journal::Record record;
  record.header.payload_type = bus::Envelope::kBook;
  record.payload = "\xFF\xFF garbage";
  std::vector<FramePtr> frames;

  board_.apply(aggregator, record, frames);

  EXPECT_THAT(frames, IsEmpty());
  EXPECT_EQ(board_.undecodable(), 1U);
}

TEST_F(BoardTest, AStatusIsSentWhenItChanges) {
  board_.add_source(streaming);
  std::vector<FramePtr> frames;

  board_.set_status(streaming, SourceState::live, 0, "", frames);
  board_.set_status(streaming, SourceState::live, 0, "", frames);
  board_.set_status(streaming, SourceState::stale, 0, "", frames);
  board_.set_status(streaming, SourceState::halted, 0, "it is damaged", frames);

  EXPECT_THAT(texts(frames),
              ElementsAre(R"({"type":"status","source":"sim.streaming","state":"live","lag":0})",
                          R"({"type":"status","source":"sim.streaming","state":"stale","lag":0})",
                          R"({"type":"status","source":"sim.streaming","state":"halted","lag":0,)"
                          R"("reason":"it is damaged"})"));
  EXPECT_EQ(json::parse(board_.sources_json())[0]["state"], "halted");
}

TEST_F(BoardTest, ConnectionsAreListedByName) {
  auto connection = envelope("");
  connection.mutable_connection()->set_connection("streaming");
  connection.mutable_connection()->set_state(bus::Connection::app_auth);
  apply(streaming, connection);

  const auto listed = json::parse(board_.connections_json());

  EXPECT_EQ(listed.at(0)["state"], "app-auth");
}

TEST_F(BoardTest, AFurtherAccountIsListedBesideTheConnectionThatItShares) {
  auto connection = envelope("");
  connection.mutable_connection()->set_connection("streaming");
  connection.mutable_connection()->set_state(bus::Connection::ready);
  apply(streaming, connection);
  connection.mutable_connection()->set_connection("streaming/8");
  connection.mutable_connection()->set_state(bus::Connection::error);
  apply(streaming, connection);

  const auto listed = json::parse(board_.connections_json());
  ASSERT_EQ(listed.size(), 2U);
  EXPECT_EQ(listed[0]["connection"], "streaming");
  EXPECT_EQ(listed[0]["state"], "ready");
  EXPECT_EQ(listed[1]["connection"], "streaming/8");
  EXPECT_EQ(listed[1]["state"], "error");
}

TEST_F(BoardTest, AConnectionThatIsSwitchedOffIsDisabled) {
  auto connection = envelope("");
  connection.mutable_connection()->set_connection("streaming");
  connection.mutable_connection()->set_reason("disabled: ctrader.enabled is false");

  EXPECT_EQ(json::parse(apply(streaming, connection).at(0))["state"], "disabled");
}

TEST_F(BoardTest, SymbolsAreListedWithTheirPrices) {
  auto info = envelope("EURUSD");
  info.mutable_symbol_info()->set_digits(5);
  apply(streaming, info);
  auto spot = envelope("EURUSD");
  spot.mutable_spot()->set_bid_points(108344);
  apply(streaming, spot);

  EXPECT_EQ(board_.symbols_json(),
            R"([{"symbol":"EURUSD","description":"","digits":5,"bid":1.08344,"ask":null}])");
}

}  // namespace
}  // namespace depthwire::gateway
