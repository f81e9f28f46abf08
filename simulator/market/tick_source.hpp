#pragma once

#include "simulator/market/event.hpp"
#include "simulator/market/file_facts.hpp"
#include "simulator/market/row_file.hpp"
#include "simulator/market/touch.hpp"

#include <filesystem>
#include <memory>
#include <string>

namespace depthwire::simulator {

/// Recorded best prices: spots and no depth. A row that repeats both prices is no event.
class TickSource final : public SymbolSource {
 public:
  using File = TickFile;
  TickSource(std::filesystem::path file, const std::string& name);

  [[nodiscard]] const SymbolInfo& info() const override { return info_; }
  [[nodiscard]] std::int64_t begin_ns() const override { return facts_.begin_ns; }
  [[nodiscard]] bool next(Event& event) override;
  void restart() override;

 private:
  std::filesystem::path file_;
  FileFacts facts_;
  SymbolInfo info_;
  std::unique_ptr<File> rows_;
  Touch touch_;
};

}  // namespace depthwire::simulator
