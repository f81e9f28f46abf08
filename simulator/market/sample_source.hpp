#pragma once

#include "simulator/market/event.hpp"
#include "simulator/market/file_facts.hpp"
#include "simulator/market/row_file.hpp"
#include "simulator/market/touch.hpp"

#include <filesystem>
#include <map>
#include <memory>
#include <string>

namespace depthwire::simulator {

/// Depth messages as cTrader sent them, each one event with its own ids. They come from different
/// days: a message that is older than the one before, or more than a minute younger, follows it
/// after a second.
class SampleSource final : public SymbolSource {
 public:
  using File = SampleFile;
  SampleSource(std::filesystem::path file, const std::string& name);

  [[nodiscard]] const SymbolInfo& info() const override { return info_; }
  [[nodiscard]] std::int64_t begin_ns() const override { return facts_.begin_ns; }
  [[nodiscard]] bool next(Event& event) override;
  void restart() override;

 private:
  void advance_clock(std::int64_t recorded_ns);
  [[nodiscard]] market::Spot touch();

  std::filesystem::path file_;
  FileFacts facts_;
  SymbolInfo info_;
  std::unique_ptr<File> rows_;
  std::map<market::QuoteId, market::Quote> quotes_;
  Touch touch_;
  std::int64_t time_ns_ = 0;
  std::int64_t recorded_ns_ = 0;
  bool clear_first_ = false;
};

}  // namespace depthwire::simulator
