#pragma once

#include "common/ctrader/rate_limiter.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace depthwire::ctrader {

/// Requests without an answer, by the id that their answers repeat. `T` is what the caller wants
/// back with the answer. Ids are unique in the process when prefixes are.
template <class T>
class Pending {
 public:
  explicit Pending(std::string prefix) : prefix_{std::move(prefix)} {}

  /// Notes a request and gives it an id. It may wait to be sent for as long as it takes.
  [[nodiscard]] std::string add(T value) {
    auto id = prefix_ + std::to_string(++last_);
    entries_.emplace(id, Entry{std::move(value), TimePoint::max()});
    return id;
  }

  /// The request of `id` has been sent and waits for its answer until `deadline`. An id that is not
  /// ours is passed over.
  void sent(std::string_view id, TimePoint deadline) {
    const auto found = entries_.find(id);
    if (found != entries_.end()) found->second.deadline = deadline;
  }

  /// The request of `id`, which is then done; empty for an id that is not ours: an event.
  [[nodiscard]] std::optional<T> complete(std::string_view id) {
    const auto found = entries_.find(id);
    if (found == entries_.end()) return std::nullopt;
    std::optional<T> value{std::move(found->second.value)};
    entries_.erase(found);
    return value;
  }

  /// Requests whose deadline has passed, with their ids. They are then done.
  [[nodiscard]] std::vector<std::pair<std::string, T>> expire(TimePoint now) {
    std::vector<std::pair<std::string, T>> expired;
    for (auto entry = entries_.begin(); entry != entries_.end();) {
      if (entry->second.deadline > now) {
        ++entry;
        continue;
      }
      expired.emplace_back(entry->first, std::move(entry->second.value));
      entry = entries_.erase(entry);
    }
    return expired;
  }

  /// All requests, which are then done, as after a disconnect.
  [[nodiscard]] std::vector<std::pair<std::string, T>> take_all() {
    return expire(TimePoint::max());
  }

  /// Forgets all requests.
  void clear() { entries_.clear(); }

  /// The next time at which expire() gives something.
  [[nodiscard]] TimePoint next_deadline() const {
    auto next = TimePoint::max();
    for (const auto& [id, entry] : entries_) next = std::min(next, entry.deadline);
    return next;
  }

 private:
  struct Entry {
    T value;
    TimePoint deadline;
  };

  std::string prefix_;
  std::uint64_t last_ = 0;
  std::map<std::string, Entry, std::less<>> entries_;
};

}  // namespace depthwire::ctrader
