#pragma once

#include "common/ctrader/rate_limiter.hpp"
#include "proto/ctrader/common.pb.h"

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <vector>

namespace depthwire::tests {

using ctrader::Duration;
using ctrader::TimePoint;

/// Sees every message of a client and of its server, and notes what a broker would hold against the
/// client. Rules: PROTOCOL.md 3, 4 and 9. It shares no code with what it judges.
class Judge {
 public:
  /// A connection begins, and ends. There is one at a time.
  void opened(TimePoint now);
  void closed(TimePoint now);
  /// The client sends `message`.
  void sent(TimePoint now, const ctrader::ProtoMessage& message);
  /// It reaches the server.
  void arrived(TimePoint now, std::uint32_t payload_type);
  /// The client is told `message`; maintenances end at a time of `unix_ms`, which it is now.
  void told(TimePoint now, const ctrader::ProtoMessage& message, std::int64_t unix_ms);
  /// The server refuses what it should not have been asked for.
  void refused(TimePoint now, const std::string& code);
  /// Anything else.
  void find(TimePoint now, const std::string& what);

  /// In words; empty when there is nothing to hold against the client.
  [[nodiscard]] const std::vector<std::string>& findings() const { return findings_; }
  [[nodiscard]] std::uint64_t requests() const { return requests_; }
  /// The most that arrived within one second, of ordinary and of historical requests.
  [[nodiscard]] std::size_t most_ordinary() const { return ordinary_.most; }
  [[nodiscard]] std::size_t most_historical() const { return historical_.most; }
  [[nodiscard]] Duration longest_silence() const { return longest_silence_; }

 private:
  struct Window {
    std::size_t limit;
    std::size_t most = 0;
    std::deque<TimePoint> times;
  };

  void said(TimePoint now);
  void told_error(TimePoint now, const ctrader::ProtoMessage& message, std::int64_t unix_ms);

  std::vector<std::string> findings_;
  std::uint64_t requests_ = 0;
  TimePoint last_said_;
  Duration longest_silence_{};
  bool open_ = false;
  bool application_ok_ = false;
  bool account_ok_ = false;
  Window ordinary_{50};
  Window historical_{5};
  std::map<std::string, std::uint32_t> asked_;     // payload types of what is not answered, by id
  std::map<std::uint32_t, TimePoint> left_alone_;  // until when, by payload type
};

}  // namespace depthwire::tests
