#pragma once

#include "common/bus/stage_driver.hpp"
#include "common/bus/topic.hpp"
#include "proto/bus/envelope.pb.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace depthwire::tests {

/// Keeps in memory what a stage driver appends.
class StepJournal final : public bus::StepJournal {
 public:
  struct Appended {
    std::string topic;
    int payload_type = 0;
    std::string envelope;
    std::uint16_t flags = 0;
    bool operator==(const Appended&) const = default;

    [[nodiscard]] bus::Envelope parsed() const {
      bus::Envelope parsed;
      parsed.ParseFromString(envelope);
      return parsed;
    }
  };

  journal::TopicId topic(std::string_view kind, std::string_view symbol) override {
    return id(bus::topic("sim", kind, symbol));
  }
  journal::TopicId control_topic() override { return id(bus::control_topic("sim.stage")); }
  void append(journal::TopicId topic, int payload_type, std::string_view envelope,
              std::uint16_t flags) override {
    appended.push_back({topics_[topic.index], payload_type, std::string(envelope), flags});
  }

  std::vector<Appended> appended;

 private:
  journal::TopicId id(std::string topic) {
    topics_.push_back(std::move(topic));
    return {static_cast<std::uint32_t>(topics_.size() - 1)};
  }

  std::vector<std::string> topics_;
};

}  // namespace depthwire::tests
