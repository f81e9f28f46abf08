#pragma once

#include "simulator/market/event.hpp"
#include "simulator/market/file_facts.hpp"
#include "simulator/market/level_ids.hpp"
#include "simulator/market/row_file.hpp"
#include "simulator/market/touch.hpp"

#include <filesystem>
#include <memory>
#include <string>

namespace depthwire::simulator {

/// A recorded book by price levels. A snapshot removes every id and adds new ones in one event.
/// Spots are the venue's own best prices (Q) where the file has them, else those of the book.
/// Trades never reach the wire: the protocol has none.
class L2Source final : public SymbolSource {
 public:
  using File = L2File;
  L2Source(std::filesystem::path file, const std::string& name);

  [[nodiscard]] const SymbolInfo& info() const override { return info_; }
  [[nodiscard]] std::int64_t begin_ns() const override { return facts_.begin_ns; }
  [[nodiscard]] bool next(Event& event) override;
  void restart() override;

 private:
  void take_rows_of_one_event(Event& event);

  std::filesystem::path file_;
  FileFacts facts_;
  SymbolInfo info_;
  std::unique_ptr<File> rows_;
  LevelIds levels_;
  Touch touch_;
  bool clear_first_ = false;
};

}  // namespace depthwire::simulator
