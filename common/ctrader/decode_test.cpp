#include "common/ctrader/decode.hpp"

#include "proto/ctrader/common.pb.h"
#include "proto/ctrader/messages.pb.h"
#include "proto/ctrader/simulator.pb.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <string>

namespace depthwire::ctrader {
namespace {

using market::Price;
using market::Quote;
using market::Side;
using market::Size;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

ProtoOADepthEvent depth_message() {
  ProtoOADepthEvent message;
  message.set_ctidtraderaccountid(1);
  message.set_symbolid(7);
  return message;
}

ProtoOADepthQuote* add_quote(ProtoOADepthEvent& message, std::uint64_t id, std::uint64_t size) {
  auto* quote = message.add_newquotes();
  quote->set_id(id);
  quote->set_size(size);
  return quote;
}

TEST(DecodeEnvelope, ReadsTypePayloadAndId) {
  ProtoMessage message;
  message.set_payloadtype(2155);
  message.set_payload("body");
  message.set_clientmsgid("c1");
  const auto bytes = message.SerializeAsString();

  const auto envelope = decode_envelope(bytes);

  ASSERT_TRUE(envelope);
  EXPECT_EQ(envelope->payload_type, 2155U);
  EXPECT_EQ(envelope->payload, "body");
  EXPECT_EQ(envelope->client_msg_id, "c1");
}

TEST(DecodeEnvelope, NeedsAPayloadType) {
  EXPECT_EQ(decode_envelope("\x1a\x01x").error(), DecodeError::missing_field);
}

TEST(DecodeEnvelope, RefusesWhatIsNotProtobuf) {
  EXPECT_EQ(decode_envelope("\x08").error(), DecodeError::malformed);
  EXPECT_EQ(decode_envelope("\x08\x33\x12\x05zz").error(), DecodeError::malformed);
  EXPECT_EQ(decode_envelope(std::string(11, '\xff')).error(), DecodeError::malformed);
}

TEST(DecodeDepth, TakesPackedAndUnpackedRemovals) {
  auto message = depth_message();
  message.add_deletedquotes(300);
  message.add_deletedquotes(5);
  // Field 5 as single numbers, after the packed list.
  const auto bytes = message.SerializeAsString() + std::string("\x28\x09\x28\xac\x02", 5);
  DepthEvent event;

  ASSERT_TRUE(decode_depth(bytes, event));

  EXPECT_THAT(event.update.removed, ElementsAre(300, 5, 9, 300));
}

TEST(DecodeDepth, AQuoteWithBothOrNoSideIsRefused) {
  auto both = depth_message();
  add_quote(both, 1, 1)->set_bid(5);
  both.mutable_newquotes(0)->set_ask(6);
  auto none = depth_message();
  add_quote(none, 1, 1);
  DepthEvent event;

  EXPECT_EQ(decode_depth(both.SerializeAsString(), event).error(), DecodeError::unclear_side);
  EXPECT_EQ(decode_depth(none.SerializeAsString(), event).error(), DecodeError::unclear_side);
}

TEST(DecodeDepth, AValueThatDoesNotFitIsRefused) {
  auto message = depth_message();
  add_quote(message, 1, ~0ULL)->set_bid(5);
  DepthEvent event;

  EXPECT_EQ(decode_depth(message.SerializeAsString(), event).error(), DecodeError::out_of_range);
}

TEST(DecodeDepth, ASymbolIsRequiredAnAccountIsNot) {
  DepthEvent event;

  EXPECT_EQ(decode_depth("", event).error(), DecodeError::missing_field);
  ASSERT_TRUE(decode_depth("\x18\x07", event));
  EXPECT_EQ(event.symbol_id, 7);
}

TEST(DecodeDepth, PassesOverUnknownFieldsOfEveryKindAndCountsThem) {
  std::string bytes("\x08\xeb\x10\x10\x01\x18\x07", 7);     // the type, an account, the symbol
  bytes += std::string("\xa0\x06\x01", 3);                  // 100: a number
  bytes += std::string("\xa9\x06", 2) + std::string(8, 0);  // 101: 64 bits
  bytes += std::string("\xb2\x06\x02zz", 5);                // 102: bytes
  bytes += std::string("\xbb\x06\x08\x01\xbc\x06", 6);      // 103: a group
  bytes += std::string("\xc5\x06", 2) + std::string(4, 0);  // 104: 32 bits
  bytes += std::string("\x28\x09", 2);
  DepthEvent event;

  ASSERT_TRUE(decode_depth(bytes, event));

  EXPECT_THAT(event.update.removed, ElementsAre(9));
  EXPECT_EQ(event.unknown_fields, 5U);
  ASSERT_TRUE(decode_depth("\x18\x07\x22\x08\x08\x01\x18\x02\x20\x03\x30\x05", event));
  EXPECT_EQ(event.unknown_fields, 1U) << "in a quote";
}

TEST(DecodeSpot, CountsTheUnknownFieldsOfItsBarsToo) {
  ProtoOASpotEvent message;
  message.set_ctidtraderaccountid(1);
  message.set_symbolid(7);
  auto& bar = *message.add_trendbar();
  bar.set_volume(1);
  bar.set_low(5);
  bar.GetReflection()->MutableUnknownFields(&bar)->AddVarint(100, 1);
  message.GetReflection()->MutableUnknownFields(&message)->AddLengthDelimited(200)->append("text");
  SpotEvent event;

  ASSERT_TRUE(decode_spot(message.SerializeAsString(), event));

  EXPECT_EQ(event.unknown_fields, 2U);
  ASSERT_EQ(event.bars.size(), 1U);
  EXPECT_EQ(event.bars[0].low.points, 5);
}

TEST(DecodeDepth, AnEventReusesTheMemoryOfTheOneBefore) {
  auto large = depth_message();
  for (std::uint64_t id = 1; id <= 10; ++id) add_quote(large, id, 1)->set_bid(id);
  for (std::uint64_t id = 1; id <= 10; ++id) large.add_deletedquotes(id);
  DepthEvent event;
  ASSERT_TRUE(decode_depth(large.SerializeAsString(), event));
  const auto* added = event.update.added.data();
  const auto* removed = event.update.removed.data();

  auto small = depth_message();
  add_quote(small, 11, 2)->set_ask(3);
  small.add_deletedquotes(4);
  ASSERT_TRUE(decode_depth(small.SerializeAsString(), event));

  EXPECT_EQ(event.update.added.data(), added);
  EXPECT_EQ(event.update.removed.data(), removed);
  EXPECT_THAT(event.update.added, ElementsAre(Quote{11, Side::ask, Price{3}, Size{2}}));
  EXPECT_THAT(event.update.removed, ElementsAre(4));
}

TEST(DecodeSpot, AnAbsentSideStaysAbsent) {
  ProtoOASpotEvent message;
  message.set_ctidtraderaccountid(1);
  message.set_symbolid(1);
  message.set_ask(114'812);
  SpotEvent event;
  event.spot.bid = Price{1};
  event.timestamp_ms = 3;

  ASSERT_TRUE(decode_spot(message.SerializeAsString(), event));

  EXPECT_EQ(event.spot, (market::Spot{.ask = Price{114'812}}));
  EXPECT_FALSE(event.timestamp_ms);
  EXPECT_THAT(event.bars, IsEmpty());
}

TEST(DecodeSpot, ATimeThatNanosecondsCannotTellIsRefused) {
  for (const std::int64_t time : {latest_ms + 1, std::int64_t{-1}}) {
    ProtoOASpotEvent message;
    message.set_ctidtraderaccountid(1);
    message.set_symbolid(7);
    message.set_timestamp(time);
    SpotEvent event;

    EXPECT_EQ(decode_spot(message.SerializeAsString(), event).error(), DecodeError::out_of_range);
  }
}

TEST(DecodeBar, ATimeThatNanosecondsCannotTellIsRefused) {
  ProtoOATrendbar bar;
  bar.set_volume(1);
  bar.set_low(100);
  bar.set_utctimestampinminutes(latest_minutes);
  ASSERT_TRUE(decode_bar(bar.SerializeAsString()));

  bar.set_utctimestampinminutes(latest_minutes + 1);
  EXPECT_EQ(decode_bar(bar.SerializeAsString()).error(), DecodeError::out_of_range);
}

TEST(DecodeSpot, ALiveBarWithoutDeltasHasOnePriceAndNoClose) {
  ProtoOASpotEvent message;
  message.set_ctidtraderaccountid(1);
  message.set_symbolid(1);
  auto* bar = message.add_trendbar();
  bar->set_volume(3);
  bar->set_low(100);
  bar->set_utctimestampinminutes(9);
  SpotEvent event;

  ASSERT_TRUE(decode_spot(message.SerializeAsString(), event));

  ASSERT_EQ(event.bars.size(), 1U);
  EXPECT_EQ(event.bars[0], (LiveBar{1, 9, Price{100}, Price{100}, Price{100}, std::nullopt, 3}));
}

/// Random messages from the protobuf classes, whose parser is the reference.
class DecodeProperty : public ::testing::Test {
 protected:
  void SetUp() override { RecordProperty("seed", std::to_string(seed_)); }

  std::uint64_t any(unsigned bits) { return random_() >> (64 - bits); }
  bool coin() { return any(1) == 1; }

  const std::uint64_t seed_ = std::random_device{}();
  std::mt19937_64 random_{seed_};
};

TEST_F(DecodeProperty, ADepthEventIsReadAsTheProtobufClassesReadIt) {
  SCOPED_TRACE(seed_);
  DepthEvent event;

  for (int round = 0; round < 2000; ++round) {
    auto message = depth_message();
    message.set_symbolid(any(40));
    for (auto n = any(3); n > 0; --n) {
      auto* quote = add_quote(message, any(64), any(50));
      coin() ? quote->set_bid(any(30)) : quote->set_ask(any(30));
    }
    for (auto n = any(3); n > 0; --n) message.add_deletedquotes(any(64));
    if (coin()) message.SetExtension(depth_simulator_time_ns, static_cast<std::int64_t>(any(63)));

    ASSERT_TRUE(decode_depth(message.SerializeAsString(), event));

    ASSERT_EQ(event.symbol_id, static_cast<std::int64_t>(message.symbolid()));
    ASSERT_TRUE(std::equal(event.update.removed.begin(), event.update.removed.end(),
                           message.deletedquotes().begin(), message.deletedquotes().end()));
    ASSERT_EQ(event.update.added.size(), static_cast<std::size_t>(message.newquotes_size()));
    for (int i = 0; i < message.newquotes_size(); ++i) {
      const auto& sent = message.newquotes(i);
      const Quote expected{
          sent.id(), sent.has_bid() ? Side::bid : Side::ask,
          Price{static_cast<std::int64_t>(sent.has_bid() ? sent.bid() : sent.ask())},
          Size{static_cast<std::int64_t>(sent.size())}};
      ASSERT_EQ(event.update.added[static_cast<std::size_t>(i)], expected);
    }
    ASSERT_EQ(event.simulator_time_ns.has_value(), message.HasExtension(depth_simulator_time_ns));
    ASSERT_EQ(event.simulator_time_ns.value_or(0), message.GetExtension(depth_simulator_time_ns));
  }
}

TEST_F(DecodeProperty, ASpotEventIsReadAsTheProtobufClassesReadIt) {
  SCOPED_TRACE(seed_);
  SpotEvent event;

  for (int round = 0; round < 2000; ++round) {
    ProtoOASpotEvent message;
    message.set_ctidtraderaccountid(static_cast<std::int64_t>(any(63)));
    message.set_symbolid(static_cast<std::int64_t>(any(63)));
    if (coin()) message.set_bid(any(40));
    if (coin()) message.set_ask(any(40));
    if (coin()) message.set_sessionclose(any(40));
    if (coin()) message.set_timestamp(static_cast<std::int64_t>(any(43)));
    if (coin()) message.SetExtension(spot_simulator_time_ns, static_cast<std::int64_t>(any(63)));
    for (auto n = any(2); n > 0; --n) {
      auto* bar = message.add_trendbar();
      bar->set_volume(static_cast<std::int64_t>(any(30)));
      bar->set_period(static_cast<ProtoOATrendbarPeriod>(1 + any(3)));
      bar->set_low(static_cast<std::int64_t>(any(40)));
      bar->set_utctimestampinminutes(static_cast<std::uint32_t>(any(27)));
      if (coin()) bar->set_deltaopen(any(20));
      if (coin()) bar->set_deltahigh(any(20));
      if (coin()) bar->set_deltaclose(any(20));
    }

    ASSERT_TRUE(decode_spot(message.SerializeAsString(), event));

    const auto price = [](bool has, std::uint64_t points) {
      return has ? std::optional{Price{static_cast<std::int64_t>(points)}} : std::nullopt;
    };
    ASSERT_EQ(event.symbol_id, message.symbolid());
    ASSERT_EQ(event.spot.bid, price(message.has_bid(), message.bid()));
    ASSERT_EQ(event.spot.ask, price(message.has_ask(), message.ask()));
    ASSERT_EQ(event.spot.session_close, price(message.has_sessionclose(), message.sessionclose()));
    ASSERT_EQ(event.timestamp_ms.has_value(), message.has_timestamp());
    ASSERT_EQ(event.timestamp_ms.value_or(0), message.timestamp());
    ASSERT_EQ(event.simulator_time_ns.value_or(0), message.GetExtension(spot_simulator_time_ns));
    ASSERT_EQ(event.bars.size(), static_cast<std::size_t>(message.trendbar_size()));
    for (int i = 0; i < message.trendbar_size(); ++i) {
      const auto& sent = message.trendbar(i);
      const auto low = static_cast<std::uint64_t>(sent.low());
      const LiveBar expected{static_cast<std::uint32_t>(sent.period()),
                             sent.utctimestampinminutes(),
                             *price(true, low + sent.deltaopen()),
                             *price(true, low + sent.deltahigh()),
                             *price(true, low),
                             price(sent.has_deltaclose(), low + sent.deltaclose()),
                             static_cast<std::uint64_t>(sent.volume())};
      ASSERT_EQ(event.bars[static_cast<std::size_t>(i)], expected);
    }
  }
}

TEST_F(DecodeProperty, CutOrChangedBytesNeverReadBeyondTheMessage) {
  SCOPED_TRACE(seed_);
  auto message = depth_message();
  for (std::uint64_t id = 1; id <= 3; ++id) add_quote(message, id, 100)->set_bid(id);
  message.add_deletedquotes(9);
  const auto bytes = message.SerializeAsString();
  DepthEvent depth;
  SpotEvent spot;

  for (int round = 0; round < 20'000; ++round) {
    auto broken = bytes.substr(0, any(16) % (bytes.size() + 1));
    for (auto n = any(2); n > 0 && !broken.empty(); --n) {
      broken[any(16) % broken.size()] = static_cast<char>(any(8));
    }
    const std::vector<char> exact(broken.begin(), broken.end());  // the sanitizer sees its end
    const std::string_view view{exact.data(), exact.size()};

    std::ignore = decode_depth(view, depth);
    std::ignore = decode_spot(view, spot);
    std::ignore = decode_envelope(view);
  }
}

}  // namespace
}  // namespace depthwire::ctrader
