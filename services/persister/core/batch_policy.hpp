#pragma once

#include <chrono>
#include <cstddef>

namespace depthwire::persister {

/// When the records gathered so far are stored.
struct BatchLimits {
  std::size_t rows = 5'000;
  std::size_t bytes = 16U << 20;                 ///< books may be deep
  std::chrono::milliseconds age{100};            ///< of the oldest record
  std::chrono::milliseconds rowless_age{1'000};  ///< only the checkpoint would move
};

/// What has been gathered.
struct Gathered {
  std::size_t records = 0;
  std::size_t rows = 0;
  std::size_t bytes = 0;
  std::chrono::steady_clock::time_point oldest;  ///< when the first record came
};

/// True when it is time to store.
[[nodiscard]] bool due(const BatchLimits& limits, const Gathered& gathered,
                       std::chrono::steady_clock::time_point now);

/// How long to wait for more records before due() has to be asked again; at most `idle`.
[[nodiscard]] std::chrono::milliseconds wait_for(const BatchLimits& limits,
                                                 const Gathered& gathered,
                                                 std::chrono::steady_clock::time_point now,
                                                 std::chrono::milliseconds idle);

}  // namespace depthwire::persister
