#include "common/journal/retention.hpp"

#include <algorithm>

namespace depthwire::journal {
namespace {

// How many bytes this journal may keep under a limit for all.
std::uint64_t allowed(const Allowance& allowance, std::uint64_t limit) {
  if (allowance.environment_bytes <= limit) return allowance.own_bytes;
  const auto excess = allowance.environment_bytes - limit;
  const auto rest = allowance.own_bytes - std::min(allowance.own_bytes, excess);
  return std::max(rest, limit / std::max<std::uint64_t>(1, allowance.journals));
}

}  // namespace

Removals plan_retention(const std::vector<Held>& segments, const Allowance& allowance) {
  const auto soft = allowed(allowance, allowance.bytes);
  const auto hard = allowed(allowance, std::max(allowance.hard_bytes, allowance.bytes));
  auto own = allowance.own_bytes;
  Removals removals;
  for (const auto& segment : segments) {
    const bool old = allowance.now_ns - segment.last_time_ns > allowance.age.count();
    if (!old && own <= soft) break;
    const bool acknowledged = !allowance.acknowledged || segment.last <= *allowance.acknowledged;
    if (!acknowledged && own <= hard) break;
    ++removals.count;
    if (acknowledged) ++removals.acknowledged;
    own -= std::min(own, segment.bytes);
  }
  return removals;
}

}  // namespace depthwire::journal
