#pragma once

#include <cstdint>
#include <string_view>

namespace depthwire::journal {

/// CRC-32C (Castagnoli, RFC 3720), by the processor's instruction where it has one.
[[nodiscard]] std::uint32_t crc32c(std::string_view bytes);

/// The same by table; for processors without the instruction, and to check the other.
[[nodiscard]] std::uint32_t crc32c_portable(std::string_view bytes);

}  // namespace depthwire::journal
