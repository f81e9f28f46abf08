#include "services/persister/core/batch_policy.hpp"

#include <algorithm>

namespace depthwire::persister {

namespace {

std::chrono::milliseconds age_limit(const BatchLimits& limits, const Gathered& gathered) {
  return gathered.rows > 0 ? limits.age : limits.rowless_age;
}

}  // namespace

bool due(const BatchLimits& limits, const Gathered& gathered,
         std::chrono::steady_clock::time_point now) {
  if (gathered.records == 0 && gathered.rows == 0) return false;
  return gathered.rows >= limits.rows || gathered.bytes >= limits.bytes ||
         now - gathered.oldest >= age_limit(limits, gathered);
}

std::chrono::milliseconds wait_for(const BatchLimits& limits, const Gathered& gathered,
                                   std::chrono::steady_clock::time_point now,
                                   std::chrono::milliseconds idle) {
  if (gathered.records == 0 && gathered.rows == 0) return idle;
  const auto left = gathered.oldest + age_limit(limits, gathered) - now;
  // Rounded up: waking a moment too early would only mean another turn.
  const auto wait = std::chrono::ceil<std::chrono::milliseconds>(left);
  return std::clamp(wait, std::chrono::milliseconds(0), idle);
}

}  // namespace depthwire::persister
