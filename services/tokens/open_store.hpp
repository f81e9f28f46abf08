#pragma once

#include "common/tokens/store.hpp"
#include "services/tokens/config.hpp"

namespace depthwire::tokens {

/// The store of `environment` with the key that `config` names. Throws service::ExitError: 78 for
/// the key, 74 for the file.
[[nodiscard]] Store open_store(const Config& config, config::Environment environment);

}  // namespace depthwire::tokens
