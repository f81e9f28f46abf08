#pragma once

#include "common/config/bind.hpp"

#include <cstdint>
#include <filesystem>
#include <string>

namespace depthwire::log {

enum class Level : std::uint8_t { debug, info, warning, error };
enum class Format : std::uint8_t { text, json };

/// The section `log`.
struct Settings {
  Level level = Level::info;
  Format format = Format::text;
  std::filesystem::path directory;  ///< empty: to standard error only
  std::uint32_t file_mib = 16;
  std::uint32_t files = 4;

  template <class Visitor>
  void describe(Visitor& field) {
    field("level", level, "what is less severe is not logged",
          config::Names<Level>{{{"debug", Level::debug},
                                {"info", Level::info},
                                {"warning", Level::warning},
                                {"error", Level::error}}});
    field("format", format, "text for people, json for machines (one object per line)",
          config::Names<Format>{{{"text", Format::text}, {"json", Format::json}}});
    field("directory", directory,
          "also log to <directory>/<process>.log; empty: standard error only");
    field("file_mib", file_mib, "size at which a log file is rotated, in MiB",
          config::Bounds{.min = 1, .max = 1024});
    field("files", files, "how many rotated files are kept", config::Bounds{.min = 1, .max = 100});
  }
};

}  // namespace depthwire::log
