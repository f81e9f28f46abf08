#include "services/analyzer/core/testing/generated_records.hpp"

#include "common/codec/envelope.hpp"

#include <algorithm>
#include <random>

namespace depthwire::analyzer::testing {
namespace {

using depthwire::bus::Envelope;

class Encoder {
 public:
  explicit Encoder(tests::RecordMaker& maker) : maker_(maker) {}

  journal::Record operator()(const LogRecord& record) {
    return std::visit([&](const auto& value) { return encode(record, value); }, record.value);
  }

 private:
  journal::Record encode(const LogRecord& record, const market::Spot& spot) {
    codec::encode_spot({"ctrader", record.symbol, record.t, record.t}, spot, bytes_);
    return maker_.make_raw(bytes_, Envelope::kSpot);
  }
  journal::Record encode(const LogRecord& record, const market::DepthUpdate& update) {
    codec::encode_depth({"ctrader", record.symbol, record.t, record.t}, update, bytes_);
    return maker_.make_raw(bytes_, Envelope::kDepth);
  }
  journal::Record encode(const LogRecord& record, const BarUpdate& bar) {
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
    return maker_.make(envelope);
  }
  journal::Record encode(const LogRecord& record, const SymbolFacts& facts) {
    Envelope envelope = envelope_of(record);
    envelope.mutable_symbol_info()->set_digits(static_cast<std::uint32_t>(facts.digits));
    envelope.mutable_symbol_info()->set_pip_position(facts.pip_position);
    return maker_.make(envelope);
  }
  journal::Record encode(const LogRecord& record, const SourceLost&) {
    Envelope envelope = envelope_of(record);
    envelope.mutable_source_down();
    return maker_.make(envelope);
  }
  journal::Record encode(const LogRecord& record, const TimeOnly&) {
    Envelope envelope = envelope_of(record);
    envelope.mutable_clock();
    return maker_.make(envelope);
  }
  static Envelope envelope_of(const LogRecord& record) {
    Envelope envelope;
    envelope.set_provider("ctrader");
    envelope.set_symbol(record.symbol);
    envelope.set_receive_time_ns(record.t);
    return envelope;
  }

  tests::RecordMaker& maker_;
  std::string bytes_;
};

}  // namespace

std::vector<journal::Record> to_records(const Log& log, tests::RecordMaker& maker) {
  Encoder encode(maker);
  std::vector<journal::Record> records;
  records.reserve(log.size());
  for (const LogRecord& record : log) records.push_back(encode(record));
  return records;
}

Log generate_market(std::uint32_t seed, std::int64_t seconds) {
  std::mt19937 random(seed);
  Log log;
  for (const auto* symbol : {"EURUSD", "GBPUSD", "USDJPY"}) {
    const Log one = generate_log(symbol, static_cast<std::uint32_t>(random()), seconds,
                                 plan_of_all(seconds, 60 * ns_per_second, 25 * ns_per_second));
    log.insert(log.end(), one.begin(), one.end());
  }
  std::stable_sort(log.begin(), log.end(),
                   [](const LogRecord& a, const LogRecord& b) { return a.t < b.t; });
  // What follows a lost source begins with a keyframe: any will do.
  const auto lost = static_cast<std::ptrdiff_t>(log.size() / 4 + random() % (log.size() / 2));
  const Ns t = log[static_cast<std::size_t>(lost)].t;
  const market::DepthUpdate keyframe{
      .kind = market::DepthKind::keyframe,
      .added = {{9'000'001, market::Side::bid, market::Price{109'900}, market::Size{5'000}},
                {9'000'002, market::Side::ask, market::Price{110'100}, market::Size{7'000}}}};
  const Log again = {{t, "", SourceLost{}}, {t, "EURUSD", keyframe}, {t, "USDJPY", keyframe}};
  log.insert(log.begin() + lost, again.begin(), again.end());
  for (int i = 0; i < 20; ++i) {
    const auto at = static_cast<std::ptrdiff_t>(random() % log.size());
    log.insert(log.begin() + at, LogRecord{log[static_cast<std::size_t>(at)].t, "", TimeOnly{}});
  }
  return log;
}

}  // namespace depthwire::analyzer::testing
