#pragma once

#include "common/journal/storage.hpp"

#include <atomic>
#include <cerrno>
#include <filesystem>
#include <memory>
#include <system_error>

namespace depthwire::tests {

/// The files of this machine, on a disk that is full when the test says so. Thread-safe.
class FullDisk final : public journal::Storage {
 public:
  std::atomic<bool> full = false;

  std::unique_ptr<journal::StorageFile> open(const std::filesystem::path& path,
                                             journal::Access access) override {
    return std::make_unique<File>(*this, journal::disk().open(path, access));
  }
  bool exists(const std::filesystem::path& path) override { return journal::disk().exists(path); }
  std::vector<std::string> list(const std::filesystem::path& directory) override {
    return journal::disk().list(directory);
  }
  void create_directories(const std::filesystem::path& directory) override {
    journal::disk().create_directories(directory);
  }
  void rename(const std::filesystem::path& from, const std::filesystem::path& to) override {
    journal::disk().rename(from, to);
  }
  void remove(const std::filesystem::path& path) override { journal::disk().remove(path); }
  void sync_directory(const std::filesystem::path& directory) override {
    journal::disk().sync_directory(directory);
  }
  journal::Space space(const std::filesystem::path&) override {
    return {full ? 0ULL : 500'000'000ULL, 1'000'000'000ULL};
  }

 private:
  class File final : public journal::StorageFile {
   public:
    File(FullDisk& disk, std::unique_ptr<journal::StorageFile> file)
        : disk_(disk), file_(std::move(file)) {}
    [[nodiscard]] std::size_t size() const override { return file_->size(); }
    std::size_t read_at(char* into, std::size_t count, std::size_t at) const override {
      return file_->read_at(into, count, at);
    }
    void write_at(std::string_view bytes, std::size_t at) override {
      need_room();
      file_->write_at(bytes, at);
    }
    void allocate(std::size_t bytes) override {
      need_room();
      file_->allocate(bytes);
    }
    void truncate(std::size_t bytes) override { file_->truncate(bytes); }
    void sync_data() override { file_->sync_data(); }
    [[nodiscard]] bool try_lock() override { return file_->try_lock(); }

   private:
    void need_room() const {
      if (disk_.full) throw std::system_error(ENOSPC, std::generic_category(), "cannot write");
    }
    FullDisk& disk_;
    std::unique_ptr<journal::StorageFile> file_;
  };
};

}  // namespace depthwire::tests
