#include "services/persister/actors/inbox.hpp"

#include <utility>

namespace depthwire::persister {

namespace {

std::size_t bytes_of(const Delivery& delivery) {
  std::size_t bytes = 0;
  for (const auto& record : delivery.batch.records) bytes += record.frame.size();
  return bytes;
}

}  // namespace

bool Inbox::push(Delivery delivery) {
  const std::size_t records = delivery.batch.records.size();
  const std::size_t bytes = bytes_of(delivery);
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] {
    return closed_ || deliveries_.empty() ||
           (records_ + records <= max_records_ && bytes_ + bytes <= max_bytes_);
  });
  if (closed_) return false;
  records_ += records;
  bytes_ += bytes;
  deliveries_.push_back(std::move(delivery));
  changed_.notify_all();
  return true;
}

std::optional<Delivery> Inbox::pop(std::chrono::milliseconds timeout) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, timeout, [&] { return closed_ || !deliveries_.empty(); });
  if (deliveries_.empty()) return std::nullopt;
  Delivery delivery = std::move(deliveries_.front());
  deliveries_.pop_front();
  records_ -= delivery.batch.records.size();
  bytes_ -= bytes_of(delivery);
  changed_.notify_all();
  return delivery;
}

void Inbox::close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
  deliveries_.clear();
  records_ = 0;
  bytes_ = 0;
  changed_.notify_all();
}

}  // namespace depthwire::persister
