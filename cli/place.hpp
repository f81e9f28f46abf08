#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace depthwire::cli {

/// Where an installation lives: everything that it writes is under <root>/var and <root>/logs.
struct Place {
  std::filesystem::path root;      ///< absolute
  std::filesystem::path binaries;  ///< where depthwire and depthwire-* are
  std::filesystem::path config;    ///< the configuration file in use, absolute
  bool embedded = false;           ///< `config` is the embedded default, which nobody can edit

  [[nodiscard]] std::filesystem::path run() const { return root / "var/run"; }
  [[nodiscard]] std::filesystem::path log() const { return root / "var/log"; }
  [[nodiscard]] std::filesystem::path postgres() const { return root / "var/postgres"; }
  [[nodiscard]] std::filesystem::path supervisor_config() const {
    return run() / "supervisord.conf";
  }
};

/// Finds root (`--root`, DEPTHWIRE_ROOT, else the working directory), reads its .env, and finds the
/// configuration: `--config`, DEPTHWIRE_CONFIG, <root>/depthwire.yaml, else the embedded default.
/// Relative files of the options are relative to the working directory, which then becomes root.
/// Writes nothing: a root that is no directory is an error, and the embedded default a file in
/// memory. Throws service::ExitError.
[[nodiscard]] Place find_place(const std::optional<std::filesystem::path>& root,
                               const std::optional<std::filesystem::path>& config);

/// The same for `up`: makes the root, and the embedded default var/run/default.yaml, which the
/// processes that it starts can read.
[[nodiscard]] Place make_place(const std::optional<std::filesystem::path>& root,
                               const std::optional<std::filesystem::path>& config);

/// The text of config/default.yaml.
[[nodiscard]] std::string_view embedded_default();

}  // namespace depthwire::cli
