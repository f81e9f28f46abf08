#pragma once

#include "services/analyzer/core/base/time.hpp"

#include <algorithm>
#include <cstdint>
#include <vector>

namespace depthwire::analyzer {

/// The first offset of every second of the last hour: tells where in the journal a window began.
/// Rounds down to the whole second.
class Evidence {
 public:
  /// An input of `epoch` at `t`. Times never go back.
  void mark(Ns t, std::uint64_t epoch, std::uint64_t offset) {
    if (epoch != epoch_) {
      epoch_ = epoch;
      count_ = 0;
    }
    const std::int64_t second = t / ns_per_second;
    if (count_ > 0 && at(count_ - 1).second == second) return;
    if (marks_.empty()) marks_.resize(capacity);
    if (count_ == capacity) {
      head_ = (head_ + 1) % capacity;
      --count_;
    }
    at(count_++) = {second, offset};
  }

  /// First offset of the epoch seen in the second of `t` or later; `otherwise` when there is none.
  [[nodiscard]] std::uint64_t from(Ns t, std::uint64_t otherwise) const {
    const std::int64_t second = t / ns_per_second;
    std::size_t low = 0;
    std::size_t high = count_;
    while (low < high) {
      const std::size_t middle = (low + high) / 2;
      if (at(middle).second < second) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low < count_ ? std::min(at(low).offset, otherwise) : otherwise;
  }

  [[nodiscard]] std::uint64_t epoch() const { return epoch_; }

  /// The state, for snapshots.
  template <class Archive>
  void serialize(Archive& archive) {
    archive(epoch_, marks_, head_, count_);
  }

 private:
  static constexpr std::size_t capacity = 3'602;
  struct Mark {
    std::int64_t second = 0;
    std::uint64_t offset = 0;

    template <class Archive>
    void serialize(Archive& archive) {
      archive(second, offset);
    }
  };

  [[nodiscard]] Mark& at(std::size_t i) { return marks_[(head_ + i) % capacity]; }
  [[nodiscard]] const Mark& at(std::size_t i) const { return marks_[(head_ + i) % capacity]; }

  std::uint64_t epoch_ = 0;
  std::vector<Mark> marks_;
  std::size_t head_ = 0;
  std::size_t count_ = 0;
};

}  // namespace depthwire::analyzer
