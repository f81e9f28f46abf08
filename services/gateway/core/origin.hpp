#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace depthwire::gateway {

/// Whether the request's Host is one of ours: an IP address, localhost, or the host of an allowed
/// origin. Any other name may have been pointed at us by somebody else's page (DNS rebinding).
[[nodiscard]] bool is_allowed_host(std::string_view host, const std::vector<std::string>& origins);

/// Whether a browser's page of `origin` may talk to us: the origin of our own page, or one that is
/// listed, compared exactly. Programs send none (empty), and may.
[[nodiscard]] bool is_allowed_origin(std::string_view origin, std::string_view host,
                                     const std::vector<std::string>& origins);

/// True for an origin as browsers write it: http(s)://host[:port], lower case, nothing after it.
[[nodiscard]] bool is_well_formed_origin(std::string_view origin);

}  // namespace depthwire::gateway
