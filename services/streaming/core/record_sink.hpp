#pragma once

#include "common/journal/format.hpp"
#include "common/journal/writer.hpp"

#include <cstdint>
#include <string_view>

namespace depthwire::streaming {

/// Where records go: the publisher, or a list in a test.
class RecordSink {
 public:
  virtual ~RecordSink() = default;
  [[nodiscard]] virtual journal::TopicId topic(std::string_view kind, std::string_view symbol) = 0;
  /// `envelope` is a serialized depthwire.bus.Envelope whose payload has this number.
  virtual void append(journal::TopicId topic, int payload_type, std::string_view envelope,
                      std::uint16_t flags) = 0;
};

}  // namespace depthwire::streaming
