#pragma once

#include <compare>
#include <cstdint>
#include <string>

namespace depthwire::streaming {

/// A symbol of the account.
struct SymbolRef {
  std::string name;
  std::int64_t id = 0;
  auto operator<=>(const SymbolRef&) const = default;
};

}  // namespace depthwire::streaming
