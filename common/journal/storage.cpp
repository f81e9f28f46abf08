#include "common/journal/storage.hpp"

#include "common/journal/file.hpp"

#include <fcntl.h>

#include <cerrno>
#include <fstream>
#include <sys/statvfs.h>
#include <system_error>

namespace depthwire::journal {
namespace {

namespace fs = std::filesystem;

int flags_of(Access access) {
  switch (access) {
    case Access::read: return O_RDONLY;
    case Access::write: return O_RDWR;
    case Access::create: return O_RDWR | O_CREAT | O_EXCL;
    case Access::overwrite: return O_RDWR | O_CREAT | O_TRUNC;
    case Access::lock: return O_RDWR | O_CREAT;
  }
  return O_RDONLY;
}

class DiskFile final : public StorageFile {
 public:
  DiskFile(const fs::path& path, Access access) : file_(path, flags_of(access)) {}
  [[nodiscard]] std::size_t size() const override { return file_.size(); }
  std::size_t read_at(char* into, std::size_t count, std::size_t at) const override {
    return file_.read_at(into, count, at);
  }
  void write_at(std::string_view bytes, std::size_t at) override { file_.write_at(bytes, at); }
  void allocate(std::size_t bytes) override { file_.allocate(bytes); }
  void truncate(std::size_t bytes) override { file_.truncate(bytes); }
  void sync_data() override { file_.sync_data(); }
  [[nodiscard]] bool try_lock() override { return file_.try_lock(); }

 private:
  File file_;
};

class Disk final : public Storage {
 public:
  std::unique_ptr<StorageFile> open(const fs::path& path, Access access) override {
    return std::make_unique<DiskFile>(path, access);
  }
  bool exists(const fs::path& path) override { return fs::exists(path); }
  std::vector<std::string> list(const fs::path& directory) override {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(directory)) {
      names.push_back(entry.path().filename().string());
    }
    return names;
  }
  void create_directories(const fs::path& directory) override { fs::create_directories(directory); }
  void rename(const fs::path& from, const fs::path& to) override { fs::rename(from, to); }
  void remove(const fs::path& path) override { fs::remove(path); }
  void sync_directory(const fs::path& directory) override { journal::sync_directory(directory); }
  Space space(const fs::path& directory) override {
    struct statvfs status {};
    if (::statvfs(directory.c_str(), &status) != 0) {
      throw std::system_error(errno, std::generic_category(),
                              "cannot ask for the free space of " + directory.string());
    }
    return {status.f_bavail * status.f_frsize, status.f_blocks * status.f_frsize};
  }
};

class SystemTime final : public Time {
 public:
  [[nodiscard]] std::int64_t utc_ns() const override {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(
               std::chrono::system_clock::now().time_since_epoch())
        .count();
  }
  [[nodiscard]] std::chrono::steady_clock::time_point steady() const override {
    return std::chrono::steady_clock::now();
  }
};

}  // namespace

Storage& disk() {
  static Disk the_disk;
  return the_disk;
}

const Time& system_time() {
  static const SystemTime time;
  return time;
}

std::string machine_boot() {
  std::ifstream file("/proc/sys/kernel/random/boot_id");
  std::string boot;
  std::getline(file, boot);
  return boot;
}

std::string read_all(const StorageFile& file) {
  std::string bytes(file.size(), '\0');
  bytes.resize(file.read_at(bytes.data(), bytes.size(), 0));
  return bytes;
}

bool is_disk_full(const std::system_error& error) {
  return error.code() == std::errc::no_space_on_device ||
         error.code() == std::error_code(EDQUOT, std::generic_category());
}

}  // namespace depthwire::journal
