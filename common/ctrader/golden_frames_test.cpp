// The golden frames of the protocol sheet: known bytes of every kind that we read, made with a
// codec of the official schema.
#include "common/ctrader/decode.hpp"
#include "common/ctrader/frame.hpp"
#include "proto/ctrader/common.pb.h"
#include "proto/ctrader/messages.pb.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace depthwire::ctrader {
namespace {

using market::Price;
using market::Quote;
using market::Side;
using market::Size;
using ::testing::ElementsAre;

std::string from_hex(std::string_view hex) {
  std::string bytes;
  for (std::size_t i = 0; i < hex.size(); i += 2) {
    bytes += static_cast<char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16));
  }
  return bytes;
}

/// The one frame in `hex`, cut by the splitter.
std::string only_frame(std::string_view hex) {
  const auto bytes = from_hex(hex);
  FrameSplitter splitter;
  std::copy(bytes.begin(), bytes.end(), splitter.prepare(bytes.size()).begin());
  splitter.commit(bytes.size());
  const auto frame = splitter.next();
  EXPECT_TRUE(frame && *frame);
  EXPECT_EQ(splitter.buffered(), 0U);
  return frame && *frame ? std::string(**frame) : std::string();
}

std::string framed(std::uint32_t type, const google::protobuf::Message& payload,
                   const std::string& id) {
  ProtoMessage message;
  message.set_payloadtype(type);
  message.set_payload(payload.SerializeAsString());
  message.set_clientmsgid(id);
  std::string bytes;
  append_frame(bytes, message.SerializeAsString());
  return bytes;
}

TEST(GoldenFrame, Heartbeat) {
  const auto frame = only_frame("000000020833");

  const auto envelope = decode_envelope(frame);

  ASSERT_TRUE(envelope);
  EXPECT_EQ(envelope->payload_type, 51U);
  EXPECT_EQ(envelope->payload, "");
  EXPECT_EQ(envelope->client_msg_id, "");
}

TEST(GoldenFrame, ApplicationAuthRequest) {
  ProtoOAApplicationAuthReq request;
  request.set_clientid("id");
  request.set_clientsecret("s3");

  EXPECT_EQ(framed(2100, request, "c1"), from_hex("0000001108b4101208120269641a0273331a026331"));
}

TEST(GoldenFrame, AnEmptyPayloadAndAnAbsentOneAreTheSame) {
  for (const auto* hex : {"0000000908b51012001a026331", "0000000708b5101a026331"}) {
    const auto frame = only_frame(hex);

    const auto envelope = decode_envelope(frame);

    ASSERT_TRUE(envelope);
    EXPECT_EQ(envelope->payload_type, 2101U);
    EXPECT_EQ(envelope->payload, "");
    EXPECT_EQ(envelope->client_msg_id, "c1");
  }
}

TEST(GoldenFrame, SubscribeSpotsRequest) {
  ProtoOASubscribeSpotsReq request;
  request.set_ctidtraderaccountid(1'000'001);
  request.add_symbolid(1);
  request.add_symbolid(279);
  request.set_subscribetospottimestamp(true);

  EXPECT_EQ(framed(2127, request, "c2"),
            from_hex("0000001408cf10120b10c1843d180118970220011a026332"));
}

TEST(GoldenFrame, SpotEventWithANewBar) {
  const auto frame = only_frame(
      "0000002908d310122410c1843d180120fc800732111801200128fc80073000400048a5d19c0e4095a2d8ae8b34");
  const auto envelope = decode_envelope(frame);
  ASSERT_TRUE(envelope);
  ASSERT_EQ(envelope->payload_type, 2131U);
  SpotEvent event;

  ASSERT_TRUE(decode_spot(envelope->payload, event));

  EXPECT_EQ(event.symbol_id, 1);
  EXPECT_EQ(event.spot, (market::Spot{.bid = Price{114'812}}));
  EXPECT_EQ(event.timestamp_ms, 1'789'757'100'309);
  ASSERT_EQ(event.bars.size(), 1U);
  const Price all{114'812};
  EXPECT_EQ(event.bars[0], (LiveBar{1, 29'829'285, all, all, all, std::nullopt, 1}));
}

TEST(GoldenFrame, DepthEvent) {
  const auto frame = only_frame(
      "0000003708eb10123210c1843d1801220e08dbf9d7a00418a08d0620cf8b07220e08dcf9d7a00418e0c65b28d18b"
      "072a0ab8f4d7a004b9f4d7a004");
  const auto envelope = decode_envelope(frame);
  ASSERT_TRUE(envelope);
  ASSERT_EQ(envelope->payload_type, 2155U);
  DepthEvent event;

  ASSERT_TRUE(decode_depth(envelope->payload, event));

  EXPECT_EQ(event.symbol_id, 1);
  EXPECT_THAT(event.update.added,
              ElementsAre(Quote{1'142'291'675, Side::bid, Price{116'175}, Size{100'000}},
                          Quote{1'142'291'676, Side::ask, Price{116'177}, Size{1'500'000}}));
  EXPECT_THAT(event.update.removed, ElementsAre(1'142'291'000, 1'142'291'001));
}

TEST(GoldenFrame, TicksAreSignedDifferencesToTheElementBefore) {
  const auto frame = only_frame(
      "0000004308e210123a10c1843d1a0b0895a2d8ae8b3410fc80071a1608d8fdffffffffffffff0110ffffffffffff"
      "ffffff011a0d08cdf4ffffffffffffff01100220001a026333");
  const auto envelope = decode_envelope(frame);
  ASSERT_TRUE(envelope);
  ASSERT_EQ(envelope->payload_type, 2146U);
  ProtoOAGetTickDataRes ticks;

  ASSERT_TRUE(
      ticks.ParseFromArray(envelope->payload.data(), static_cast<int>(envelope->payload.size())));

  ASSERT_EQ(ticks.tickdata_size(), 3);
  EXPECT_EQ(ticks.tickdata(0).timestamp(), 1'789'757'100'309);
  EXPECT_EQ(ticks.tickdata(0).tick(), 114'812);
  EXPECT_EQ(ticks.tickdata(1).timestamp(), -296);
  EXPECT_EQ(ticks.tickdata(1).tick(), -1);
  EXPECT_EQ(ticks.tickdata(2).timestamp(), -1459);
  EXPECT_EQ(ticks.tickdata(2).tick(), 2);
  EXPECT_FALSE(ticks.hasmore());
}

TEST(GoldenFrame, ErrorWithRetryAfter) {
  const auto frame = only_frame(
      "0000003008de10122710c1843d1a14424c4f434b45445f5041594c4f41445f545950452209736c6f7720646f776e"
      "30031a026334");
  const auto envelope = decode_envelope(frame);
  ASSERT_TRUE(envelope);
  ASSERT_EQ(envelope->payload_type, 2142U);
  ProtoOAErrorRes error;

  ASSERT_TRUE(
      error.ParseFromArray(envelope->payload.data(), static_cast<int>(envelope->payload.size())));

  EXPECT_EQ(error.errorcode(), "BLOCKED_PAYLOAD_TYPE");
  EXPECT_EQ(error.description(), "slow down");
  EXPECT_EQ(error.retryafter(), 3U);
}

}  // namespace
}  // namespace depthwire::ctrader
