#pragma once

#include "services/gateway/core/frame.hpp"

#include <tl/expected.hpp>

#include <bitset>
#include <set>
#include <string>
#include <string_view>

namespace depthwire::gateway {

/// What one client wants to see; everything, until it says otherwise.
struct Subscription {
  std::bitset<stream_count> streams = std::bitset<stream_count>{}.set();
  bool all_symbols = true;
  std::set<std::string, std::less<>> symbols;

  /// True when the client is to be sent `frame`. What belongs to no symbol is for all.
  [[nodiscard]] bool wants(const Frame& frame) const;
};

inline constexpr std::size_t max_subscribed_symbols = 1000;

/// Reads a client's message. An error names the problem in words a developer can act on.
[[nodiscard]] tl::expected<Subscription, std::string> parse_request(std::string_view text);

/// The message that confirms a subscription.
[[nodiscard]] std::string subscribed_json(const Subscription& subscription);
[[nodiscard]] std::string error_json(std::string_view problem);
/// The first message of a connection.
[[nodiscard]] std::string hello_json(std::string_view environment, std::string_view version);
/// Tells a client that has read too slowly how many messages it did not get.
[[nodiscard]] std::string conflated_json(std::uint64_t dropped);

}  // namespace depthwire::gateway
