#include "tests/support/simulated_disk.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <iterator>
#include <system_error>
#include <utility>

namespace depthwire::tests {

namespace fs = std::filesystem;

namespace {

[[noreturn]] void fail(const char* what, const fs::path& path, int error) {
  throw std::system_error(error, std::generic_category(), std::string(what) + ' ' + path.string());
}

bool is_in(std::string_view path, std::string_view directory) {
  return path.size() > directory.size() && path.starts_with(directory) &&
         path.rfind('/') == directory.size();
}

}  // namespace

class SimulatedFile final : public journal::StorageFile {
 public:
  SimulatedFile(SimulatedDisk& disk, std::shared_ptr<SimulatedDisk::Inode> inode, fs::path path)
      : disk_(disk), inode_(std::move(inode)), path_(std::move(path)) {}
  ~SimulatedFile() override {
    if (holds_lock_) inode_->locked = false;
  }

  [[nodiscard]] std::size_t size() const override { return inode_->bytes.size(); }
  std::size_t read_at(char* into, std::size_t count, std::size_t at) const override {
    if (at >= inode_->bytes.size()) return 0;
    const auto size = std::min(count, inode_->bytes.size() - at);
    std::memcpy(into, inode_->bytes.data() + at, size);
    return size;
  }
  void write_at(std::string_view bytes, std::size_t at) override {
    disk_.change();
    if (disk_.write_error_ != 0) fail("cannot write", path_, std::exchange(disk_.write_error_, 0));
    const auto end = at + bytes.size();
    const auto size = inode_->bytes.size();
    const auto grown = end > size ? end - size : 0;
    const auto room = disk_.capacity_ - std::min(disk_.capacity_, disk_.used());
    if (grown > room) {
      // As a real disk: what fits is written, and then the error comes.
      disk_.write(*inode_, bytes.substr(0, bytes.size() - (grown - room)), at);
      fail("cannot write", path_, ENOSPC);
    }
    disk_.write(*inode_, bytes, at);
  }
  void allocate(std::size_t bytes) override {
    disk_.change();
    const auto size = inode_->bytes.size();
    if (bytes <= size) return;
    if (disk_.used() + (bytes - size) > disk_.capacity_) fail("cannot allocate", path_, ENOSPC);
    disk_.resize(*inode_, bytes);
  }
  void truncate(std::size_t bytes) override {
    disk_.change();
    disk_.resize(*inode_, bytes);
  }
  void sync_data() override {
    disk_.change();
    if (disk_.sync_error_ != 0) fail("cannot sync", path_, std::exchange(disk_.sync_error_, 0));
    ++disk_.syncs_;
    inode_->sync();
  }
  bool try_lock() override {
    if (inode_->locked) return false;
    return holds_lock_ = inode_->locked = true;
  }

 private:
  SimulatedDisk& disk_;
  std::shared_ptr<SimulatedDisk::Inode> inode_;
  fs::path path_;
  bool holds_lock_ = false;
};

void SimulatedDisk::Inode::sync() {
  durable = bytes;
  dirty.clear();
}

void SimulatedDisk::Inode::lose_power(std::mt19937_64& random) {
  auto left = durable;
  // A new length may or may not have reached the disk; what it adds reads as zeros.
  if (bytes.size() != durable.size() && random() % 2 == 0) left.resize(bytes.size(), '\0');
  for (const auto sector : dirty) {
    const auto at = sector * sector_bytes;
    if (at >= left.size() || at >= bytes.size()) continue;
    const auto size = std::min({sector_bytes, left.size() - at, bytes.size() - at});
    switch (random() % 6) {
      case 0: break;                                                     // never reached the disk
      case 1: bytes.copy(left.data() + at, random() % size, at); break;  // torn
      case 2: {
        const auto from = random() % size;
        bytes.copy(left.data() + at + from, size - from, at + from);
        break;
      }
      default: bytes.copy(left.data() + at, size, at);
    }
  }
  bytes = durable = std::move(left);
  dirty.clear();
  locked = false;
}

void SimulatedDisk::lose_power(std::mt19937_64& random) {
  dark_ = false;
  calls_left_ = 0;
  Names left = durable_names_;
  for (const auto& [path, inode] : names_) {
    const auto durable = durable_names_.find(path);
    const bool same = durable != durable_names_.end() && durable->second == inode;
    if (!same && random() % 2 == 0) left[path] = inode;
  }
  for (const auto& [path, inode] : durable_names_) {
    if (!names_.contains(path) && random() % 2 == 0) left.erase(path);
  }
  std::set<Inode*> done;
  for (const auto& [path, inode] : left) {
    if (inode && done.insert(inode.get()).second) inode->lose_power(random);
  }
  names_ = durable_names_ = std::move(left);
}

void SimulatedDisk::change() {
  if (dark_ || (calls_left_ > 0 && --calls_left_ == 0)) {
    dark_ = true;
    throw PowerCut();
  }
}

void SimulatedDisk::write(Inode& inode, std::string_view bytes, std::size_t at) {
  if (bytes.empty()) return;
  if (at + bytes.size() > inode.bytes.size()) inode.bytes.resize(at + bytes.size());
  std::memcpy(inode.bytes.data() + at, bytes.data(), bytes.size());
  for (auto i = at / sector_bytes; i <= (at + bytes.size() - 1) / sector_bytes; ++i) {
    inode.dirty.insert(i);
  }
}

void SimulatedDisk::resize(Inode& inode, std::size_t bytes) { inode.bytes.resize(bytes, '\0'); }

std::uint64_t SimulatedDisk::used() const {
  std::uint64_t bytes = 0;
  for (const auto& [path, inode] : names_) bytes += inode ? inode->bytes.size() : 0;
  return bytes;
}

void SimulatedDisk::flip(const fs::path& path, std::size_t at) {
  auto& inode = *names_.at(path.string());
  inode.bytes.at(at) = static_cast<char>(inode.bytes.at(at) ^ 1);
  if (at < inode.durable.size()) inode.durable[at] = inode.bytes[at];
}

std::unique_ptr<journal::StorageFile> SimulatedDisk::open(const fs::path& path,
                                                          journal::Access access) {
  using journal::Access;
  const auto found = names_.find(path.string());
  const bool is_there = found != names_.end();
  const bool makes = access == Access::create || access == Access::overwrite ||
                     (access == Access::lock && !is_there);
  if (!is_there && !makes) fail("cannot open", path, ENOENT);
  if (is_there && access == Access::create) fail("cannot open", path, EEXIST);
  if (makes) change();
  if (!is_there) {
    return std::make_unique<SimulatedFile>(*this, names_[path.string()] = std::make_shared<Inode>(),
                                           path);
  }
  if (access == Access::overwrite) resize(*found->second, 0);
  return std::make_unique<SimulatedFile>(*this, found->second, path);
}

bool SimulatedDisk::exists(const fs::path& path) { return names_.contains(path.string()); }

std::vector<std::string> SimulatedDisk::list(const fs::path& directory) {
  const auto below = directory.string();
  if (!names_.contains(below)) fail("cannot open", directory, ENOENT);
  std::vector<std::string> names;
  for (const auto& [path, inode] : names_) {
    if (is_in(path, below)) names.push_back(path.substr(below.size() + 1));
  }
  return names;
}

void SimulatedDisk::create_directories(const fs::path& directory) {
  // Directories themselves are durable at once: making them is the installation's work.
  names_.try_emplace(directory.string());
  durable_names_.try_emplace(directory.string());
}

void SimulatedDisk::rename(const fs::path& from, const fs::path& to) {
  change();
  const auto found = names_.find(from.string());
  if (found == names_.end()) fail("cannot rename", from, ENOENT);
  names_[to.string()] = found->second;
  names_.erase(from.string());
}

void SimulatedDisk::remove(const fs::path& path) {
  change();
  names_.erase(path.string());
}

void SimulatedDisk::sync_directory(const fs::path& directory) {
  change();
  const auto below = [&](const auto& entry) { return is_in(entry.first, directory.string()); };
  std::erase_if(durable_names_, below);
  std::copy_if(names_.begin(), names_.end(), std::inserter(durable_names_, durable_names_.end()),
               below);
}

journal::Space SimulatedDisk::space(const fs::path&) {
  return {capacity_ - std::min(capacity_, used()), capacity_};
}

}  // namespace depthwire::tests
