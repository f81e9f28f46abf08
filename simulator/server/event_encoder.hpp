#pragma once

#include "common/market/types.hpp"
#include "simulator/market/bars.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace depthwire::simulator {

/// What a spot event carries; absent parts are not sent.
struct SpotFields {
  std::int64_t symbol_id = 0;
  market::Spot spot;
  std::optional<std::int64_t> timestamp_ms;
  std::span<const std::pair<Period, Bar>> bars;  ///< live bars: sent without their close
};

/// A live bar of one period.
using LiveBar = std::pair<Period, Bar>;

/// Writes spot and depth events as whole frames (length, ProtoMessage, event). By hand into a
/// reused buffer, as this is the one place where the simulator's speed is decided; the tests read
/// what it writes with the generated classes.
class EventEncoder {
 public:
  explicit EventEncoder(std::int64_t account_id) : account_id_(account_id) {}

  /// Appends a ProtoOASpotEvent with the simulator clock `time_ns` to `out`.
  void spot(std::string& out, const SpotFields& fields, std::int64_t time_ns);
  /// Appends a ProtoOADepthEvent with the simulator clock `time_ns` to `out`.
  void depth(std::string& out, std::int64_t symbol_id, std::span<const market::Quote> added,
             std::span<const market::QuoteId> removed, std::int64_t time_ns);

 private:
  std::uint8_t* begin(std::size_t at_most);
  void finish(std::string& out, std::uint32_t payload_type, const std::uint8_t* end) const;

  std::int64_t account_id_;
  std::vector<std::uint8_t> payload_;
};

}  // namespace depthwire::simulator
