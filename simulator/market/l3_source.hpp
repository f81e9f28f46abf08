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

/// A recorded book by orders: order ids are quote ids, each row is one event, sent as it was
/// recorded, removals of unknown ids and crossed books included. Spots are the book's best prices.
class L3Source final : public SymbolSource {
 public:
  using File = L3File;
  L3Source(std::filesystem::path file, const std::string& name);

  [[nodiscard]] const SymbolInfo& info() const override { return info_; }
  [[nodiscard]] std::int64_t begin_ns() const override { return facts_.begin_ns; }
  [[nodiscard]] bool next(Event& event) override;
  void restart() override;

 private:
  void forget(market::QuoteId id);
  void clear(market::DepthUpdate& update);

  std::filesystem::path file_;
  FileFacts facts_;
  SymbolInfo info_;
  std::unique_ptr<File> rows_;
  std::map<market::QuoteId, market::Quote> quotes_;
  std::map<market::Price, int, std::greater<>> bids_;  // orders at each price
  std::map<market::Price, int> asks_;
  Touch touch_;
  bool clear_first_ = false;
};

}  // namespace depthwire::simulator
