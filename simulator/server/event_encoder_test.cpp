#include "simulator/server/event_encoder.hpp"

#include "proto/ctrader/simulator.pb.h"
#include "simulator/server/test_client.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <random>

namespace depthwire::simulator {
namespace {

using market::Price;
using market::Quote;
using market::Side;
using market::Size;

// The generated classes as the reference: the same content, byte for byte.
std::string by_protobuf(std::uint32_t payload_type, const google::protobuf::MessageLite& message) {
  return frame_of(payload_type, message);
}

TEST(EventEncoder, WritesDepthAsTheGeneratedClassesDo) {
  std::mt19937_64 random(7);
  EventEncoder encoder(1'000'001);
  for (int round = 0; round < 2000; ++round) {
    ctrader::ProtoOADepthEvent event;
    event.set_ctidtraderaccountid(1'000'001);
    event.set_symbolid(1 + (random() % 300));
    std::vector<Quote> added;
    std::vector<market::QuoteId> removed;
    for (auto i = random() % 4; i > 0; --i) {
      const Quote quote{random() >> (random() % 64), random() % 2 == 0 ? Side::bid : Side::ask,
                        Price{static_cast<std::int64_t>(1 + (random() >> (1 + (random() % 60))))},
                        Size{static_cast<std::int64_t>(1 + (random() >> (1 + (random() % 60))))}};
      added.push_back(quote);
      auto& out = *event.add_newquotes();
      out.set_id(quote.id);
      out.set_size(static_cast<std::uint64_t>(quote.size.cents));
      const auto points = static_cast<std::uint64_t>(quote.price.points);
      quote.side == Side::bid ? out.set_bid(points) : out.set_ask(points);
    }
    for (auto i = random() % 40; i > 0; --i) {
      removed.push_back(random() >> (random() % 64));
      event.add_deletedquotes(removed.back());
    }
    event.SetExtension(ctrader::depth_simulator_time_ns, 1'767'596'400'000'000'000 + round);

    std::string frame;
    encoder.depth(frame, static_cast<std::int64_t>(event.symbolid()), added, removed,
                  1'767'596'400'000'000'000 + round);

    ASSERT_EQ(frame, by_protobuf(ctrader::PROTO_OA_DEPTH_EVENT, event)) << "round " << round;
  }
}

TEST(EventEncoder, WritesSpotsAsTheGeneratedClassesDo) {
  EventEncoder encoder(1'000'001);
  const std::vector<LiveBar> bars{
      {Period::m1, {29'460'000, Price{9}, Price{11}, Price{7}, Price{8}, 3}},
      {Period::mn1, {29'460'000, Price{7}, Price{7}, Price{7}, Price{7}, 1}}};
  ctrader::ProtoOASpotEvent event;
  event.set_ctidtraderaccountid(1'000'001);
  event.set_symbolid(279);
  event.set_bid(2'528'164'000);
  event.set_sessionclose(5);
  event.set_timestamp(1'789'757'100'309);
  auto& first = *event.add_trendbar();
  first.set_volume(3);
  first.set_period(ctrader::M1);
  first.set_low(7);
  first.set_deltaopen(2);
  first.set_deltahigh(4);
  first.set_utctimestampinminutes(29'460'000);
  auto& second = *event.add_trendbar();
  second.set_volume(1);
  second.set_period(ctrader::MN1);
  second.set_low(7);
  second.set_deltaopen(0);
  second.set_deltahigh(0);
  second.set_utctimestampinminutes(29'460'000);
  event.SetExtension(ctrader::spot_simulator_time_ns, 5);

  std::string frame;
  encoder.spot(frame,
               {.symbol_id = 279,
                .spot = {.bid = Price{2'528'164'000}, .session_close = Price{5}},
                .timestamp_ms = 1'789'757'100'309,
                .bars = bars},
               5);

  EXPECT_EQ(frame, by_protobuf(ctrader::PROTO_OA_SPOT_EVENT, event));
}

}  // namespace
}  // namespace depthwire::simulator
