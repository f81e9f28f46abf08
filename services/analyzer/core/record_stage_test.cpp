#include "services/analyzer/core/record_stage.hpp"

#include "common/codec/envelope.hpp"
#include "services/analyzer/core/generated_log.hpp"

#include <gtest/gtest.h>

#include <set>
#include <stdexcept>

namespace depthwire::analyzer {
namespace {

using depthwire::bus::Envelope;

/// Steps records by hand and keeps what is published.
class Bench final : public bus::StepOutputs {
 public:
  struct Published {
    std::string kind;
    std::string symbol;
    int type = 0;
    std::string envelope;
    bool operator==(const Published&) const = default;
  };

  void step(int type, std::string_view payload) {
    journal::Record record;
    record.header.payload_type = static_cast<std::uint16_t>(type);
    record.header.position = {7, ++offset_};
    record.payload = payload;
    stage_.step(record, *this);
  }
  void publish(std::string_view kind, std::string_view symbol, int type,
               std::string_view envelope) override {
    published.push_back({std::string(kind), std::string(symbol), type, std::string(envelope)});
  }
  void run(const testing::Log& log) {
    for (const testing::LogRecord& record : log)
      std::visit([&](const auto& v) { put(record, v); }, record.value);
  }

  std::vector<Published> published;

 private:
  void put(const testing::LogRecord& record, const market::Spot& spot) {
    codec::encode_spot({"ctrader", record.symbol, record.t, record.t}, spot, bytes_);
    step(Envelope::kSpot, bytes_);
  }
  void put(const testing::LogRecord& record, const market::DepthUpdate& update) {
    codec::encode_depth({"ctrader", record.symbol, record.t, record.t}, update, bytes_);
    step(Envelope::kDepth, bytes_);
  }
  void put(const testing::LogRecord& record, const BarUpdate& bar) {
    Envelope envelope = envelope_of(record);
    auto& to = *envelope.mutable_bar();
    to.set_period(bus::m1);
    to.set_open_time_ns(bar.open_time);
    to.mutable_bid()->set_open(bar.values.open);
    to.mutable_bid()->set_high(bar.values.high);
    to.mutable_bid()->set_low(bar.values.low);
    to.mutable_bid()->set_close(bar.values.close);
    to.set_tick_count(bar.values.tick_count);
    to.set_closed(bar.closed);
    step(Envelope::kBar, envelope.SerializeAsString());
  }
  void put(const testing::LogRecord& record, const SymbolFacts& facts) {
    Envelope envelope = envelope_of(record);
    envelope.mutable_symbol_info()->set_digits(static_cast<std::uint32_t>(facts.digits));
    envelope.mutable_symbol_info()->set_pip_position(facts.pip_position);
    step(Envelope::kSymbolInfo, envelope.SerializeAsString());
  }
  void put(const testing::LogRecord& record, const SourceLost&) {
    Envelope envelope = envelope_of(record);
    envelope.mutable_source_down();
    step(Envelope::kSourceDown, envelope.SerializeAsString());
  }
  void put(const testing::LogRecord& record, const TimeOnly&) {
    Envelope envelope = envelope_of(record);
    envelope.mutable_clock();
    step(Envelope::kClock, envelope.SerializeAsString());
  }
  static Envelope envelope_of(const testing::LogRecord& record) {
    Envelope envelope;
    envelope.set_provider("ctrader");
    envelope.set_symbol(record.symbol);
    envelope.set_receive_time_ns(record.t);
    return envelope;
  }

  RecordStage stage_{Params{}, "sim.streaming"};
  std::uint64_t offset_ = 0;
  std::string bytes_;
};

TEST(RecordStage, TheSameRecordsGiveTheSameBytes) {
  const auto log = testing::generate_log("EURUSD", 21, 300);
  Bench one;
  Bench two;

  one.run(log);
  two.run(log);

  EXPECT_GT(one.published.size(), 1'000U);
  EXPECT_EQ(one.published, two.published);
}

TEST(RecordStage, PublishesTheWholeEnvelope) {
  Bench bench;

  bench.run(testing::generate_log("EURUSD", 22, 400));

  std::set<std::string> kinds;
  for (const auto& published : bench.published) {
    Envelope envelope;
    ASSERT_TRUE(envelope.ParseFromString(published.envelope));
    EXPECT_EQ(envelope.provider(), "ctrader");
    EXPECT_EQ(envelope.symbol(), "EURUSD");
    EXPECT_EQ(static_cast<int>(envelope.payload_case()), published.type);
    kinds.insert(published.kind);
    if (!envelope.has_signal()) continue;
    const bus::Signal& signal = envelope.signal();
    EXPECT_EQ(signal.inputs().source(), "sim.streaming");
    EXPECT_EQ(signal.inputs().epoch(), 7U);
    EXPECT_NE(signal.params_hash(), 0U);
    EXPECT_NE(signal.window_ns(), 0U);
    EXPECT_GE(signal.confidence(), 0.0);
    EXPECT_LE(signal.confidence(), 1.0);
  }
  EXPECT_EQ(kinds, (std::set<std::string>{"flow", "sentiment", "signal"}));
}

TEST(RecordStage, RefusesWhatItCannotReadAndGoesOn) {
  Bench bench;
  bench.run(testing::generate_log("EURUSD", 23, 60));
  const auto before = bench.published.size();
  std::string bad_size;
  codec::encode_depth({"ctrader", "EURUSD", 1, 1},
                      {.added = {{1, market::Side::bid, market::Price{5}, market::Size{0}}}},
                      bad_size);

  EXPECT_THROW(bench.step(Envelope::kDepth, "\xff\xff"), std::runtime_error);
  EXPECT_THROW(bench.step(Envelope::kSpot, "\xff\xff"), std::runtime_error);
  EXPECT_THROW(bench.step(Envelope::kClock, "\xff\xff"), std::runtime_error);
  EXPECT_THROW(bench.step(Envelope::kDepth, bad_size), std::runtime_error);

  EXPECT_EQ(bench.published.size(), before);
}

TEST(RecordStage, PassesOverWhatIsNotItsBusiness) {
  Bench bench;

  bench.step(Envelope::kConnection, "anything");
  bench.step(Envelope::kEpochEnd, "");

  EXPECT_TRUE(bench.published.empty());
}

}  // namespace
}  // namespace depthwire::analyzer
