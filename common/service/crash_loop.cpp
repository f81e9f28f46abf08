#include "common/service/crash_loop.hpp"

#include <algorithm>
#include <fstream>
#include <string>

namespace depthwire::service {
namespace {

constexpr int patient_starts = 3;
constexpr std::chrono::seconds longest_wait{30};

}  // namespace

CrashLoop::CrashLoop(const std::filesystem::path& run_dir, std::string_view process) {
  if (!run_dir.empty()) file_ = run_dir / (std::string(process) + ".starts");
}

std::chrono::seconds CrashLoop::begin() const {
  if (file_.empty()) return {};
  int starts = 0;
  std::ifstream(file_) >> starts;
  starts = std::clamp(starts, 0, 1000) + 1;
  std::error_code ignored;  // without the file a crash loop is only faster
  std::filesystem::create_directories(file_.parent_path(), ignored);
  std::ofstream(file_, std::ios::trunc) << starts << "\n";
  if (starts <= patient_starts) return {};
  const int doublings = std::min(starts - patient_starts - 1, 10);
  return std::min(std::chrono::seconds(1 << doublings), longest_wait);
}

void CrashLoop::survived() const {
  std::error_code ignored;  // nothing to remove is as good
  if (!file_.empty()) std::filesystem::remove(file_, ignored);
}

}  // namespace depthwire::service
