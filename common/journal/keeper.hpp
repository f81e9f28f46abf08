#pragma once

#include "common/journal/seal.hpp"
#include "common/journal/segment.hpp"
#include "common/journal/storage.hpp"

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace depthwire::journal {

/// How a journal stands; told once a second.
struct KeeperReport {
  Space space;
  bool low_space = false;
  std::uint64_t bytes = 0;          ///< sealed segments of this journal
  std::uint64_t segments = 0;       ///< how many they are
  std::uint64_t removed = 0;        ///< segments removed since the start
  std::uint64_t archived = 0;       ///< segments archived since the start
  std::uint64_t left_to_check = 0;  ///< segments whose checksums have not been checked yet
  std::map<std::string, Position> acknowledged;  ///< by consumer, since the start
  std::vector<std::string> waiting_for;  ///< required consumers without which nothing more can go
  std::string damage;                    ///< of a sealed segment; "" when none is known
  std::string trouble;  ///< why a segment could not be archived or removed; "" when all went well
};

/// The bytes that all journals of an environment take, and how many journals they are.
struct EnvironmentUse {
  std::uint64_t bytes = 0;
  std::uint64_t journals = 1;
};

struct KeeperOptions {
  std::filesystem::path directory;  ///< the journal; its name begins with "<environment>."
  std::filesystem::path archive;    ///< of this journal; empty: nothing is archived
  std::chrono::nanoseconds age = std::chrono::hours(24);
  std::uint64_t bytes = 20ULL << 30;       ///< of the environment
  std::uint64_t hard_bytes = 40ULL << 30;  ///< also for what is not acknowledged
  std::vector<std::string> required;       ///< consumers that retention waits for
  double min_free_percent = 5;
  std::uint64_t check_bytes_per_second = 16ULL << 20;
  std::function<void(const KeeperReport&)> report;  ///< on the keeper's thread
  /// What all journals of the environment take; by default it is looked up beside `directory`.
  std::function<EnvironmentUse()> environment;
  Storage* storage = &disk();
  const Time* time = &system_time();
  bool own_thread = true;  ///< false: nothing happens but in round()
};

/// Records that went although a required consumer had not acknowledged them.
struct GivenUp {
  Position first, last;
  std::string consumers;
};

/// Keeps a running journal within its limits, on a thread of its own, so that the writer never
/// waits: archives and removes sealed segments, checks those that the start had no time for at a
/// bounded rate, and watches the free space.
class Keeper {
 public:
  /// `unchecked`: the segments to check.
  Keeper(KeeperOptions options, std::vector<Segment> unchecked);
  ~Keeper();
  Keeper(const Keeper&) = delete;
  Keeper& operator=(const Keeper&) = delete;

  /// `consumer` has durably processed all up to `position`. Any thread. Anybody may say so: names
  /// that nobody requires are remembered up to a limit.
  void acknowledge(const std::string& consumer, Position position);
  /// How far each consumer has acknowledged since the start. Any thread.
  [[nodiscard]] std::map<std::string, Position> acknowledged() const;
  /// What had to go unacknowledged since the last call. Any thread.
  [[nodiscard]] std::vector<GivenUp> take_given_up();

  /// What the thread does every second.
  void round();

 private:
  struct SealedSegment {
    Segment segment;
    Seal seal;
  };

  void run(const std::stop_token& stop);
  [[nodiscard]] std::vector<SealedSegment> sealed();
  void archive(const std::vector<SealedSegment>& segments);
  void remove_old(const std::vector<SealedSegment>& segments);
  void remove(const SealedSegment& segment);
  void check_some();
  [[nodiscard]] std::int64_t now_ns() const;
  [[nodiscard]] bool damaged(const SealedSegment& segment, std::string_view bytes);

  KeeperOptions options_;
  std::vector<Segment> unchecked_;  // the newest last
  std::map<std::filesystem::path, Seal> seals_;
  KeeperReport state_;
  std::int64_t began_ns_;  // by the wall clock, at the same moment as
  std::chrono::steady_clock::time_point began_;
  std::chrono::steady_clock::time_point next_check_;
  mutable std::mutex mutex_;
  std::condition_variable_any wake_;
  std::map<std::string, Position> acknowledged_;
  std::vector<GivenUp> given_up_;
  std::jthread thread_;
};

}  // namespace depthwire::journal
