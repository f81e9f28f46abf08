#pragma once

#include <chrono>
#include <optional>
#include <string>

namespace depthwire::cli {

struct HttpReply {
  int status = 0;
  std::string body;
};

/// GET http://<address><path>; address is host:port. Nothing when nobody answers in time.
[[nodiscard]] std::optional<HttpReply> http_get(
    const std::string& address, const std::string& path,
    std::chrono::milliseconds limit = std::chrono::seconds(2));

/// True when somebody listens at host:port.
[[nodiscard]] bool answers(const std::string& address);

}  // namespace depthwire::cli
