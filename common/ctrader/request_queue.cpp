#include "common/ctrader/request_queue.hpp"

#include <algorithm>

namespace depthwire::ctrader {

std::optional<QueuedRequest> RequestQueue::pop(TimePoint now) {
  const auto found = std::find_if(waiting_.begin(), waiting_.end(), [&](const auto& waiting) {
    return limiter_.ready_at(waiting.request.payload_type) <= now;
  });
  if (found == waiting_.end()) return std::nullopt;
  limiter_.take(found->request.payload_type, now);
  auto request = std::move(*found);
  waiting_.erase(found);
  return request;
}

std::optional<TimePoint> RequestQueue::next_due() const {
  std::optional<TimePoint> due;
  for (const auto& waiting : waiting_) {
    const auto ready = limiter_.ready_at(waiting.request.payload_type);
    if (!due || ready < *due) due = ready;
  }
  return due;
}

}  // namespace depthwire::ctrader
