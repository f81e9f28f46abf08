#pragma once

#include "common/bus/stage.hpp"
#include "common/market/bar_builder.hpp"
#include "common/market/book.hpp"
#include "common/state/serialize_map.hpp"
#include "proto/bus/envelope.pb.h"
#include "services/aggregator/core/book_view.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace depthwire::aggregator {

struct StageSettings {
  std::size_t depth = 10;                     ///< levels a side in a published book
  std::chrono::nanoseconds book_interval{0};  ///< 0: a book for every change; else at most one per
                                              ///< symbol in this time
  std::chrono::nanoseconds bar_grace{1'000'000'000};
};

/// Turns the depth and the spots of streaming's journal into books and bars. Pure: time is the
/// receive time of its inputs. Throws std::runtime_error for a record that it cannot take.
class AggregatorStage final : public bus::Stage {
 public:
  explicit AggregatorStage(StageSettings settings) : settings_(settings) {}

  void step(const journal::Record& input, bus::StepOutputs& outputs) override;
  void lost() override;
  void save(std::string& bytes) const override;
  void load(std::string_view bytes) override;
  [[nodiscard]] std::uint32_t state_version() const override { return 1; }

  /// The state, for snapshots.
  template <class Archive>
  void serialize(Archive& archive) {
    state::serialize_map(archive, symbols_, [this](const std::string& name) -> Symbol& {
      return symbols_.try_emplace(name, settings_.bar_grace.count()).first->second;
    });
    archive(next_due_ns_);
  }

 private:
  struct Symbol {
    explicit Symbol(std::int64_t grace_ns) : bars(grace_ns) {}
    std::string provider;
    market::Book book;
    bool book_known = false;  // a reset or a keyframe began it, and nothing was missed since
    market::BarBuilder bars;
    bool book_changed = false;  // since it was last published
    std::int64_t book_published_ns = 0;
    std::int64_t event_time_ns = 0;  // of the newest input

    template <class Archive>
    void serialize(Archive& archive) {
      archive(provider, book, book_known, bars, book_changed, book_published_ns, event_time_ns);
    }
  };
  using Symbols = std::map<std::string, Symbol, std::less<>>;

  void take_depth(const journal::Record& input, bus::StepOutputs& outputs);
  void take_spot(const journal::Record& input, bus::StepOutputs& outputs);
  void take_control(const journal::Record& input, bus::StepOutputs& outputs);
  void fire_timers(std::int64_t now_ns, bus::StepOutputs& outputs);
  void plan(std::optional<std::int64_t> due_ns);

  Symbol& symbol(std::string_view name, std::string_view provider);
  void forget_book(Symbol& symbol);
  void publish_book(const std::string& name, Symbol& symbol, std::int64_t time_ns,
                    bus::StepOutputs& outputs);
  void publish_bars(const std::string& name, const Symbol& symbol, std::int64_t time_ns,
                    bus::StepOutputs& outputs);
  void invalidate_all(std::int64_t time_ns, bus::StepOutputs& outputs);

  StageSettings settings_;
  Symbols symbols_;  // ordered, so that timers fire in an order that does not depend on hashes
  std::optional<std::int64_t> next_due_ns_;

  // Reused from step to step.
  market::DepthUpdate update_;
  BookView view_;
  std::vector<market::Bar> ended_;
  depthwire::bus::Envelope envelope_;
  std::string bytes_;
};

}  // namespace depthwire::aggregator
