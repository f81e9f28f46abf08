#include "simulator/faults/request_faults.hpp"

#include <algorithm>

namespace depthwire::simulator {

void RequestFaults::apply(const Maintenance& maintenance, TimePoint now,
                          std::chrono::system_clock::time_point wall) {
  maintenance_until_ = now + maintenance.time;
  const auto end = wall.time_since_epoch() + maintenance.time;
  maintenance_end_ = maintenance.end_in_seconds
                         ? std::chrono::ceil<std::chrono::seconds>(end).count()
                         : std::chrono::duration_cast<Milliseconds>(end).count();
}

std::optional<RequestFaults::Instead> RequestFaults::take(std::uint32_t payload_type,
                                                          TimePoint now) {
  if (now < maintenance_until_) {
    return Refusal{.code = "SERVER_IS_UNDER_MAINTENANCE",
                   .why = "maintenance, as commanded",
                   .maintenance_end = maintenance_end_};
  }
  const auto blocked = blocked_until_.find(payload_type);
  if (blocked != blocked_until_.end() && now < blocked->second) {
    const auto left = std::chrono::ceil<std::chrono::seconds>(blocked->second - now).count();
    return Refusal{.code = "BLOCKED_PAYLOAD_TYPE",
                   .why = "payload type is blocked, as commanded",
                   .retry_after_seconds = static_cast<std::uint64_t>(left)};
  }
  const auto planned = std::ranges::find(planned_, payload_type, &Planned::payload_type);
  if (planned == planned_.end()) return std::nullopt;
  const auto code = planned->code;
  if (--planned->left == 0) planned_.erase(planned);
  if (!code) return NoAnswer{};
  return Refusal{.code = *code, .why = "an error, as commanded"};
}

}  // namespace depthwire::simulator
