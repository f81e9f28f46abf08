#include "simulator/server/rate_limit.hpp"

#include <algorithm>

namespace depthwire::simulator {
namespace {

constexpr std::chrono::seconds window{1};

void forget_old(std::deque<TimePoint>& times, TimePoint now) {
  while (!times.empty() && now - times.front() >= window) times.pop_front();
}

}  // namespace

std::optional<RateLimit::Refusal> RateLimit::take(std::uint32_t payload_type, bool historical,
                                                  TimePoint now) {
  const auto known = offences_.find(payload_type);
  if (known != offences_.end() && now < known->second.blocked_until) return Refusal::blocked;

  auto& times = historical ? historical_ : ordinary_;
  forget_old(times, now);
  if (times.size() < (historical ? limits_.historical : limits_.ordinary)) {
    times.push_back(now);
    return std::nullopt;
  }
  Offence& offence = offences_[payload_type];
  forget_old(offence.refusals, now);
  offence.refusals.push_back(now);
  if (offence.refusals.size() <= limits_.patience) return Refusal::frequency_exceeded;
  offence.refusals.clear();
  offence.blocked_until = now + limits_.block;
  return Refusal::blocked;
}

std::uint64_t RateLimit::retry_after(std::uint32_t payload_type, TimePoint now) const {
  const auto known = offences_.find(payload_type);
  if (known == offences_.end() || known->second.blocked_until <= now) return 1;
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(known->second.blocked_until - now);
  return static_cast<std::uint64_t>(std::max<std::int64_t>(seconds.count(), 1));
}

}  // namespace depthwire::simulator
