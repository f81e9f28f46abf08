#include "common/ctrader/rate_limiter.hpp"

#include "proto/ctrader/common_model.pb.h"
#include "proto/ctrader/model.pb.h"

#include <algorithm>
#include <cassert>

namespace depthwire::ctrader {
namespace {

Duration interval_of(double per_second) {
  assert(per_second > 0);
  return std::chrono::ceil<Duration>(std::chrono::duration<double>(1 / per_second));
}

}  // namespace

RequestClass request_class(std::uint32_t payload_type) {
  switch (payload_type) {
    case HEARTBEAT_EVENT: return RequestClass::exempt;
    case PROTO_OA_GET_TRENDBARS_REQ:
    case PROTO_OA_GET_TICKDATA_REQ:
    case PROTO_OA_DEAL_LIST_REQ:
    case PROTO_OA_CASH_FLOW_HISTORY_LIST_REQ:
    case PROTO_OA_ORDER_LIST_REQ:
    case PROTO_OA_DEAL_LIST_BY_POSITION_ID_REQ:
    case PROTO_OA_ORDER_LIST_BY_POSITION_ID_REQ: return RequestClass::historical;
    default: return RequestClass::ordinary;
  }
}

RateLimiter::RateLimiter(RateLimits limits)
    : ordinary_{interval_of(limits.ordinary_per_second)},
      historical_{interval_of(limits.historical_per_second)} {}

TimePoint RateLimiter::ready_at(std::uint32_t payload_type) const {
  auto ready = TimePoint::min();
  switch (request_class(payload_type)) {
    case RequestClass::exempt: break;
    case RequestClass::ordinary: ready = ordinary_.next; break;
    case RequestClass::historical: ready = historical_.next; break;
  }
  const auto pause = pauses_.find(payload_type);
  return pause == pauses_.end() ? ready : std::max(ready, pause->second);
}

void RateLimiter::take(std::uint32_t payload_type, TimePoint now) {
  switch (request_class(payload_type)) {
    case RequestClass::exempt: break;
    case RequestClass::ordinary: ordinary_.next = now + ordinary_.interval; break;
    case RequestClass::historical: historical_.next = now + historical_.interval; break;
  }
  std::erase_if(pauses_, [now](const auto& pause) { return pause.second <= now; });
}

void RateLimiter::pause(std::uint32_t payload_type, TimePoint until) {
  auto& end = pauses_.try_emplace(payload_type, until).first->second;
  end = std::max(end, until);
}

}  // namespace depthwire::ctrader
