#include "common/journal/reader.hpp"

#include "common/journal/archive.hpp"
#include "common/journal/segment.hpp"

#include <algorithm>
#include <chrono>
#include <limits>
#include <memory>
#include <optional>
#include <system_error>
#include <vector>

namespace depthwire::journal {
namespace {

constexpr std::size_t page_bytes = 1 << 20;
constexpr std::size_t longest_page = 2 * page_bytes;  // the longest entry is little over one page
/// A write is over by then.
constexpr std::chrono::milliseconds settling{200};
constexpr Position no_bound{std::numeric_limits<std::uint64_t>::max(),
                            std::numeric_limits<std::uint64_t>::max()};

// The last segment that begins at or before `position`, or the first.
std::size_t segment_of(const std::vector<Segment>& segments, Position position) {
  const auto after = std::upper_bound(
      segments.begin(), segments.end(), position,
      [](Position wanted, const Segment& segment) { return wanted < segment.first(); });
  if (after == segments.begin()) return 0;
  return static_cast<std::size_t>(after - segments.begin()) - 1;
}

}  // namespace

class Reader::Impl {
 public:
  Impl(std::filesystem::path directory, Position after, Storage& storage)
      : storage_(storage), directory_(std::move(directory)), last_(after) {}

  ReadResult next(Position up_to) {
    if (last_ >= up_to) return AtEnd{};
    if (!is_open_) {
      if (auto obstacle = open_at(last_)) return *obstacle;
    }
    while (true) {
      if (!file_) return corrupt(FormatError::bad_crc);  // an archived file that cannot be unpacked
      auto record = decode();
      if (record) {
        if (record->position() != Position{segment_.epoch, expected_}) {
          return corrupt(FormatError::bad_payload);
        }
        if (record->position() > up_to) return AtEnd{};
        at_ += entry_bytes(record->frame.size());
        ++expected_;
        if (record->position() <= last_) continue;
        last_ = record->position();
        doubtful_ = false;
        return *record;
      }
      if (!open_following()) return at_end(record.error(), up_to);
      // A writer that moved on left this segment whole.
      record = decode();
      if (record) continue;
      const bool whole = record.error() == FormatError::end ||
                         (record.error() == FormatError::incomplete && at_ == buffered_);
      if (!whole) return corrupt(record.error());
      if (following_.first_offset != expected_) return AgedOut{following_.first()};
      open(following_);
    }
  }

  [[nodiscard]] bool doubtful() const { return doubtful_; }

  bool seek_offset(std::uint64_t offset) {
    const auto segments = list_segments(directory_, storage_);
    for (auto segment = segments.rbegin(); segment != segments.rend(); ++segment) {
      if (segment->first_offset > offset) continue;
      open(*segment);
      if (!file_) return false;
      while (const auto record = decode()) {
        if (record->position().offset == offset) {
          last_ = {segment->epoch, offset - 1};
          return true;
        }
        at_ += entry_bytes(record->frame.size());
        ++expected_;
      }
    }
    return false;
  }

  Position last() const { return last_; }

 private:
  std::optional<ReadResult> open_at(Position after) {
    const auto segments = list_segments(directory_, storage_);
    if (segments.empty()) return AtEnd{};
    const auto& oldest = segments.front();
    if (after != Position{} && after.offset + 1 < oldest.first_offset) {
      return AgedOut{oldest.first()};
    }
    open(segments[segment_of(segments, after)]);
    return std::nullopt;
  }

  void open(const Segment& segment) {
    file_ = open_segment(storage_, segment);
    is_open_ = true;
    segment_ = segment;
    expected_ = segment.first_offset;
    buffered_ = 0;
    file_at_ = 0;
    at_ = 0;
  }

  Corrupt corrupt(FormatError error) const {
    return {segment_.path.string(), file_at_ + at_, error};
  }

  // Nothing can be read, and no segment follows. What the caller knows to be written is damaged.
  // Else it may be a group that is just being written: that is settled when it is looked at again.
  ReadResult at_end(FormatError error, Position up_to) {
    if (up_to != no_bound) return corrupt(error);
    const bool clean = error == FormatError::end || at_ == buffered_;
    if (!clean && doubtful_ && std::chrono::steady_clock::now() - doubtful_since_ > settling) {
      return corrupt(error);
    }
    if (!clean && !doubtful_) doubtful_since_ = std::chrono::steady_clock::now();
    doubtful_ = !clean;
    return AtEnd{};
  }

  // Is there a segment after the current one?
  bool open_following() {
    const auto segments = list_segments(directory_, storage_);
    const auto next =
        std::upper_bound(segments.begin(), segments.end(), segment_,
                         [](const Segment& a, const Segment& b) { return a.first() < b.first(); });
    if (next == segments.end()) return false;
    following_ = *next;
    return true;
  }

  // The record at the place of reading; the file is read again when the buffer does not hold it.
  tl::expected<Record, FormatError> decode() {
    auto record = decode_entry({bytes_.get() + at_, buffered_ - at_});
    if (record) return record;
    file_at_ += at_;
    at_ = 0;
    record = decode_page(page_bytes);
    if (!record && record.error() == FormatError::incomplete && buffered_ == page_bytes) {
      record = decode_page(longest_page);
    }
    return record;
  }

  tl::expected<Record, FormatError> decode_page(std::size_t bytes) {
    buffered_ = file_->read_at(bytes_.get(), bytes, file_at_);
    return decode_entry({bytes_.get(), buffered_});
  }

  Storage& storage_;
  std::filesystem::path directory_;
  Position last_;
  Segment segment_;
  Segment following_;
  std::unique_ptr<StorageFile> file_;
  bool is_open_ = false;
  bool doubtful_ = false;
  std::chrono::steady_clock::time_point doubtful_since_;
  std::uint64_t expected_ = 0;
  // From file_at_ on; not zeroed first, since at the end of a journal each look reads it anew.
  std::unique_ptr<char[]> bytes_ = std::make_unique_for_overwrite<char[]>(longest_page);
  std::size_t buffered_ = 0;
  std::size_t file_at_ = 0;
  std::size_t at_ = 0;  // the place of reading in bytes_
};

Reader::Reader(std::filesystem::path directory, Position after, Storage& storage)
    : impl_(std::make_unique<Impl>(std::move(directory), after, storage)) {}
Reader::~Reader() = default;
Reader::Reader(Reader&&) noexcept = default;
Reader& Reader::operator=(Reader&&) noexcept = default;

ReadResult Reader::next() { return impl_->next(no_bound); }
ReadResult Reader::next(Position up_to) { return impl_->next(up_to); }
bool Reader::seek_offset(std::uint64_t offset) { return impl_->seek_offset(offset); }
bool Reader::doubtful() const { return impl_->doubtful(); }
Position Reader::last() const { return impl_->last(); }

Position first_position(const std::filesystem::path& directory, Storage& storage) {
  const auto segments = list_segments(directory, storage);
  if (segments.empty()) return {};
  return segments.front().first();
}

}  // namespace depthwire::journal
