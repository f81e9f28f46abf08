#include "services/gateway/core/outbox.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace depthwire::gateway {

bool Outbox::push(FramePtr frame) {
  assert(frame);
  if (conflating_) {
    place(std::move(frame));
  } else {
    bytes_ += frame->bytes.size();
    frames_.push_back(std::move(frame));
    if (bytes_ > limits_.max_bytes) conflate();
  }
  return bytes_ <= limits_.max_bytes;
}

void Outbox::take(std::string& out, std::size_t max_bytes) {
  while (!frames_.empty() &&
         (out.empty() || out.size() + frames_.front()->bytes.size() <= max_bytes)) {
    const auto& frame = *frames_.front();
    out += frame.bytes;
    bytes_ -= frame.bytes.size();
    if (conflating_) {
      if (frame.slot == Frame::no_slot) {
        --events_;
      } else {
        places_.erase(frame.slot);
      }
    }
    frames_.pop_front();
    ++first_place_;
  }
  if (frames_.empty()) clear();
}

void Outbox::clear() {
  frames_.clear();
  places_.clear();
  bytes_ = 0;
  events_ = 0;
  conflating_ = false;
}

std::uint64_t Outbox::take_dropped() { return std::exchange(dropped_, 0); }

void Outbox::conflate() {
  const auto waiting = std::exchange(frames_, {});
  clear();
  conflating_ = true;
  for (const auto& frame : waiting) place(frame);
}

void Outbox::place(FramePtr frame) {
  if (frame->slot == Frame::no_slot) {
    if (events_ == limits_.max_events) drop_oldest_event();
    ++events_;
  } else {
    const auto next = first_place_ + frames_.size();
    const auto [found, is_new] = places_.try_emplace(frame->slot, next);
    if (!is_new) {
      // In the old one's place: a symbol that changes often must not wait behind all others.
      auto& old = frames_.at(found->second - first_place_);
      bytes_ += frame->bytes.size() - old->bytes.size();
      old = std::move(frame);
      ++dropped_;
      return;
    }
  }
  bytes_ += frame->bytes.size();
  frames_.push_back(std::move(frame));
}

void Outbox::drop_oldest_event() {
  const auto oldest = std::find_if(frames_.begin(), frames_.end(), [](const FramePtr& frame) {
    return frame->slot == Frame::no_slot;
  });
  assert(oldest != frames_.end());
  const auto place = first_place_ + static_cast<std::uint64_t>(oldest - frames_.begin());
  bytes_ -= (*oldest)->bytes.size();
  frames_.erase(oldest);
  for (auto& [slot, at] : places_) {
    if (at > place) --at;
  }
  --events_;
  ++dropped_;
}

}  // namespace depthwire::gateway
