#pragma once

#include "common/ctrader/test_broker.hpp"
#include "services/streaming/actors/session.hpp"

#include <cstdint>
#include <filesystem>
#include <string>

namespace depthwire::bench {

/// Makes `broker` know the symbols of the frames, ids 1 to 4.
void list_symbols(ctrader::testing::TestBroker& broker);

/// A session that streams all symbols of `broker`, without live bars.
[[nodiscard]] streaming::SessionOptions session_options(const ctrader::testing::TestBroker& broker,
                                                        const std::string& environment,
                                                        const std::filesystem::path& journal);

/// A blocking socket to a port of loopback.
[[nodiscard]] int connect_to(std::uint16_t port);

}  // namespace depthwire::bench
