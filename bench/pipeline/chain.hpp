#pragma once

#include "bench/pipeline/samples.hpp"

#include <filesystem>

namespace depthwire::bench {

struct ChainOptions {
  std::filesystem::path certificates;  ///< the simulator's: ca.pem, server.pem, server.key
  double rate = 1'000;                 ///< messages a second, evenly
  bool to_client = false;              ///< two more hops: another PUB/SUB, then plain TCP
};

/// How long messages take on a way of the same hops with nothing on it: a thread writes each into a
/// TLS connection, the next one reads it and publishes it, a third one receives it (and publishes
/// it again, for a fourth one that writes it to a TCP client). Blocking calls on loopback, nothing
/// is decoded, kept or written down.
[[nodiscard]] Samples measure_chain(const ChainOptions& options);

}  // namespace depthwire::bench
