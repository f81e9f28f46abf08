#include "services/analyzer/core/engine/analyzer_stage.hpp"

#include <algorithm>
#include <utility>

namespace depthwire::analyzer {
namespace {

template <class... Handlers>
struct Overloaded : Handlers... {
  using Handlers::operator()...;
};
template <class... Handlers>
Overloaded(Handlers...) -> Overloaded<Handlers...>;

Ns second_at_or_after(Ns t) { return (t + ns_per_second - 1) / ns_per_second * ns_per_second; }

}  // namespace

AnalyzerStage::AnalyzerStage(const Params& params)
    : params_(params),
      params_hash_(analyzer::params_hash(params)),
      correlations_(params.correlation) {}

void AnalyzerStage::step(const Input& input, std::vector<Output>& outputs) {
  if (passed_over(input)) return;
  // Records of a source that knows no time yet carry 0 or the last stamp; time never goes back.
  now_ = std::max(now_, input.receive_time);
  Step step{now_, input.offset, &evidence_, &outputs};
  if (next_second_ == 0 && now_ > 0) {
    next_second_ = second_at_or_after(now_ + 1);
    find_next_timer();
  }
  // Timers speak of what came before this input, yet are proved due by it; where something is
  // missing in between, what came before says nothing of the time since.
  const bool follows = input.epoch == evidence_.epoch() && !lost_;
  if (follows && next_second_ != 0) fire_timers(now_, step);
  evidence_.mark(now_, input.epoch, input.offset);
  if (lost_) {
    lost_ = false;
    source_lost(step);
  }
  std::visit(Overloaded{[](const TimeOnly&) {}, [&](const SourceLost&) { source_lost(step); },
                        [&](const market::Spot* spot) {
                          SymbolAnalyzer& one = symbol(input.symbol);
                          one.spot(step, *spot);
                          correlations_.spot(one.symbol(), now_, one.mid_half_points(),
                                             params_.gap);
                        },
                        [&](const market::DepthUpdate* update) {
                          SymbolAnalyzer& one = symbol(input.symbol);
                          const bool change = update->kind == market::DepthKind::change;
                          if (change && !one.book_known()) return;
                          one.depth(step, *update);
                          if (const auto due = one.next_due()) {
                            next_timer_ = std::min(next_timer_, *due);
                          }
                        },
                        [&](const BarUpdate& bar) {
                          SymbolAnalyzer& one = symbol(input.symbol);
                          const auto closed = one.bar(step, bar);
                          if (!closed) return;
                          correlations_.bar(one.symbol(), closed->open_time, closed->values.close);
                        },
                        [&](const SymbolFacts& facts) { symbol(input.symbol).facts(facts); }},
             input.value);
}

bool AnalyzerStage::passed_over(const Input& input) const {
  const auto* update = std::get_if<const market::DepthUpdate*>(&input.value);
  if (update == nullptr || (*update)->kind != market::DepthKind::keyframe) return false;
  const auto found = symbols_.find(input.symbol);
  return !lost_ && found != symbols_.end() && found->second.book_known();
}

SymbolAnalyzer& AnalyzerStage::symbol(std::string_view name) {
  const auto found = symbols_.find(name);
  if (found != symbols_.end()) return found->second;
  return symbols_.try_emplace(std::string(name), std::string(name), params_).first->second;
}

void AnalyzerStage::fire_timers(Ns until, Step step) {
  while (next_timer_ <= until) {
    const Ns at = next_timer_;
    step.t = at;
    fire_due(at, step);
    if (at == next_second_) {
      fire_second(step);
      next_second_ += ns_per_second;
      // Where every symbol sleeps no second has anything to do: leap over the silence.
      const bool asleep = std::all_of(symbols_.begin(), symbols_.end(),
                                      [&](const auto& s) { return s.second.dormant(at); });
      if (asleep) next_second_ = std::max(next_second_, second_at_or_after(until));
    }
    find_next_timer();
  }
}

void AnalyzerStage::fire_due(Ns at, const Step& step) {
  for (auto& [name, one] : symbols_) {
    const auto due = one.next_due();
    if (due && *due <= at) one.due(step);
  }
}

void AnalyzerStage::fire_second(const Step& step) {
  for (auto& [name, one] : symbols_) one.second(step);
  const Ns interval = params_.correlation_interval;
  if (interval > 0 && step.t % interval == 0) publish_correlations(step);
}

void AnalyzerStage::publish_correlations(const Step& step) const {
  auto matrix = correlations_.matrix(step.t);
  if (!matrix) return;
  matrix->inputs = {evidence_.epoch(), evidence_.from(step.t - matrix->window, step.offset),
                    step.offset};
  step.outputs->push_back({"", step.t, *std::move(matrix)});
}

void AnalyzerStage::find_next_timer() {
  next_timer_ = next_second_;
  for (const auto& [name, one] : symbols_) {
    if (const auto due = one.next_due()) next_timer_ = std::min(next_timer_, *due);
  }
}

void AnalyzerStage::source_lost(const Step& step) {
  for (auto& [name, one] : symbols_) one.source_lost(step);
  correlations_.clear();
}

}  // namespace depthwire::analyzer
