// Arbitrary bytes from a broker: cut into frames, taken by the session, and by the feed that makes
// records of them. What protobuf writes, our own decoders read.
#include "common/ctrader/errors.hpp"
#include "common/ctrader/frame.hpp"
#include "common/ctrader/receive_clock.hpp"
#include "common/ctrader/session.hpp"
#include "proto/bus/envelope.pb.h"
#include "proto/ctrader/messages.pb.h"
#include "services/historical/core/tick_decoder.hpp"
#include "services/streaming/core/feed.hpp"
#include "tests/fuzz/fuzz.hpp"

#include <google/protobuf/stubs/logging.h>

#include <algorithm>
#include <cstring>
#include <optional>
#include <string>

namespace {

using namespace depthwire;

/// What the feed writes has to be an envelope.
class Records final : public streaming::RecordSink {
 public:
  journal::TopicId topic(std::string_view, std::string_view) override { return {}; }
  void append(journal::TopicId, int type, std::string_view bytes, std::uint16_t) override {
    bus::Envelope envelope;
    fuzz::require(envelope.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())),
                  "a record is an envelope");
    fuzz::require(static_cast<int>(envelope.payload_case()) == type,
                  "a record has the payload that it names");
  }
};

/// `payload` as protobuf would write what it reads there: of nonsense it takes more than we do.
template <class Message>
std::optional<std::string> rewritten(std::string_view payload) {
  Message message;
  if (!message.ParseFromArray(payload.data(), static_cast<int>(payload.size()))) {
    return std::nullopt;
  }
  return message.SerializeAsString();
}

void check_decoders(std::string_view payload) {
  if (const auto bytes = rewritten<ctrader::ProtoOASpotEvent>(payload)) {
    ctrader::SpotEvent spot;
    const auto read = ctrader::decode_spot(*bytes, spot);
    fuzz::require(read || read.error() != ctrader::DecodeError::malformed, "a spot is read");
  }
  if (const auto bytes = rewritten<ctrader::ProtoOADepthEvent>(payload)) {
    ctrader::DepthEvent depth;
    const auto read = ctrader::decode_depth(*bytes, depth);
    fuzz::require(read || read.error() != ctrader::DecodeError::malformed, "a depth is read");
  }
}

class Broker {
 public:
  Broker() {
    const ctrader::TimePoint now;
    (void)session_.start(now);
    (void)session_.opened(now);
    feed_.add(1, "EURUSD");
    feed_.add(2, "GBPUSD");
  }

  void take(std::string_view frame) {
    const auto envelope = ctrader::decode_envelope(frame);
    if (!envelope) return;
    bool consumed = false;
    (void)session_.message({}, *envelope, consumed);
    if (ctrader::is_error(envelope->payload_type)) {
      (void)ctrader::classify(ctrader::decode_error(*envelope).code);
    }
    const auto payload = envelope->payload;
    check_decoders(payload);
    // Whatever the type says: else most inputs would end here.
    feed_.spot(payload);
    feed_.depth(payload);
    ctrader::ProtoOAGetTickDataRes ticks;
    if (ticks.ParseFromArray(payload.data(), static_cast<int>(payload.size()))) {
      (void)historical::decode_ticks(ticks);
    }
  }

  void end() {
    feed_.keyframes();
    feed_.restate();
    for (const auto& symbol : feed_.due_resubscriptions()) {
      feed_.close(symbol.id);
      feed_.reopen(symbol.id);
    }
  }

 private:
  Records records_;
  ctrader::ReceiveClock clock_ = ctrader::ReceiveClock::simulated(0);
  streaming::Feed feed_{records_, clock_};
  ctrader::Session session_{"fuzz", {}, [] { return 0.5; }, [] { return std::int64_t{0}; }};
};

}  // namespace

extern "C" int LLVMFuzzerInitialize(int*, char***) {
  google::protobuf::SetLogHandler(nullptr);
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  // The first byte says how many bytes come at a time.
  const std::size_t piece = 1 + data[0];
  auto rest = fuzz::text(data, size).substr(1);
  Broker broker;
  ctrader::FrameSplitter splitter(1 << 16);
  while (!rest.empty()) {
    const auto bytes = rest.substr(0, piece);
    rest.remove_prefix(bytes.size());
    const auto into = splitter.prepare(bytes.size());
    fuzz::require(into.size() >= bytes.size(), "there is room to read into");
    std::memcpy(into.data(), bytes.data(), bytes.size());
    splitter.commit(bytes.size());
    while (true) {
      const auto frame = splitter.next();
      if (!frame) return 0;  // the connection is of no further use
      if (!*frame) break;
      broker.take(**frame);
    }
  }
  broker.end();
  return 0;
}

/// Gives the frames lengths that cover the input: else most of them would be oversize.
extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size,
                                               std::size_t max_size, unsigned seed) {
  const auto mutated = LLVMFuzzerMutate(data, size, max_size);
  if (seed % 8 == 0) return mutated;
  for (std::size_t at = 1; at + 4 < mutated;) {
    const std::size_t left = mutated - at - 4;
    const std::size_t length = std::clamp<std::size_t>(data[at + 3], 1, left);
    data[at] = data[at + 1] = data[at + 2] = 0;
    data[at + 3] = static_cast<std::uint8_t>(length);
    at += 4 + length;
  }
  return mutated;
}
