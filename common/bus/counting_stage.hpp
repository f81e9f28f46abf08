#pragma once

#include "common/bus/stage.hpp"
#include "proto/bus/envelope.pb.h"

#include <cstdint>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <string_view>

namespace depthwire::bus::testing {

/// Publishes the running count of spots: once for every record, twice for every third. Throws for
/// the payload "poison", and ends the process for "crash".
class CountingStage final : public Stage {
 public:
  void step(const journal::Record& input, StepOutputs& outputs) override {
    if (input.header.payload_type != Envelope::kSpot) return;
    ++count_;
    if (input.payload == "poison") throw std::runtime_error("cannot take it");
    if (input.payload == "crash") std::abort();
    for (int i = 0; i < (count_ % 3 == 0 ? 2 : 1); ++i) {
      Envelope envelope;
      envelope.set_receive_time_ns(count_);
      envelope.mutable_job()->set_records(static_cast<std::uint64_t>(i));
      outputs.publish("job", "", Envelope::kJob, envelope.SerializeAsString());
    }
  }
  void lost() override {}
  void save(std::string& bytes) const override { bytes += std::to_string(count_); }
  void load(std::string_view bytes) override { count_ = std::stoll(std::string(bytes)); }
  [[nodiscard]] std::uint32_t state_version() const override { return 1; }

 private:
  std::int64_t count_ = 0;
};

}  // namespace depthwire::bus::testing
