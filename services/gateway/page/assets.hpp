#pragma once

#include <span>
#include <string_view>

namespace depthwire::gateway {

/// A file of the page, compiled into the program.
struct Asset {
  std::string_view path;  ///< "/page.css"
  std::string_view content_type;
  std::string_view bytes;
};

/// All files of the page; "/index.html" is the page itself.
[[nodiscard]] std::span<const Asset> page_assets();

}  // namespace depthwire::gateway
