#include "services/analyzer/core/engine/analyzer_stage.hpp"

#include "services/analyzer/core/engine/catalogue.hpp"
#include "services/analyzer/core/testing/generated_log.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <stdexcept>

namespace depthwire::analyzer {
namespace {

using market::DepthKind;
using market::DepthUpdate;
using market::Price;
using market::Side;
using market::Size;
using testing::Log;
using testing::LogRecord;

constexpr std::int64_t half_an_hour = 1'800;

std::vector<Output> outputs_of(const Log& log) {
  AnalyzerStage stage;
  std::vector<Output> outputs = testing::run(stage, log);
  for (Output& output : outputs) output.symbol = "X";  // the stage's own text ends here
  return outputs;
}

std::string_view name_of(const Output& output) {
  if (const auto* signal = std::get_if<Signal>(&output.value)) return signal->signal;
  if (const auto* flow = std::get_if<Flow>(&output.value)) return flow->flavour;
  if (std::holds_alternative<RegimeState>(output.value)) return "regime";
  if (std::holds_alternative<CorrelationMatrix>(output.value)) return "correlation";
  return "sentiment";
}

/// A market that also does what it seldom does by itself.
Log eventful_log(std::uint32_t seed) {
  return testing::generate_log(
      "EURUSD", seed, half_an_hour,
      testing::plan_of_all(half_an_hour, 300 * ns_per_second, 75 * ns_per_second),
      testing::very_calm);
}

/// Applies `change` to every record's value.
template <class Change>
Log changed(Log log, Change change) {
  for (LogRecord& record : log) change(record);
  return log;
}

/// What is known of a name.
const SignalInfo& info_of(std::string_view name) {
  static const auto all = signal_catalogue();
  const auto found =
      std::find_if(all.begin(), all.end(), [&](const auto& info) { return info.name == name; });
  if (found == all.end()) throw std::logic_error(std::string(name) + " is not in the catalogue");
  return *found;
}

/// What an output of a market whose prices were reflected about `about` half points says of the
/// market itself.
void mirror(Output& output, std::int64_t about) {
  if (auto* signal = std::get_if<Signal>(&output.value)) {
    const SignalInfo& info = info_of(signal->signal);
    signal->direction = -signal->direction;
    if (info.mirror == Mirror::becomes) signal->signal = info.mirror_name;
    if (info.mirror != Mirror::flips) return;
    if (signal->value) *signal->value = -*signal->value;
    if (signal->value && info.unit == Unit::price) *signal->value += static_cast<double>(about);
    if (signal->z) *signal->z = -*signal->z;
  } else if (auto* flow = std::get_if<Flow>(&output.value)) {
    std::swap(flow->buy, flow->sell);
    std::swap(flow->removed_bid, flow->removed_ask);
  } else if (auto* regime = std::get_if<RegimeState>(&output.value)) {
    for (auto* text : {&regime->label, &regime->trend}) {
      *text = *text == "trend_up" ? "trend_down" : *text == "trend_down" ? "trend_up" : *text;
    }
  } else if (auto* sentiment = std::get_if<Sentiment>(&output.value)) {
    if (sentiment->value) *sentiment->value = -*sentiment->value;
    if (sentiment->long_pct) *sentiment->long_pct = 100 - *sentiment->long_pct;
    if (sentiment->label == "bullish") {
      sentiment->label = "bearish";
    } else if (sentiment->label == "bearish") {
      sentiment->label = "bullish";
    }
  }
}

/// Outputs of one instant have no order that a mirror would keep.
void sort_instants(std::vector<Output>& outputs) {
  const auto key = [](const Output& output) {
    const auto* signal = std::get_if<Signal>(&output.value);
    const auto* flow = std::get_if<Flow>(&output.value);
    return std::tuple(output.receive_time, name_of(output), signal ? signal->direction : 0,
                      flow ? flow->removed_bid > 0 : false, flow ? flow->t : 0);
  };
  std::stable_sort(outputs.begin(), outputs.end(),
                   [&](const Output& a, const Output& b) { return key(a) < key(b); });
}

void expect_close(const std::optional<double>& a, const std::optional<double>& b, double relative,
                  const std::string& what) {
  ASSERT_EQ(a.has_value(), b.has_value()) << what;
  if (!a) return;
  ASSERT_NEAR(*a, *b, relative * std::max(1.0, std::abs(*a))) << what;
}

void expect_same(const std::vector<Output>& a, const std::vector<Output>& b, double relative) {
  ASSERT_EQ(a.size(), b.size());
  for (std::size_t i = 0; i < a.size(); ++i) {
    const std::string what = std::string(name_of(a[i])) + " at " + std::to_string(i);
    ASSERT_EQ(a[i].receive_time, b[i].receive_time) << what;
    ASSERT_EQ(name_of(a[i]), name_of(b[i])) << what;
    if (const auto* x = std::get_if<Signal>(&a[i].value)) {
      const auto& y = std::get<Signal>(b[i].value);
      // Log returns are not those of a shifted or reflected price; a price itself is exact.
      const Unit unit = info_of(x->signal).unit;
      const bool returns = unit == Unit::basis_points && relative > 1e-9;
      expect_close(x->value, y.value,
                   returns               ? 0.05
                   : unit == Unit::price ? 1e-12
                                         : relative,
                   what);
      expect_close(x->z, y.z, relative, what);
      ASSERT_EQ(x->direction, y.direction) << what;
      ASSERT_EQ(x->state, y.state) << what;
      ASSERT_EQ(x->quality, y.quality) << what;
      ASSERT_NEAR(x->strength, y.strength, relative) << what;
      ASSERT_NEAR(x->confidence, y.confidence, 1e-9) << what;
      ASSERT_EQ(x->inputs, y.inputs) << what;
    } else if (const auto* f = std::get_if<Flow>(&a[i].value)) {
      const auto& y = std::get<Flow>(b[i].value);
      ASSERT_NEAR(f->buy, y.buy, 1e-9) << what;
      ASSERT_NEAR(f->sell, y.sell, 1e-9) << what;
      expect_close(f->pi, y.pi, 1e-9, what);
    } else if (const auto* r = std::get_if<RegimeState>(&a[i].value)) {
      const auto& y = std::get<RegimeState>(b[i].value);
      ASSERT_EQ(r->label, y.label) << what;
      ASSERT_EQ(r->trend, y.trend) << what;
      ASSERT_EQ(r->n, y.n) << what;
      expect_close(r->efficiency_ratio, y.efficiency_ratio, 1e-9, what);
      expect_close(r->adx, y.adx, 1e-9, what);
      expect_close(r->hurst, y.hurst, 1e-9, what);
    } else {
      const auto& x2 = std::get<Sentiment>(a[i].value);
      const auto& y = std::get<Sentiment>(b[i].value);
      expect_close(x2.value, y.value, 1e-9, what);
      ASSERT_EQ(x2.label, y.label) << what;
    }
  }
}

TEST(AnalyzerStage, TheSameLogTwiceGivesTheSameOutputs) {
  const Log log = eventful_log(1);

  EXPECT_EQ(outputs_of(log), outputs_of(log));
}

TEST(AnalyzerStage, AGeneratedMarketMakesEverySeriesFlowsSentimentAndEvents) {
  const auto outputs = outputs_of(eventful_log(1));
  std::map<std::string_view, int> seen;
  for (const Output& output : outputs) ++seen[name_of(output)];

  // What needs an hour of bars, a day of them, or luck.
  const std::set<std::string_view> rare = {"bvc",        "VI_bvc",           "CVD_bvc",
                                           "VPIN",       "correlation",      "ABSORPTION",
                                           "EXHAUSTION", "DELTA_DIVERGENCE", "correlation"};
  for (const SignalInfo& info : signal_catalogue()) {
    const bool expected = !rare.contains(info.name) && !info.name.starts_with("COST_");
    EXPECT_TRUE(!expected || seen[info.name] > 0) << info.name;
  }
  for (const auto& [name, count] : seen) EXPECT_EQ(info_of(name).name, name) << "is known";
  // At most one value of a series a second, two estimates an event, three splits a bar.
  EXPECT_LE(seen["I_5"], half_an_hour);
  EXPECT_LE(seen["sentiment"], half_an_hour / 10);
}

TEST(AnalyzerStage, AMirroredMarketGivesMirroredSignals) {
  const Log log = eventful_log(2);
  auto plain = outputs_of(log);
  auto reflected = outputs_of(testing::mirrored(log, 220'000));
  for (Output& output : reflected) mirror(output, 220'000);
  sort_instants(plain);
  sort_instants(reflected);

  expect_same(plain, reflected, 1e-2);
}

TEST(AnalyzerStage, TenTimesTheSizesChangeNoRatioAndNoDirection) {
  const Log log = eventful_log(3);
  const Log tenfold = changed(log, [](LogRecord& record) {
    if (auto* update = std::get_if<DepthUpdate>(&record.value)) {
      for (market::Quote& quote : update->added) quote.size.cents *= 10;
    }
  });
  auto scaled = outputs_of(tenfold);
  for (Output& output : scaled) {
    if (auto* flow = std::get_if<Flow>(&output.value); flow && flow->flavour == "taken") {
      flow->buy /= 10;
      flow->sell /= 10;
    }
    auto* signal = std::get_if<Signal>(&output.value);
    if (signal == nullptr || !signal->value) continue;
    const Unit unit = info_of(signal->signal).unit;
    if (unit == Unit::size) *signal->value /= 10;
    if (unit == Unit::ticks_by_size) *signal->value *= 10;
  }

  expect_same(outputs_of(log), scaled, 1e-9);
}

TEST(AnalyzerStage, AConstantAddedToPricesChangesNothingInTicks) {
  const Log log = eventful_log(4);
  const Log higher = changed(log, [](LogRecord& record) {
    if (auto* update = std::get_if<DepthUpdate>(&record.value)) {
      for (market::Quote& quote : update->added) quote.price.points += 500;
    } else if (auto* spot = std::get_if<market::Spot>(&record.value)) {
      spot->bid->points += 500;
      spot->ask->points += 500;
    } else if (auto* bar = std::get_if<BarUpdate>(&record.value)) {
      BarValues& v = bar->values;
      v = {v.open + 500, v.high + 500, v.low + 500, v.close + 500, v.tick_count};
    }
  });

  auto shifted = outputs_of(higher);
  for (Output& output : shifted) {
    auto* signal = std::get_if<Signal>(&output.value);
    if (signal == nullptr || !signal->value) continue;
    if (info_of(signal->signal).unit == Unit::price) *signal->value -= 500;
  }

  expect_same(outputs_of(log), shifted, 1e-2);
}

TEST(AnalyzerStage, NamesOfQuotesDoNotMatter) {
  const Log log = eventful_log(5);
  const auto rename = [](market::QuoteId id) { return (id * 2'654'435'761U) % 4'294'967'296U; };
  const Log renamed = changed(log, [&](LogRecord& record) {
    if (auto* update = std::get_if<DepthUpdate>(&record.value)) {
      for (market::Quote& quote : update->added) quote.id = rename(quote.id);
      for (market::QuoteId& id : update->removed) id = rename(id);
    }
  });

  EXPECT_EQ(outputs_of(log), outputs_of(renamed));
}

TEST(AnalyzerStage, SymbolsDoNotTouchEachOther) {
  const Log one = testing::generate_log("EURUSD", 6, 600);
  Log both = one;
  for (LogRecord& record : testing::generate_log("GBPUSD", 7, 600)) both.push_back(record);
  std::stable_sort(both.begin(), both.end(),
                   [](const LogRecord& a, const LogRecord& b) { return a.t < b.t; });
  AnalyzerStage alone;
  AnalyzerStage together;

  auto expected = testing::run(alone, one);
  auto found = testing::run(together, both);

  std::erase_if(found, [](const Output& output) { return output.symbol != "EURUSD"; });
  // The last record of the other symbol may still have made a timer of this one fire.
  ASSERT_GE(found.size(), expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    ASSERT_EQ(found[i].receive_time, expected[i].receive_time);
    ASSERT_EQ(name_of(found[i]), name_of(expected[i]));
    if (const auto* signal = std::get_if<Signal>(&expected[i].value)) {
      ASSERT_EQ(std::get<Signal>(found[i].value).value, signal->value);
    }
  }
}

TEST(AnalyzerStage, NothingSpansALostSource) {
  const Log before = testing::generate_log("EURUSD", 8, 600);
  Log after = testing::generate_log("EURUSD", 9, 600);
  const Ns shift = 700 * ns_per_second;
  for (LogRecord& record : after) {
    record.t += shift;
    if (auto* bar = std::get_if<BarUpdate>(&record.value)) bar->open_time += shift;
  }
  Log cut = before;
  cut.push_back({before.back().t, "", SourceLost{}});
  const std::uint64_t lost_offset = cut.size();
  cut.insert(cut.end(), after.begin(), after.end());
  AnalyzerStage fresh;
  AnalyzerStage stage;
  AnalyzerStage told;  // by a notice, as records that aged out are

  const auto expected = testing::run(fresh, after, lost_offset + 1);
  auto found = testing::run(stage, cut);
  testing::run(told, before);
  told.lost();
  const auto after_notice = testing::run(told, after, lost_offset + 1);

  // What follows the loss equals a life that began there, but for returns and bars, whose windows
  // have rules of their own, and cool-downs.
  std::erase_if(found, [&](const Output& output) { return output.receive_time < after.front().t; });
  const auto depth_series = [](const std::vector<Output>& outputs) {
    std::vector<Signal> signals;
    for (const Output& output : outputs) {
      const auto* signal = std::get_if<Signal>(&output.value);
      if (signal != nullptr && (signal->signal == "I_5" || signal->signal == "OFI_10s" ||
                                signal->signal == "SPREAD" || signal->signal == "VI_taken")) {
        if (signal->value) signals.push_back(*signal);
      }
    }
    return signals;
  };
  const auto a = depth_series(expected);
  const auto b = depth_series(found);
  ASSERT_GT(a.size(), 1'000U);
  ASSERT_EQ(a.size(), b.size());
  for (std::size_t i = 0; i < a.size(); ++i) {
    ASSERT_EQ(a[i], b[i]) << i;
    ASSERT_GT(b[i].inputs.from_offset, lost_offset);
  }
  EXPECT_EQ(depth_series(after_notice), b);
  // No timer speaks of the time in which records are missing.
  for (const Output& output : after_notice) ASSERT_GE(output.receive_time, after.front().t);
}

TEST(AnalyzerStage, EveryOutputNamesAnOrderedRangeThatEndsAtItsInput) {
  const Log log = testing::generate_log("EURUSD", 10, 600);
  AnalyzerStage stage;
  std::vector<Output> outputs;
  std::uint64_t offset = 0;
  for (const LogRecord& record : log) {
    const auto made = testing::run(stage, {record}, ++offset);
    for (const Output& output : made) {
      const InputRange inputs =
          std::visit([](const auto& value) { return value.inputs; }, output.value);
      ASSERT_EQ(inputs.epoch, 1U);
      ASSERT_EQ(inputs.to_offset, offset);
      ASSERT_GE(inputs.from_offset, 1U);
      ASSERT_LE(inputs.from_offset, inputs.to_offset);
      ASSERT_LE(output.receive_time, record.t);
    }
  }
}

TEST(AnalyzerStage, AKeyframeIsPassedOverByWhoHasABook) {
  Log log = testing::generate_log("EURUSD", 11, 300);
  const auto plain = outputs_of(log);
  DepthUpdate keyframe{.kind = DepthKind::keyframe};
  keyframe.added.push_back({77'777, Side::bid, Price{50'000}, Size{1}});
  Log with = log;
  with.insert(with.begin() + 200, LogRecord{log[200].t, "EURUSD", keyframe});

  auto found = outputs_of(with);

  ASSERT_EQ(found.size(), plain.size());
  for (std::size_t i = 0; i < plain.size(); ++i) {
    ASSERT_EQ(found[i].receive_time, plain[i].receive_time);
    ASSERT_EQ(name_of(found[i]), name_of(plain[i]));
  }
}

TEST(AnalyzerStage, ABookBeginsWithAResetOrAKeyframeAndEndsWithALoss) {
  const Ns t = 1'700'000'000 * ns_per_second;
  const LogRecord change{t, "X", DepthUpdate{.added = {{1, Side::bid, Price{90}, Size{5}}}}};
  const LogRecord keyframe{
      t, "X",
      DepthUpdate{.kind = DepthKind::keyframe, .added = {{2, Side::bid, Price{100}, Size{5}}}}};
  AnalyzerStage stage;
  const auto quotes = [&] { return stage.symbols().at("X").book().quotes().size(); };

  testing::run(stage, {change});
  EXPECT_EQ(quotes(), 0U);
  testing::run(stage, {keyframe, change});
  EXPECT_EQ(quotes(), 2U);
  stage.lost();
  testing::run(stage, {change});
  EXPECT_EQ(quotes(), 0U);
  stage.lost();
  testing::run(stage, {keyframe});
  EXPECT_EQ(quotes(), 1U);
}

TEST(AnalyzerStage, ALongSilenceIsLeaptOverAndNothingSpansIt) {
  Log log = testing::generate_log("EURUSD", 12, 300);
  const Ns later = log.back().t + 48 * market::ns_per_hour;
  log.push_back({later, "EURUSD", market::Spot{.bid = Price{110'000}, .ask = Price{110'010}}});
  log.push_back({later + 2 * ns_per_second, "EURUSD", TimeOnly{}});

  const auto outputs = outputs_of(log);

  for (const Output& output : outputs) {
    const auto* signal = std::get_if<Signal>(&output.value);
    if (signal == nullptr || output.receive_time < later) continue;
    EXPECT_FALSE(signal->z) << signal->signal;
    EXPECT_TRUE(signal->signal == "SPREAD" || signal->signal == "SPREAD_MEAN_60s" || !signal->value)
        << signal->signal;
  }
}

TEST(AnalyzerStage, AnEstimateIsPublishedByItsTimerAndSpeaksOfItsEvent) {
  const Ns t = 1'700'000'000 * ns_per_second;
  const auto at = [&](Ns ms, auto value) { return LogRecord{t + ms * ns_per_ms, "X", value}; };
  const DepthUpdate build{.kind = DepthKind::reset,
                          .added = {{1, Side::bid, Price{100'000}, Size{500}},
                                    {2, Side::ask, Price{100'010}, Size{400}},
                                    {3, Side::ask, Price{100'020}, Size{600}}}};
  const Log log = {at(0, build), at(1'100, DepthUpdate{.removed = {3}}),
                   at(1'200, DepthUpdate{.removed = {2}}), at(9'000, TimeOnly{})};

  const auto outputs = outputs_of(log);

  const auto found = std::find_if(outputs.begin(), outputs.end(),
                                  [](const Output& o) { return name_of(o) == "taken"; });
  ASSERT_NE(found, outputs.end());
  EXPECT_EQ(found->receive_time, t + 1'450 * ns_per_ms);
  const auto& flow = std::get<Flow>(found->value);
  EXPECT_EQ(flow.t, t + 1'200 * ns_per_ms);
  EXPECT_EQ(flow.removed_ask, 4.0);
  EXPECT_EQ(flow.buy, 2.0);
  EXPECT_EQ(flow.inputs, (InputRange{1, 3, 4}));
}

TEST(AnalyzerStage, ParametersChangeTheirHash) {
  Params params;
  const std::uint64_t usual = params_hash(params);

  params.touch_removal.pair_ticks = 6;

  EXPECT_NE(params_hash(params), usual);
  EXPECT_EQ(AnalyzerStage().params_hash(), usual);
}

}  // namespace
}  // namespace depthwire::analyzer
