#pragma once

#include "common/bus/model_publisher.hpp"
#include "common/bus/subscriber_state.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace depthwire::bus::testing {

/// A subscriber without sockets and clocks, and the publisher that answers it.
class SubscriberFixture : public ::testing::Test {
 protected:
  void begin(Start start = FromOldest{}, std::vector<std::string> prefixes = {},
             journal::Position seen = {}) {
    state_.emplace(SubscriberOptions{.source = ModelPublisher::source,
                                     .start = start,
                                     .seen = seen,
                                     .topic_prefixes = std::move(prefixes),
                                     .page_bytes = 512},
                   now_);
  }
  void publish(int count, const std::string& topic = "sim.spot.A|") {
    for (int i = 0; i < count; ++i) publisher_.append(topic);
  }
  // Asks and is answered until nothing more is asked.
  void settle() {
    while (true) {
      tick();
      const auto actions = state_->take_actions();
      if (actions.requests.empty()) return;
      for (const auto& request : actions.requests) {
        state_->take_reply(publisher_.answer(request), now_, batch_);
        collect();
      }
    }
  }
  void tick() {
    state_->tick(now_, batch_);
    collect();
  }
  void pass(std::chrono::milliseconds time) {
    now_ += time;
    state_->heard(now_, 0, 0);
    settle();
  }
  void frame(std::string_view bytes) {
    const std::string_view frames[] = {bytes};
    if (state_->live()) state_->take_frames(frames, false, batch_);
    collect();
  }
  void frame(const ModelPublisher::Record& record) { frame(record.frame()); }
  void collect() {
    for (const auto& record : batch_.records) offsets_.push_back(record.position().offset);
    for (auto& notice : batch_.notices) notices_.push_back(std::move(notice));
    batch_ = {};
  }
  // An operator does, and the subscriber asks again.
  void accept() {
    publisher_.accept();
    pass(std::chrono::milliseconds(1'000));
  }
  template <class Kind>
  [[nodiscard]] std::vector<Kind> noticed() const {
    std::vector<Kind> out;
    for (const auto& notice : notices_) {
      if (const auto* found = std::get_if<Kind>(&notice)) out.push_back(*found);
    }
    return out;
  }
  // An old copy is served, in an epoch that is later than all that were.
  void restore_copy(ModelPublisher copy) {
    const auto epochs = publisher_.head().epoch;
    publisher_ = std::move(copy);
    publisher_.restart(0, epochs);
  }

  SubscriberState::Time now_{std::chrono::hours(1)};
  ModelPublisher publisher_;
  std::optional<SubscriberState> state_;
  Batch batch_;
  std::vector<std::uint64_t> offsets_;
  std::vector<Notice> notices_;
};

}  // namespace depthwire::bus::testing
