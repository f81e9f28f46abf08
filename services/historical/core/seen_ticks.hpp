#pragma once

#include "services/historical/core/tick_decoder.hpp"
#include "services/historical/core/time_ranges.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace depthwire::historical {

/// Bid and ask, by bus::Side.
inline constexpr std::size_t sides = 2;

/// When streaming saw one symbol, so that no tick is stored twice and none is left out. History
/// knows milliseconds only: of the first and the last one that was seen it counts how many ticks of
/// each side were.
///
/// A symbol is seen in spans, one for each subscription that nothing interrupted. What lies between
/// two spans was missed, until mend() makes one of them.
class SeenTicks {
 public:
  /// A subscription began. Ticks up to `bound_ms` are older than it, where the broker tells so;
  /// else the first tick that is seen will tell.
  void begin(std::optional<std::int64_t> bound_ms);
  /// A tick of the sides that it carries.
  void see(std::int64_t time_ms, const std::array<bool, sides>& carried);
  /// The subscription is over.
  void end();

  [[nodiscard]] bool empty() const { return spans_.empty(); }
  /// The time of the newest tick that was seen, or the bound; nothing while there is neither.
  [[nodiscard]] std::optional<std::int64_t> newest_ms() const;

  /// Where ticks of `side` were missed between the span before the open gap and the newest one;
  /// nothing while there is no gap, or its end is not known yet.
  [[nodiscard]] std::optional<Range> gap(std::size_t side) const;
  /// Those of `ticks`, oldest first and milliseconds whole, that no span has.
  [[nodiscard]] std::vector<PastTick> unseen(const std::vector<PastTick>& ticks,
                                             std::size_t side) const;
  /// Of ticks within the gap() those between the two spans at its ends, whatever was seen of them
  /// in spans between these.
  [[nodiscard]] std::vector<PastTick> between(const std::vector<PastTick>& ticks,
                                              std::size_t side) const;
  /// From then on, ticks are not history's to publish: they are seen, or a gap will tell.
  [[nodiscard]] std::int64_t horizon_ms() const;

  /// The gap's ticks are published: its spans become one.
  void mend();
  /// They will not come: later gaps begin after this one.
  void give_up();

  template <class Archive>
  void serialize(Archive& archive) {
    archive(spans_, gap_from_);
  }

 private:
  struct Edge {
    std::int64_t time_ms = 0;
    std::size_t seen = 0;  // of this millisecond

    template <class Archive>
    void serialize(Archive& archive) {
      archive(time_ms, seen);
    }
  };
  struct Span {
    std::optional<std::int64_t> from_ms;  // absent: begun, and nothing seen yet
    std::array<std::size_t, sides> from_seen{};
    std::array<Edge, sides> until{};  // at from_ms: nothing seen after that millisecond
    bool open = true;

    template <class Archive>
    void serialize(Archive& archive) {
      archive(from_ms, from_seen, until, open);
    }
  };

  static void narrow(const Span& span, std::size_t side, std::int64_t time_ms, std::size_t& first,
                     std::size_t& last);

  template <class Spans>
  static std::vector<PastTick> outside(const Spans& spans, const std::vector<PastTick>& ticks,
                                       std::size_t side);

  std::vector<Span> spans_;   // oldest first
  std::size_t gap_from_ = 0;  // the span before the open gap, when it is not the newest one
};

}  // namespace depthwire::historical
