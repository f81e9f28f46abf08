#include "common/ctrader/rate_limiter.hpp"

#include "proto/ctrader/common_model.pb.h"
#include "proto/ctrader/model.pb.h"

#include <algorithm>
#include <cassert>

namespace depthwire::ctrader {
namespace {

constexpr std::chrono::seconds counted_for{1};

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

RateLimiter::Bucket::Bucket(RateLimit limit)
    : server_limit_{limit.server_per_second}, interval_{interval_of(limit.per_second)} {}

TimePoint RateLimiter::Bucket::ready_at() const {
  if (on_the_way_ >= server_limit_) return TimePoint::max();
  const auto room = server_limit_ - on_the_way_ - 1;
  if (arrived_.size() <= room) return next_;
  return std::max(next_, arrived_[arrived_.size() - room - 1] + counted_for);
}

void RateLimiter::Bucket::take(TimePoint now) {
  next_ = now + interval_;
  ++on_the_way_;
}

void RateLimiter::Bucket::arrived(TimePoint now) {
  assert(on_the_way_ > 0);
  --on_the_way_;
  while (!arrived_.empty() && now - arrived_.front() >= counted_for) arrived_.pop_front();
  arrived_.push_back(now);
}

RateLimiter::RateLimiter(RateLimits limits)
    : ordinary_{limits.ordinary}, historical_{limits.historical} {}

RateLimiter::Bucket* RateLimiter::bucket(std::uint32_t payload_type) {
  switch (request_class(payload_type)) {
    case RequestClass::exempt: return nullptr;
    case RequestClass::ordinary: return &ordinary_;
    case RequestClass::historical: return &historical_;
  }
  return nullptr;
}

TimePoint RateLimiter::ready_at(std::uint32_t payload_type) const {
  auto ready = TimePoint::min();
  switch (request_class(payload_type)) {
    case RequestClass::exempt: break;
    case RequestClass::ordinary: ready = ordinary_.ready_at(); break;
    case RequestClass::historical: ready = historical_.ready_at(); break;
  }
  const auto pause = pauses_.find(payload_type);
  return pause == pauses_.end() ? ready : std::max(ready, pause->second);
}

void RateLimiter::take(std::uint32_t payload_type, TimePoint now) {
  if (auto* const of_class = bucket(payload_type)) of_class->take(now);
  std::erase_if(pauses_, [now](const auto& pause) { return pause.second <= now; });
}

void RateLimiter::arrived(std::uint32_t payload_type, TimePoint now) {
  if (auto* const of_class = bucket(payload_type)) of_class->arrived(now);
}

void RateLimiter::pause(std::uint32_t payload_type, TimePoint until) {
  auto& end = pauses_.try_emplace(payload_type, until).first->second;
  end = std::max(end, until);
}

}  // namespace depthwire::ctrader
