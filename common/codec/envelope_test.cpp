#include "common/codec/envelope.hpp"

#include "proto/bus/envelope.pb.h"

#include <gtest/gtest.h>

#include <random>

namespace depthwire::codec {
namespace {

class Random {
 public:
  std::uint64_t below(std::uint64_t bound) { return engine_() % bound; }
  // Mostly small numbers, sometimes every bit.
  std::uint64_t varied() { return engine_() >> below(64); }

 private:
  std::mt19937_64 engine_{99};
};

market::DepthUpdate random_update(Random& random) {
  market::DepthUpdate update;
  update.kind = static_cast<market::DepthKind>(random.below(3));
  for (auto i = random.below(5); i > 0; --i) update.removed.push_back(random.varied());
  for (auto i = random.below(5); i > 0; --i) {
    update.added.push_back({random.varied(),
                            random.below(2) == 0 ? market::Side::bid : market::Side::ask,
                            market::Price{static_cast<std::int64_t>(random.varied())},
                            market::Size{static_cast<std::int64_t>(random.varied() >> 1)}});
  }
  return update;
}

bus::Envelope generated(const EnvelopeHead& head) {
  bus::Envelope envelope;
  envelope.set_provider(std::string(head.provider));
  envelope.set_symbol(std::string(head.symbol));
  envelope.set_receive_time_ns(head.receive_time_ns);
  envelope.set_event_time_ns(head.event_time_ns);
  return envelope;
}

bus::Envelope generated(const EnvelopeHead& head, const market::DepthUpdate& update) {
  auto envelope = generated(head);
  auto& depth = *envelope.mutable_depth();
  depth.set_kind(static_cast<bus::Depth::Kind>(update.kind));
  for (const auto id : update.removed) depth.add_removed(id);
  for (const auto& quote : update.added) {
    auto& added = *depth.add_added();
    added.set_id(quote.id);
    added.set_side(quote.side == market::Side::bid ? bus::bid : bus::ask);
    added.set_price_points(quote.price.points);
    added.set_size_cents(static_cast<std::uint64_t>(quote.size.cents));
  }
  return envelope;
}

TEST(Codec, DepthBytesAreThoseOfTheGeneratedClassesAndComeBack) {
  Random random;
  std::string bytes;
  market::DepthUpdate decoded;
  for (int i = 0; i < 5'000; ++i) {
    const auto update = random_update(random);
    const EnvelopeHead head{"ctrader", "EURUSD", static_cast<std::int64_t>(random.varied()),
                            static_cast<std::int64_t>(random.varied())};

    encode_depth(head, update, bytes);

    ASSERT_EQ(bytes, generated(head, update).SerializeAsString());
    const auto read = decode_depth(bytes, decoded);
    ASSERT_TRUE(read);
    ASSERT_EQ(decoded, update);
    ASSERT_EQ(read->symbol, head.symbol);
    ASSERT_EQ(read->receive_time_ns, head.receive_time_ns);
    ASSERT_EQ(read->event_time_ns, head.event_time_ns);
  }
}

TEST(Codec, SpotBytesAreThoseOfTheGeneratedClassesAndComeBack) {
  Random random;
  std::string bytes;
  market::Spot decoded;
  for (int i = 0; i < 5'000; ++i) {
    market::Spot spot;
    if (random.below(2) == 0) spot.bid = market::Price{static_cast<std::int64_t>(random.varied())};
    if (random.below(2) == 0) spot.ask = market::Price{static_cast<std::int64_t>(random.varied())};
    if (random.below(9) == 0) spot.session_close = market::Price{114'812};
    const EnvelopeHead head{"ctrader", "XAUUSD", 1, static_cast<std::int64_t>(random.varied())};
    auto expected = generated(head);
    auto& message = *expected.mutable_spot();
    if (spot.bid) message.set_bid_points(spot.bid->points);
    if (spot.ask) message.set_ask_points(spot.ask->points);
    if (spot.session_close) message.set_session_close_points(spot.session_close->points);

    encode_spot(head, spot, bytes);

    ASSERT_EQ(bytes, expected.SerializeAsString());
    ASSERT_TRUE(decode_spot(bytes, decoded));
    ASSERT_EQ(decoded, spot);
  }
}

TEST(Codec, AnUnknownFieldIsPassedOverAndACauseIsNoDepth) {
  market::DepthUpdate update;
  update.removed = {1, 2};
  auto envelope = generated({"p", "S", 1, 2}, update);
  envelope.mutable_cause()->set_source("sim.streaming");
  market::DepthUpdate decoded;

  ASSERT_TRUE(decode_depth(envelope.SerializeAsString(), decoded));
  EXPECT_EQ(decoded, update);
}

TEST(Codec, AnotherPayloadIsSaidToBeOne) {
  std::string bytes;
  encode_spot({"p", "S", 1, 2}, {}, bytes);
  market::DepthUpdate decoded;

  EXPECT_EQ(decode_depth(bytes, decoded).error(), DecodeError::wrong_payload);
}

TEST(Codec, DamagedBytesAreRefusedOrReadButNeverBeyondTheirEnd) {
  Random random;
  std::string bytes;
  market::DepthUpdate decoded;
  market::Spot spot;
  for (int i = 0; i < 20'000; ++i) {
    encode_depth({"ctrader", "EURUSD", 5, 6}, random_update(random), bytes);
    if (random.below(2) == 0) bytes.resize(random.below(bytes.size() + 1));
    if (!bytes.empty()) bytes[random.below(bytes.size())] = static_cast<char>(random.varied());
    // The result does not matter; the sanitizers watch.
    (void)decode_depth(bytes, decoded);
    (void)decode_spot(bytes, spot);
  }
}

}  // namespace
}  // namespace depthwire::codec
