#include "services/persister/core/analysis_rows.hpp"

#include <array>

namespace depthwire::persister {

namespace {

void write_inputs(RowWriter& row, const bus::InputRange& inputs) {
  row.text(inputs.source());
  row.count(inputs.epoch());
  row.count(inputs.from_offset());
  row.count(inputs.to_offset());
}

void write_optional(RowWriter& row, bool present, double value) {
  if (present) {
    row.real(value);
  } else {
    row.null();
  }
}

// Sixteen hexadecimal digits: a hash has no sign.
void write_hash(RowWriter& row, std::uint64_t hash) {
  std::array<char, 16> digits{};
  for (auto digit = digits.rbegin(); digit != digits.rend(); ++digit, hash >>= 4) {
    *digit = "0123456789abcdef"[hash & 15];
  }
  row.text({digits.data(), digits.size()});
}

}  // namespace

void write_signal(RowWriter& row, const RowHead& head, const bus::Signal& signal) {
  row.head(head, head.receive_time_ns);
  row.cause(head.cause);
  row.text(signal.signal());
  row.time(signal.t_ns());
  write_optional(row, signal.has_value(), signal.value());
  write_optional(row, signal.has_z(), signal.z());
  if (signal.direction() < -1 || signal.direction() > 1) row.fail(RowError::out_of_range);
  row.small(static_cast<std::int16_t>(signal.direction()));
  row.real(signal.strength());
  row.real(signal.confidence());
  row.name(bus::Basis_Name(signal.basis()));
  row.name(bus::Quality_Name(signal.quality()));
  row.count(signal.n());
  row.count(signal.window_ns());
  write_hash(row, signal.params_hash());
  row.text(signal.state());
  write_inputs(row, signal.inputs());
}

void write_sentiment(RowWriter& row, const RowHead& head, const bus::Sentiment& sentiment) {
  row.head(head, head.receive_time_ns);
  row.cause(head.cause);
  write_optional(row, sentiment.has_value(), sentiment.value());
  write_optional(row, sentiment.has_long_pct(), sentiment.long_pct());
  write_optional(row, sentiment.has_long_pct(), 100.0 - sentiment.long_pct());
  row.null();  // total_traders: a feed of quotes counts nobody
  row.text(sentiment.label());
  row.real(sentiment.confidence());
  row.name(bus::Quality_Name(sentiment.quality()));
  row.count(sentiment.window_ns());
  write_hash(row, sentiment.params_hash());
  write_inputs(row, sentiment.inputs());
}

void write_alert(RowWriter& row, const RowHead& head, const bus::Alert& alert) {
  row.head(head, head.receive_time_ns);
  row.cause(head.cause);
  row.text(alert.rule());
  row.text(alert.text());
  row.real(alert.value());
  write_inputs(row, alert.inputs());
}

}  // namespace depthwire::persister
