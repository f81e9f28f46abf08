#include "services/aggregator/core/generated_records.hpp"

#include "common/codec/envelope.hpp"

#include <array>
#include <random>
#include <string>

namespace depthwire::aggregator::testing {
namespace {

using bus::Envelope;
using market::DepthKind;
using market::DepthUpdate;
using market::Price;
using market::Quote;
using market::Side;
using market::Size;

constexpr std::int64_t ms = 1'000'000;

class Source {
 public:
  Source(std::uint32_t seed, tests::RecordMaker& maker) : random_(seed), maker_(maker) {}

  std::vector<journal::Record> generate(std::size_t count) {
    std::vector<journal::Record> records;
    records.reserve(count);
    for (const auto symbol : symbols) records.push_back(depth(symbol, {.kind = DepthKind::reset}));
    while (records.size() < count) {
      time_ns_ += below(40) * ms;
      records.push_back(next());
    }
    return records;
  }

 private:
  static constexpr std::array<std::string_view, 3> symbols{"EURUSD", "GBPUSD", "USDJPY"};

  std::int64_t below(std::int64_t limit) {
    return static_cast<std::int64_t>(random_() % static_cast<std::uint64_t>(limit));
  }

  journal::Record next() {
    const auto symbol = symbols[static_cast<std::size_t>(below(3))];
    const auto choice = below(1'000);
    if (choice < 600) return depth(symbol, change());
    if (choice < 900) return spot(symbol);
    if (choice < 960) {
      time_ns_ += below(3'000) * ms;
      Envelope clock;
      clock.mutable_clock();
      return control(clock);
    }
    if (choice < 970) return depth(symbol, {.kind = DepthKind::reset});
    if (choice < 990) return depth(symbol, {DepthKind::keyframe, {}, quotes()});
    if (choice < 995) return maker_.make_raw("\xff\xff", Envelope::kDepth, "sim.depth.EURUSD|");
    Envelope down;
    down.mutable_source_down();
    return control(down);
  }

  DepthUpdate change() {
    DepthUpdate update{.added = quotes()};
    if (below(2) == 0) update.removed.push_back(static_cast<market::QuoteId>(1 + below(40)));
    return update;
  }
  std::vector<Quote> quotes() {
    std::vector<Quote> made;
    for (auto left = 1 + below(3); left > 0; --left) {
      const bool bid = below(2) == 0;
      made.push_back({static_cast<market::QuoteId>(1 + below(40)), bid ? Side::bid : Side::ask,
                      Price{bid ? 1'000 - below(20) : 1'001 + below(20)}, Size{1 + below(50)}});
    }
    return made;
  }

  journal::Record depth(std::string_view symbol, const DepthUpdate& update) {
    codec::encode_depth({"ctrader", symbol, time_ns_, time_ns_ - below(5) * ms}, update, bytes_);
    return maker_.make_raw(bytes_, Envelope::kDepth, "sim.depth." + std::string(symbol) + "|");
  }
  journal::Record spot(std::string_view symbol) {
    market::Spot spot;
    if (below(3) > 0) spot.bid = Price{1'000 - below(5)};
    if (below(3) > 0 || !spot.bid) spot.ask = Price{1'001 + below(5)};
    if (below(100) == 0) spot.session_close = Price{1'000};
    codec::encode_spot({"ctrader", symbol, time_ns_, time_ns_ - below(1'500) * ms}, spot, bytes_);
    return maker_.make_raw(bytes_, Envelope::kSpot, "sim.spot." + std::string(symbol) + "|");
  }
  journal::Record control(Envelope& envelope) {
    envelope.set_receive_time_ns(time_ns_);
    return maker_.make(envelope, "sim.streaming._control|");
  }

  std::mt19937_64 random_;
  tests::RecordMaker& maker_;
  std::int64_t time_ns_ = 1'700'000'000'000 * ms;
  std::string bytes_;
};

}  // namespace

std::vector<journal::Record> generate_records(std::uint32_t seed, std::size_t count,
                                              tests::RecordMaker& maker) {
  return Source(seed, maker).generate(count);
}

}  // namespace depthwire::aggregator::testing
