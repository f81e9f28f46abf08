#pragma once

#include "common/journal/format.hpp"

#include <cstdint>
#include <filesystem>
#include <string_view>

namespace depthwire::bus {

/// Remembers, across a crash of the process, which input a stage was stepping. The file is mapped
/// into memory: the kernel keeps what was stored there whatever becomes of the process, and a step
/// costs a few stores. A power cut may lose it, which only loses the count. One thread.
class StepMark {
 public:
  /// Opens or makes the file, and counts the crash that the life before ended with, if it did.
  /// Crashes of another build do not count: it may have mended them. Throws std::system_error.
  StepMark(const std::filesystem::path& file, std::string_view build);
  ~StepMark();
  StepMark(const StepMark&) = delete;
  StepMark& operator=(const StepMark&) = delete;

  void begin(journal::Position input);
  void end();

  /// The input that lives of this build have last died of, and how many in a row.
  [[nodiscard]] journal::Position crashed_at() const;
  [[nodiscard]] std::uint64_t crashes() const;

 private:
  struct Fields;
  Fields* fields_;
};

}  // namespace depthwire::bus
