#pragma once

#include <string_view>

namespace depthwire::service {

/// Version and commit, such as `0.1.0+1a2b3c4d`.
[[nodiscard]] std::string_view build_id();

}  // namespace depthwire::service
