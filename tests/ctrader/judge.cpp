#include "tests/ctrader/judge.hpp"

#include "proto/ctrader/messages.pb.h"

#include <algorithm>

namespace depthwire::tests {
namespace {

using namespace ctrader;
using namespace std::chrono_literals;

bool is_historical(std::uint32_t type) {
  return type == PROTO_OA_GET_TRENDBARS_REQ || type == PROTO_OA_GET_TICKDATA_REQ;
}

bool needs_only_the_application(std::uint32_t type) {
  return type == PROTO_OA_GET_ACCOUNTS_BY_ACCESS_TOKEN_REQ || type == PROTO_OA_ACCOUNT_AUTH_REQ;
}

std::string text(std::uint32_t type) { return "a message of type " + std::to_string(type); }

}  // namespace

void Judge::find(TimePoint now, const std::string& what) {
  const auto at = std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch());
  findings_.push_back(std::to_string(at.count()) + " ms: " + what);
}

void Judge::opened(TimePoint now) {
  open_ = true;
  application_ok_ = account_ok_ = false;
  asked_.clear();
  for (auto* window : {&ordinary_, &historical_}) window->times.clear();
  last_said_ = now;
}

void Judge::closed(TimePoint now) {
  if (open_) said(now);  // the silence before the end counts too
  open_ = false;
}

void Judge::said(TimePoint now) {
  const auto silence = now - last_said_;
  longest_silence_ = std::max(longest_silence_, silence);
  if (silence > 10s) find(now, "more than 10 s without a message from the client");
  last_said_ = now;
}

void Judge::sent(TimePoint now, const ProtoMessage& message) {
  said(now);
  const auto type = message.payloadtype();
  if (!open_) find(now, text(type) + " without a connection");
  if (type == HEARTBEAT_EVENT) return;
  ++requests_;
  if (!asked_.emplace(message.clientmsgid(), type).second) find(now, "an id is used twice");
  if (type == PROTO_OA_APPLICATION_AUTH_REQ) {
    if (application_ok_) find(now, "the application is authenticated twice");
  } else if (!application_ok_) {
    find(now, text(type) + " before the application is authenticated");
  } else if (!needs_only_the_application(type) && !account_ok_) {
    find(now, text(type) + " before the account is authenticated");
  }
  const auto pause = left_alone_.find(type);
  if (pause != left_alone_.end() && now < pause->second) {
    find(now, text(type) + " although the server asked to be left alone with it");
  }
}

void Judge::arrived(TimePoint now, std::uint32_t payload_type) {
  if (payload_type == HEARTBEAT_EVENT) return;
  auto& window = is_historical(payload_type) ? historical_ : ordinary_;
  while (!window.times.empty() && now - window.times.front() >= 1s) window.times.pop_front();
  window.times.push_back(now);
  window.most = std::max(window.most, window.times.size());
  if (window.times.size() > window.limit) {
    find(now, std::to_string(window.times.size()) + " requests within a second");
  }
}

void Judge::told(TimePoint now, const ProtoMessage& message, std::int64_t unix_ms) {
  switch (message.payloadtype()) {
    case PROTO_OA_APPLICATION_AUTH_RES: application_ok_ = true; break;
    case PROTO_OA_ACCOUNT_AUTH_RES: account_ok_ = true; break;
    case PROTO_OA_ACCOUNT_DISCONNECT_EVENT:
    case PROTO_OA_ACCOUNTS_TOKEN_INVALIDATED_EVENT: account_ok_ = false; break;
    case PROTO_OA_ERROR_RES: told_error(now, message, unix_ms); break;
    default: break;
  }
  asked_.erase(message.clientmsgid());
}

void Judge::told_error(TimePoint now, const ProtoMessage& message, std::int64_t unix_ms) {
  ProtoOAErrorRes error;
  error.ParseFromString(message.payload());
  if (error.errorcode() == "ALREADY_LOGGED_IN") account_ok_ = true;
  const auto asked = asked_.find(message.clientmsgid());
  if (asked == asked_.end()) return;
  auto& until = left_alone_[asked->second];
  if (error.has_retryafter()) {
    until = std::max(until, now + std::chrono::seconds(error.retryafter()));
  }
  if (error.has_maintenanceendtimestamp()) {
    const auto end = error.maintenanceendtimestamp();
    until = std::max(until, now + std::chrono::milliseconds(end - unix_ms));
  }
}

void Judge::refused(TimePoint now, const std::string& code) {
  static const std::vector<std::string> ours{"REQUEST_FREQUENCY_EXCEEDED", "BLOCKED_PAYLOAD_TYPE",
                                             "CH_CLIENT_NOT_AUTHENTICATED"};
  if (std::find(ours.begin(), ours.end(), code) != ours.end()) find(now, "refused: " + code);
}

}  // namespace depthwire::tests
