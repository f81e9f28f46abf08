#include "common/ctrader/request_pipeline.hpp"

#include "proto/ctrader/model.pb.h"

#include <algorithm>
#include <utility>

namespace depthwire::ctrader {
namespace {

constexpr int attempts_at_most = 5;  // of what is throttled, or failed for a moment
constexpr std::chrono::seconds first_pause{1};
constexpr std::chrono::seconds longest_pause{60};

/// What would be missed for as long as the connection lasts is tried again for ever.
bool is_subscription(std::uint32_t payload_type) {
  return payload_type == PROTO_OA_SUBSCRIBE_SPOTS_REQ ||
         payload_type == PROTO_OA_SUBSCRIBE_DEPTH_QUOTES_REQ ||
         payload_type == PROTO_OA_SUBSCRIBE_LIVE_TRENDBAR_REQ;
}

/// Twice as long as the time before, after the `attempts`th time.
Duration grown_pause(int attempts) {
  constexpr int doublings_at_most = 6;
  return std::min(first_pause * (1 << std::min(attempts - 1, doublings_at_most)), longest_pause);
}

}  // namespace

RequestPipeline::RequestPipeline(PipelineOptions options)
    : options_{std::move(options)}, pending_{options_.name + "-"} {}

void RequestPipeline::send(Request request, AnswerHandler handler) {
  enqueue({std::move(request), std::move(handler)});
}

void RequestPipeline::send_own(Request request, std::string client_msg_id) {
  queue_.push({std::move(request), std::move(client_msg_id)});
}

void RequestPipeline::enqueue(InFlight request) {
  ++request.attempts;
  auto copy = request.request;
  auto id = pending_.add(std::move(request));
  queue_.push({std::move(copy), std::move(id)});
}

std::size_t RequestPipeline::take(TimePoint now, std::string& out) {
  std::size_t frames = 0;
  while (const auto request = queue_.pop(now)) {
    append_request(out, request->request, request->client_msg_id);
    // What waited for the limits has not been asked for yet: the broker's time begins here.
    pending_.sent(request->client_msg_id, now + options_.answer_timeout);
    ++frames;
  }
  return frames;
}

std::optional<Reply> RequestPipeline::answer(TimePoint now, const Envelope& envelope) {
  if (envelope.client_msg_id.empty()) return std::nullopt;
  const auto type = queue_.answered(envelope.client_msg_id, now);
  auto request = pending_.complete(envelope.client_msg_id);
  if (!request) {
    // The session's, or void by now: what the server asks for holds all the same.
    if (type && is_error(envelope.payload_type)) {
      queue_.pause(*type, now + pause_asked_for(decode_error(envelope), options_.unix_ms()));
    }
    return std::nullopt;
  }
  if (!is_error(envelope.payload_type)) return Reply{std::move(request->handler), envelope};
  const auto error = decode_error(envelope);
  switch (classify(error)) {
    case ErrorClass::already_done:
      return Reply{std::move(request->handler),
                   Envelope{envelope.payload_type, {}, envelope.client_msg_id}};
    case ErrorClass::throttled:
    case ErrorClass::transient:
      if (request->attempts < attempts_at_most || is_subscription(request->request.payload_type)) {
        queue_.pause(request->request.payload_type, now + pause(request->attempts, error));
        enqueue(std::move(*request));
        return Reply{};
      }
      break;
    case ErrorClass::reauthenticate:
    case ErrorClass::permanent:
    case ErrorClass::business: break;
  }
  return Reply{std::move(request->handler), tl::unexpected(error)};
}

/// How long a payload type rests after its request failed for the `attempts`th time.
Duration RequestPipeline::pause(int attempts, const BrokerError& error) {
  const Duration told = pause_asked_for(error, options_.unix_ms());
  const auto jitter =
      std::chrono::duration_cast<Duration>(std::chrono::duration<double>{options_.random()});
  return std::max(told, grown_pause(attempts)) + jitter;
}

std::vector<AnswerHandler> RequestPipeline::expire(TimePoint now) {
  std::vector<AnswerHandler> handlers;
  for (auto& [id, request] : pending_.expire(now)) {
    // A server that never answers must not use the limits up: by now it has arrived, or never will.
    queue_.answered(id, now);
    handlers.push_back(std::move(request.handler));
  }
  return handlers;
}

std::vector<AnswerHandler> RequestPipeline::lose() {
  queue_.clear();
  std::vector<AnswerHandler> handlers;
  for (auto& [id, request] : pending_.take_all()) handlers.push_back(std::move(request.handler));
  return handlers;
}

void RequestPipeline::clear() {
  queue_.clear();
  pending_.clear();
}

TimePoint RequestPipeline::next_due() const {
  return std::min(pending_.next_deadline(), queue_.next_due().value_or(TimePoint::max()));
}

}  // namespace depthwire::ctrader
