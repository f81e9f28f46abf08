#include "services/gateway/core/origin.hpp"

#include <algorithm>
#include <cctype>

namespace depthwire::gateway {
namespace {

constexpr std::string_view digits = "0123456789";

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return out;
}

/// `host` without its port.
std::string_view host_name(std::string_view host) {
  if (host.starts_with('[')) return host.substr(0, host.find(']') + 1);
  return host.substr(0, host.find(':'));
}

bool is_ip_literal(std::string_view name) {
  if (name.starts_with('[')) {
    return name.size() > 2 && name.find_first_not_of("0123456789abcdefABCDEF:.[]") == name.npos;
  }
  return !name.empty() && digits.find(name.front()) != digits.npos &&
         digits.find(name.back()) != digits.npos &&
         std::count(name.begin(), name.end(), '.') == 3 &&
         name.find_first_not_of("0123456789.") == name.npos;
}

std::string_view origin_host(std::string_view origin) {
  return origin.substr(origin.find("://") + 3);
}

}  // namespace

bool is_allowed_host(std::string_view host, const std::vector<std::string>& origins) {
  const auto name = lower(host_name(host));
  if (name == "localhost" || is_ip_literal(name)) return true;
  return std::any_of(origins.begin(), origins.end(),
                     [&](const std::string& origin) { return origin_host(origin) == lower(host); });
}

bool is_allowed_origin(std::string_view origin, std::string_view host,
                       const std::vector<std::string>& origins) {
  if (origin.empty()) return true;
  if (origin == "http://" + lower(host)) return true;
  return std::find(origins.begin(), origins.end(), origin) != origins.end();
}

bool is_well_formed_origin(std::string_view origin) {
  const auto scheme = origin.find("://");
  if (scheme == origin.npos) return false;
  if (origin.substr(0, scheme) != "http" && origin.substr(0, scheme) != "https") return false;
  const auto host = origin.substr(scheme + 3);
  return !host.empty() && lower(host) == host && host.find_first_of("/?#@* ") == host.npos;
}

}  // namespace depthwire::gateway
