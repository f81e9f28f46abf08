#pragma once

#include "tests/support/temp_dir.hpp"

#include <zstd.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

namespace depthwire::simulator {

/// A directory of a test's own, gone with it.
class TestFiles {
 public:
  [[nodiscard]] const std::filesystem::path& directory() const { return directory_.path(); }

  std::filesystem::path write(const std::string& name, std::string_view text) const {
    auto path = directory() / name;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << text;
    return path;
  }

  std::filesystem::path write_zstd(const std::string& name, std::string_view text) const {
    std::string packed(ZSTD_compressBound(text.size()), '\0');
    packed.resize(ZSTD_compress(packed.data(), packed.size(), text.data(), text.size(), 3));
    return write(name, packed);
  }

 private:
  tests::TempDir directory_;
};

}  // namespace depthwire::simulator
