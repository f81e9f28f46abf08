#pragma once

#include <bit>
#include <cassert>
#include <cstdint>
#include <random>

namespace depthwire::simulator {

/// Random numbers that are the same on every machine: a standard engine, and distributions of our
/// own in integers, since the standard ones and libm differ between libraries.
class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_(seed) {}

  /// Even over 0..bound-1.
  [[nodiscard]] std::int64_t below(std::int64_t bound) {
    assert(bound > 0 && bound <= 0xFFFF'FFFF);
    return static_cast<std::int64_t>(((engine_() >> 32U) * static_cast<std::uint64_t>(bound)) >>
                                     32U);
  }

  [[nodiscard]] bool chance_permille(std::int64_t permille) { return below(1000) < permille; }

  /// The wait until the next event of a Poisson process: exponential with mean `mean`, at most
  /// 2^46 or about 19 hours in ns.
  [[nodiscard]] std::int64_t exponential(std::int64_t mean) {
    assert(mean >= 0 && mean <= (std::int64_t{1} << 40));
    return (mean * (minus_ln_q16(engine_()) >> 4)) >> 12;
  }

 private:
  /// -ln(r / 2^64) in 1/65536: the integer part of the binary logarithm by counting zeros, 16 bits
  /// of fraction by repeated squaring.
  static std::int64_t minus_ln_q16(std::uint64_t r) {
    if (r == 0) r = 1;
    const int zeros = std::countl_zero(r);
    std::uint64_t x = (r << static_cast<unsigned>(zeros)) >> 32U;  // 1.x with 31 fraction bits
    std::uint64_t fraction = 0;
    for (int bit = 0; bit < 16; ++bit) {
      const std::uint64_t square = x * x;
      const bool carry = (square >> 63U) != 0;
      x = carry ? square >> 32U : square >> 31U;
      fraction = (fraction << 1U) | (carry ? 1U : 0U);
    }
    const std::int64_t minus_log2 =
        ((zeros + 1) * std::int64_t{65536}) - static_cast<std::int64_t>(fraction);
    return (minus_log2 * 45426) >> 16;  // times ln 2
  }

  std::mt19937_64 engine_;
};

}  // namespace depthwire::simulator
