#include "common/ctrader/request_queue.hpp"

#include "proto/ctrader/model.pb.h"

#include <algorithm>

namespace depthwire::ctrader {

Priority priority_of(std::uint32_t payload_type) {
  switch (payload_type) {
    case PROTO_OA_APPLICATION_AUTH_REQ:
    case PROTO_OA_GET_ACCOUNTS_BY_ACCESS_TOKEN_REQ:
    case PROTO_OA_ACCOUNT_AUTH_REQ: return Priority::log_in;
    case PROTO_OA_SUBSCRIBE_SPOTS_REQ:
    case PROTO_OA_UNSUBSCRIBE_SPOTS_REQ:
    case PROTO_OA_SUBSCRIBE_DEPTH_QUOTES_REQ:
    case PROTO_OA_UNSUBSCRIBE_DEPTH_QUOTES_REQ:
    case PROTO_OA_SUBSCRIBE_LIVE_TRENDBAR_REQ:
    case PROTO_OA_UNSUBSCRIBE_LIVE_TRENDBAR_REQ: return Priority::subscription;
    default: return Priority::bulk;
  }
}

void RequestQueue::push(QueuedRequest request) {
  const auto priority = priority_of(request.request.payload_type);
  waiting_.at(static_cast<std::size_t>(priority)).push_back(std::move(request));
}

std::optional<QueuedRequest> RequestQueue::pop(TimePoint now) {
  for (auto& waiting : waiting_) {
    const auto found = std::find_if(waiting.begin(), waiting.end(), [&](const auto& each) {
      return limiter_.ready_at(each.request.payload_type) <= now;
    });
    if (found == waiting.end()) continue;
    auto request = std::move(*found);
    waiting.erase(found);
    limiter_.take(request.request.payload_type, now);
    on_the_way_.push_back({request.client_msg_id, request.request.payload_type});
    return request;
  }
  note_waiting();
  return std::nullopt;
}

/// Those that came last are at the back, and the others are known.
void RequestQueue::note_waiting() {
  for (auto& waiting : waiting_) {
    for (auto each = waiting.rbegin(); each != waiting.rend() && !each->held_back; ++each) {
      each->held_back = true;
      ++held_back_;
    }
  }
}

std::optional<TimePoint> RequestQueue::next_due() const {
  std::optional<TimePoint> due;
  for (const auto& waiting : waiting_) {
    for (const auto& each : waiting) {
      const auto ready = limiter_.ready_at(each.request.payload_type);
      if (!due || ready < *due) due = ready;
    }
  }
  return due;
}

std::optional<std::uint32_t> RequestQueue::answered(std::string_view client_msg_id, TimePoint now) {
  const auto found = std::find_if(on_the_way_.begin(), on_the_way_.end(), [&](const Sent& sent) {
    return sent.client_msg_id == client_msg_id;
  });
  if (found == on_the_way_.end()) return std::nullopt;
  const auto payload_type = found->payload_type;
  const auto end = std::next(found);
  for (auto sent = on_the_way_.begin(); sent != end; ++sent) {
    limiter_.arrived(sent->payload_type, now);
  }
  on_the_way_.erase(on_the_way_.begin(), end);
  return payload_type;
}

void RequestQueue::clear() {
  for (auto& waiting : waiting_) waiting.clear();
}

void RequestQueue::disconnected(TimePoint now) {
  for (const auto& sent : on_the_way_) limiter_.arrived(sent.payload_type, now);
  on_the_way_.clear();
}

bool RequestQueue::empty() const {
  return std::all_of(waiting_.begin(), waiting_.end(),
                     [](const auto& waiting) { return waiting.empty(); });
}

}  // namespace depthwire::ctrader
