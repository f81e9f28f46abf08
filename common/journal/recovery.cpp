#include "common/journal/recovery.hpp"

#include "common/service/exit_error.hpp"

#include <algorithm>
#include <string>
#include <system_error>
#include <vector>

namespace depthwire::journal {
namespace {

[[noreturn]] void damaged(const Segment& segment, const std::string& how) {
  throw service::ExitError(
      service::exit_code::corrupt,
      "journal segment " + segment.path.string() + " is damaged: " + how +
          "; nothing was changed. Restore the file from a copy, or move the journal away to begin "
          "a new one: its consumers will record the loss.");
}

class Recoverer {
 public:
  Recoverer(const std::filesystem::path& directory, bool cut_to_step, Storage& storage)
      : storage_(storage),
        directory_(directory),
        cut_to_step_(cut_to_step),
        segments_(list_segments(directory, storage)) {
    std::erase_if(segments_, [](const Segment& segment) { return segment.archived; });
  }

  Recovery run(const Time& time, std::chrono::milliseconds check_for) {
    check_sealed();
    check_sums(time, time.steady() + check_for);
    const std::size_t end = find_end();
    set_aside();
    remove_from(end);
    for (std::size_t i = 0; i < end; ++i) settle(i);
    remove_strays();
    return std::move(recovery_);
  }

 private:
  // Every sealed segment is whole and follows the one before; so is an unsealed one that a sealed
  // one follows: its seal has been lost, and reading it makes up for that.
  void check_sealed() {
    seals_.resize(segments_.size());
    for (std::size_t i = 0; i < segments_.size(); ++i) {
      seals_[i] = load_seal(storage_, segments_[i].path);
      if (seals_[i]) sealed_ = i + 1;
    }
    for (std::size_t i = 0; i < sealed_; ++i) {
      check_follows(i);
      const auto file = storage_.open(segments_[i].path, Access::read);
      if (seals_[i]) {
        check_size(segments_[i], *seals_[i], file->size());
        recovery_.topics = seals_[i]->topics;
        recovery_.found.last = seals_[i]->last;
      } else {
        const auto scan = scan_segment(read_all(*file), segments_[i], recovery_.topics);
        if (!scan.whole() || scan.valid_bytes == 0) damaged(segments_[i], stop(scan));
        keep(i, scan.valid_bytes, scan);
      }
    }
  }

  void check_sums(const Time& time, std::chrono::steady_clock::time_point deadline) {
    for (std::size_t i = sealed_; i > 0; --i) {
      const auto& segment = segments_[i - 1];
      if (std::find(unsettled_.begin(), unsettled_.end(), i - 1) != unsettled_.end()) continue;
      if (time.steady() >= deadline) {
        recovery_.unchecked.insert(recovery_.unchecked.begin(), segment);
        continue;
      }
      const auto bytes = read_all(*storage_.open(segment.path, Access::read));
      if (const auto how = damage(bytes, segment, *seals_[i - 1])) damaged(segment, *how);
    }
  }

  static void check_size(const Segment& segment, const Seal& seal, std::size_t bytes) {
    if (bytes == seal.bytes) return;
    damaged(segment,
            "it has " + std::to_string(bytes) + " bytes instead of " + std::to_string(seal.bytes));
  }

  void check_follows(std::size_t i) const {
    if (i == 0 || segments_[i].first_offset == recovery_.found.last.offset + 1) return;
    damaged(segments_[i], "the segment before it, from offset " +
                              std::to_string(recovery_.found.last.offset + 1) + ", is missing");
  }

  // Reads the tail; returns how many segments stay.
  std::size_t find_end() {
    for (std::size_t i = sealed_; i < segments_.size(); ++i) {
      if (i == sealed_) {
        check_follows(i);
      } else if (segments_[i].first_offset != recovery_.found.last.offset + 1) {
        return count_lost(i);
      }
      auto topics = recovery_.topics;
      const auto bytes = read_all(*storage_.open(segments_[i].path, Access::read));
      auto scan = scan_segment(bytes, segments_[i], topics);
      recovery_.found.torn_bytes += scan.garbage_bytes;
      const bool whole = scan.whole();
      if (scan.garbage_bytes > 0) {
        set_aside_.push_back({i, bytes.substr(scan.valid_bytes, scan.garbage_bytes)});
      }
      if (cut_to_step_ && scan.records_after_step > 0) {
        recovery_.found.cut_records += scan.records_after_step;
        topics = recovery_.topics;
        scan =
            scan_segment(std::string_view(bytes).substr(0, scan.step_bytes), segments_[i], topics);
      }
      if (scan.valid_bytes == 0) return count_lost(i + 1) - 1;
      recovery_.topics = std::move(topics);
      keep(i, scan.valid_bytes, scan);
      if (!whole) return count_lost(i + 1);
    }
    return segments_.size();
  }

  void keep(std::size_t i, std::size_t bytes, const Scan& scan) {
    recovery_.found.last = scan.last;
    seals_[i] = Seal{bytes, scan.last, scan.last_time_ns, recovery_.topics};
    unsettled_.push_back(i);
  }

  // What lies beyond the end was written and is given up.
  std::size_t count_lost(std::size_t end) {
    for (std::size_t i = end; i < segments_.size(); ++i) {
      TopicTable ignored;
      const auto bytes = read_all(*storage_.open(segments_[i].path, Access::read));
      const auto scan = scan_segment(bytes, segments_[i], ignored);
      const auto written = scan.valid_bytes + scan.garbage_bytes;
      recovery_.found.torn_bytes += written;
      if (written > 0) set_aside_.push_back({i, bytes.substr(0, written)});
    }
    return end;
  }

  // Nothing that was written is destroyed: it is out of the journal, not out of the world.
  void set_aside() {
    for (const auto& [i, bytes] : set_aside_) {
      try {
        storage_.open(cut_path(segments_[i].path), Access::overwrite)->write_at(bytes, 0);
      } catch (const std::system_error& error) {
        if (!is_disk_full(error)) throw;
      }
    }
  }

  // The newest first, each durably: a power cut in between must not leave a hole.
  void remove_from(std::size_t end) {
    for (std::size_t i = segments_.size(); i > end; --i) {
      storage_.remove(segments_[i - 1].path);
      storage_.sync_directory(directory_);
    }
  }

  void settle(std::size_t i) {
    if (std::find(unsettled_.begin(), unsettled_.end(), i) == unsettled_.end()) return;
    const auto file = storage_.open(segments_[i].path, Access::write);
    if (file->size() != seals_[i]->bytes) file->truncate(seals_[i]->bytes);
    file->sync_data();
    try {
      store_seal(storage_, segments_[i].path, *seals_[i]);
    } catch (const std::system_error& error) {
      if (!is_disk_full(error)) throw;
      // The next start reads the segment again.
    }
  }

  // Seals of segments that are gone, and seals that were never finished.
  void remove_strays() {
    for (const auto& name : storage_.list(directory_)) {
      const std::filesystem::path path = directory_ / name;
      const bool unfinished = path.extension() == ".new";
      const bool stray =
          path.extension() == ".topics" && !storage_.exists(directory_ / path.stem());
      if (unfinished || stray) storage_.remove(path);
    }
  }

  Storage& storage_;
  const std::filesystem::path& directory_;
  bool cut_to_step_;
  std::vector<Segment> segments_;
  std::vector<std::optional<Seal>> seals_;
  std::vector<std::size_t> unsettled_;  // read, and not sealed yet
  std::size_t sealed_ = 0;              // up to here segments are checked, not cut
  struct Aside {
    std::size_t segment = 0;
    std::string bytes;
  };
  std::vector<Aside> set_aside_;  // cut off
  Recovery recovery_;
};

}  // namespace

Recovery recover(const std::filesystem::path& directory, bool cut_to_step, Storage& storage,
                 const Time& time, std::chrono::milliseconds check_for) {
  return Recoverer(directory, cut_to_step, storage).run(time, check_for);
}

}  // namespace depthwire::journal
