#include "bench/streaming/frames.hpp"

#include "common/ctrader/frame.hpp"
#include "proto/ctrader/common.pb.h"
#include "proto/ctrader/messages.pb.h"
#include "proto/ctrader/simulator.pb.h"

#include <array>
#include <random>

namespace depthwire::bench {
namespace {

constexpr std::int64_t account = 1'000'001;
constexpr std::uint64_t middle = 116'000;
// A time of our days is a varint of nine bytes, the last ones of a frame.
constexpr std::int64_t any_time = 1'789'757'100'309'000'000;
constexpr std::size_t stamp_bytes = 9;
constexpr std::uint64_t quotes = 2 * bench_levels;

void add(Frames& frames, std::uint32_t type, const google::protobuf::MessageLite& payload) {
  ctrader::ProtoMessage message;
  message.set_payloadtype(type);
  message.set_payload(payload.SerializeAsString());
  ctrader::append_frame(frames.bytes, message.SerializeAsString());
  frames.ends.push_back(frames.bytes.size());
}

/// Four ladders whose quotes are replaced one by one.
class Market {
 public:
  explicit Market(bool stamped) : stamped_{stamped} {}

  ctrader::ProtoOADepthEvent whole_book(std::uint64_t symbol) {
    auto event = begin(symbol);
    for (std::uint64_t at = 0; at < quotes; ++at) replace(event, symbol, at);
    event.clear_deletedquotes();
    return event;
  }

  ctrader::ProtoOADepthEvent change(std::uint64_t symbol) {
    auto event = begin(symbol);
    const auto first = random_() % quotes;
    for (std::uint64_t i = 0; i < 1 + random_() % 3; ++i) {
      replace(event, symbol, (first + i) % quotes);
    }
    return event;
  }

 private:
  [[nodiscard]] ctrader::ProtoOADepthEvent begin(std::uint64_t symbol) const {
    ctrader::ProtoOADepthEvent event;
    event.set_ctidtraderaccountid(account);
    event.set_symbolid(symbol);
    if (stamped_) event.SetExtension(ctrader::depth_simulator_time_ns, any_time);
    return event;
  }
  void replace(ctrader::ProtoOADepthEvent& event, std::uint64_t symbol, std::uint64_t at) {
    auto& id = ids_[symbol - 1][at];
    event.add_deletedquotes(id);
    id = ++last_id_;
    auto* quote = event.add_newquotes();
    quote->set_id(id);
    quote->set_size(100'000 * (1 + random_() % 50));
    const auto level = at / 2;
    if (at % 2 == 0) {
      quote->set_bid(middle - level);
    } else {
      quote->set_ask(middle + 1 + level);
    }
  }

  bool stamped_;
  std::mt19937 random_{42};
  std::array<std::array<std::uint64_t, quotes>, bench_symbols> ids_{};
  std::uint64_t last_id_ = 1'142'291'000;
};

}  // namespace

Frames depth_frames(std::size_t count, bool stamped) {
  Frames frames;
  Market market(stamped);
  for (std::uint64_t symbol = 1; symbol <= bench_symbols; ++symbol) {
    add(frames, ctrader::PROTO_OA_DEPTH_EVENT, market.whole_book(symbol));
  }
  for (std::uint64_t i = frames.count(); i < count; ++i) {
    add(frames, ctrader::PROTO_OA_DEPTH_EVENT, market.change(1 + i % bench_symbols));
  }
  return frames;
}

Frames spot_frames(std::size_t count) {
  Frames frames;
  std::mt19937 random{42};
  for (std::uint64_t i = 0; i < count; ++i) {
    ctrader::ProtoOASpotEvent event;
    event.set_ctidtraderaccountid(account);
    event.set_symbolid(static_cast<std::int64_t>(1 + i % bench_symbols));
    const auto sides = random() % 3;
    if (sides != 1) event.set_bid(middle - random() % 5);
    if (sides != 2) event.set_ask(middle + 1 + random() % 5);
    event.set_timestamp(static_cast<std::int64_t>(1'789'757'100'309 + i));
    add(frames, ctrader::PROTO_OA_SPOT_EVENT, event);
  }
  return frames;
}

void stamp(std::string& bytes, std::size_t end, std::int64_t time_ns) {
  auto rest = static_cast<std::uint64_t>(time_ns);
  for (std::size_t i = 0; i < stamp_bytes; ++i, rest >>= 7U) {
    const bool last = i + 1 == stamp_bytes;
    bytes[end - stamp_bytes + i] = static_cast<char>((rest & 0x7FU) | (last ? 0U : 0x80U));
  }
}

}  // namespace depthwire::bench
