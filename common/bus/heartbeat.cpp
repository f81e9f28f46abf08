#include "common/bus/heartbeat.hpp"

#include "common/bus/topic.hpp"
#include "proto/bus/envelope.pb.h"

namespace depthwire::bus {

std::string heartbeat_frame(const std::string& source, journal::Position head,
                            std::int64_t time_ns) {
  Envelope envelope;
  envelope.mutable_heartbeat()->set_head_epoch(head.epoch);
  envelope.mutable_heartbeat()->set_head_offset(head.offset);
  std::string entry;
  const auto frame_bytes =
      journal::append_entry(entry, control_topic(source),
                            {.position = head,
                             .publish_time_ns = time_ns,
                             .payload_type = static_cast<std::uint16_t>(Envelope::kHeartbeat)},
                            envelope.SerializeAsString());
  return entry.substr(8, frame_bytes);
}

}  // namespace depthwire::bus
