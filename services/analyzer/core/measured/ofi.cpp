#include "services/analyzer/core/measured/ofi.hpp"

#include <algorithm>
#include <cmath>

namespace depthwire::analyzer {
namespace {

constexpr Ns bucket = 100 * ns_per_ms;
constexpr std::size_t max_rows = 1'800;      // 30 minutes
constexpr std::size_t weights_after = 600;   // rows
constexpr std::uint64_t weights_every = 60;  // rows
constexpr std::uint64_t min_events = 2;

constexpr OfiWeights equal_weights() {
  OfiWeights weights{};
  weights.fill(1.0);
  return weights;
}

std::size_t take(std::span<const market::Level> levels, market::Size min_touch,
                 std::array<market::Level, ofi_levels>& out) {
  std::size_t count = 0;
  for (std::size_t i = levels.size(); i > 0 && count < out.size(); --i) {
    if (levels[i - 1].size >= min_touch) out[count++] = levels[i - 1];
  }
  return count;
}

std::optional<double> ratio(std::int64_t flow, std::int64_t depth, std::int64_t events) {
  if (events < static_cast<std::int64_t>(min_events) || depth <= 0) return std::nullopt;
  const double mean = 0.5 * static_cast<double>(depth) / static_cast<double>(events);
  return static_cast<double>(flow) / mean;
}

}  // namespace

TopLevels top_levels(const market::Book& book, market::Size min_touch) {
  TopLevels top;
  top.bid_count = take(book.levels_to_touch(market::Side::bid), min_touch, top.bids);
  top.ask_count = take(book.levels_to_touch(market::Side::ask), min_touch, top.asks);
  return top;
}

std::int64_t order_flow(const market::Level& bid_before, const market::Level& ask_before,
                        const market::Level& bid_after, const market::Level& ask_after) {
  std::int64_t flow = 0;
  if (bid_after.price >= bid_before.price) flow += bid_after.size.cents;
  if (bid_after.price <= bid_before.price) flow -= bid_before.size.cents;
  if (ask_after.price <= ask_before.price) flow -= ask_after.size.cents;
  if (ask_after.price >= ask_before.price) flow += ask_before.size.cents;
  return flow;
}

// Power iteration from equal weights: a 5 x 5 covariance needs no library, and the same rows give
// the same weights.
OfiWeights first_component(const std::vector<OfiRow>& rows) {
  OfiWeights mean{};
  for (const OfiRow& row : rows) {
    for (std::size_t i = 0; i < ofi_levels; ++i) mean[i] += row[i];
  }
  for (double& value : mean) value /= static_cast<double>(rows.size());
  std::array<OfiWeights, ofi_levels> covariance{};
  for (const OfiRow& row : rows) {
    for (std::size_t i = 0; i < ofi_levels; ++i) {
      for (std::size_t j = 0; j < ofi_levels; ++j) {
        covariance[i][j] += (row[i] - mean[i]) * (row[j] - mean[j]);
      }
    }
  }
  OfiWeights vector = equal_weights();
  for (int round = 0; round < 64; ++round) {
    OfiWeights next{};
    double length = 0;
    for (std::size_t i = 0; i < ofi_levels; ++i) {
      for (std::size_t j = 0; j < ofi_levels; ++j) next[i] += covariance[i][j] * vector[j];
      length += next[i] * next[i];
    }
    if (!(length > 0)) return equal_weights();  // the rows do not vary
    length = std::sqrt(length);
    for (std::size_t i = 0; i < ofi_levels; ++i) vector[i] = next[i] / length;
  }
  double sum = 0;
  for (const double weight : vector) sum += weight;
  if (sum < 0) {
    for (double& weight : vector) weight = -weight;
  }
  return vector;
}

Ofi::Ofi()
    : touch_(bucket, {fast_window, short_window, main_window}),
      levels_(bucket, {fast_window, short_window}),
      weights_(equal_weights()) {}

void Ofi::step(Ns t, const TopLevels& after) {
  if (before_ && before_->bid_count > 0 && before_->ask_count > 0 && after.bid_count > 0 &&
      after.ask_count > 0) {
    const std::size_t count = std::min(std::min(before_->bid_count, before_->ask_count),
                                       std::min(after.bid_count, after.ask_count));
    WindowSums<3 * ofi_levels, 2>::Values values{};
    for (std::size_t i = 0; i < count; ++i) {
      values[3 * i] = order_flow(before_->bids[i], before_->asks[i], after.bids[i], after.asks[i]);
      values[3 * i + 1] = after.bids[i].size.cents + after.asks[i].size.cents;
      values[3 * i + 2] = 1;
    }
    touch_.add(t, {values[0], values[1], values[2]});
    levels_.add(t, values);
  }
  before_ = after;
}

void Ofi::second(Ns t) {
  // The buckets are left-closed, so the second that ends at t is read one nanosecond before it.
  touch_.advance(t - 1);
  levels_.advance(t - 1);
  OfiRow row{};
  for (std::size_t i = 0; i < ofi_levels; ++i)
    row[i] = static_cast<float>(level(0, i).value_or(0.0));
  if (rows_.empty()) rows_.reserve(max_rows);
  if (rows_.size() < max_rows) {
    rows_.push_back(row);
  } else {
    rows_[next_row_] = row;
    next_row_ = (next_row_ + 1) % max_rows;
  }
  ++taken_rows_;
  if (rows_.size() >= weights_after && taken_rows_ % weights_every == 0) {
    weights_ = first_component(rows_);
  }
}

void Ofi::clear() {
  before_.reset();
  touch_.clear();
  levels_.clear();
  rows_.clear();
  next_row_ = 0;
  taken_rows_ = 0;
  weights_ = equal_weights();
}

std::int64_t Ofi::sum_cents(OfiWindow window) const {
  return touch_.sum(static_cast<std::size_t>(window))[0];
}

std::optional<double> Ofi::normalised(OfiWindow window) const {
  const auto& sum = touch_.sum(static_cast<std::size_t>(window));
  return ratio(sum[0], sum[1], sum[2]);
}

std::optional<double> Ofi::multi_level() const {
  double sum = 0;
  double weight = 0;
  for (std::size_t i = 0; i < ofi_levels; ++i) {
    const auto value = level(1, i);
    if (!value) continue;
    sum += weights_[i] * *value;
    weight += std::abs(weights_[i]);
  }
  if (!(weight > 0)) return std::nullopt;
  return sum / weight;
}

std::uint64_t Ofi::events(OfiWindow window) const {
  return static_cast<std::uint64_t>(touch_.sum(static_cast<std::size_t>(window))[2]);
}

std::optional<double> Ofi::level(std::size_t window, std::size_t level) const {
  const auto& sum = levels_.sum(window);
  return ratio(sum[3 * level], sum[3 * level + 1], sum[3 * level + 2]);
}

}  // namespace depthwire::analyzer
