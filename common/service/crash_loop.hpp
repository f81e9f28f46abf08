#pragma once

#include <chrono>
#include <filesystem>
#include <string_view>

namespace depthwire::service {

/// Slows a process down that dies again and again soon after its start, whatever it dies of: a
/// supervisor starts it again at once. Remembers short lives in <run_dir>/<process>.starts.
class CrashLoop {
 public:
  /// Without a directory there is no memory and no wait.
  CrashLoop(const std::filesystem::path& run_dir, std::string_view process);

  /// Counts this start. How long to wait before going on: nothing for the first three short lives
  /// in a row, then 1, 2, 4, ... up to 30 s.
  [[nodiscard]] std::chrono::seconds begin() const;
  /// This life was long enough, or ended in order.
  void survived() const;

 private:
  std::filesystem::path file_;
};

/// A life of this length is not part of a crash loop.
inline constexpr std::chrono::seconds short_life{5};

}  // namespace depthwire::service
