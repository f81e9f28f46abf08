#pragma once

#include "common/bus/subscription.hpp"
#include "common/journal/format.hpp"
#include "proto/bus/envelope.pb.h"
#include "services/gateway/core/frame.hpp"
#include "services/gateway/core/protocol.hpp"

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace depthwire::gateway {

/// Turns records of the bus into frames for clients, and keeps what a client that comes now has to
/// see: the latest of every slot and the newest events. One thread.
class Board {
 public:
  explicit Board(std::string environment, std::size_t kept_events = 50);

  /// A publisher that is followed.
  void add_source(const std::string& source);

  /// Appends the frames that a record makes to `out`: usually one, none for what is not shown.
  /// An EPOCH_START, a SOURCE_DOWN or a LOSS takes back what came of that source's books and
  /// prices, and says why.
  void apply(const std::string& source, const journal::Record& record, std::vector<FramePtr>& out);

  /// Records of the source never reached us: its books and prices are not current any more.
  void lost(const std::string& source, const bus::Lost& lost, std::vector<FramePtr>& out);

  /// Appends a frame when something changed. `reason`: why the source is halted.
  void set_status(const std::string& source, SourceState state, std::uint64_t lag_records,
                  const std::string& reason, std::vector<FramePtr>& out);

  /// What a new client has to see, oldest knowledge first.
  [[nodiscard]] std::vector<FramePtr> snapshot() const;

  [[nodiscard]] std::uint64_t undecodable() const { return undecodable_; }
  [[nodiscard]] const std::string& environment() const { return environment_; }

  /// Bodies of GET /api/symbols and of the parts of GET /api/status that are known here.
  [[nodiscard]] std::string symbols_json() const;
  [[nodiscard]] std::string sources_json() const;
  [[nodiscard]] std::string connections_json() const;

 private:
  struct Status {
    SourceState state = SourceState::catching_up;
    std::uint64_t lag_records = 0;
    std::string reason;
    bool operator==(const Status&) const = default;
  };
  struct Symbol {
    BestPrices best;
    std::string spot_source;  ///< empty: there are no current prices
    std::string book_source;  ///< empty: there is no current book
    std::uint32_t digits = 0;
    std::string description;
    bool known = false;  ///< symbol information has come
  };

  void apply_control(const std::string& source, const journal::Record& record,
                     std::vector<FramePtr>& out);
  void take_back(const std::string& source, journal::Position position, std::string_view reason,
                 std::vector<FramePtr>& out);
  void encode(const std::string& source, std::string_view position, std::vector<FramePtr>& out);
  void emit(Stream stream, std::string_view symbol, std::string_view part,
            std::vector<FramePtr>& out);
  void emit_event(Stream stream, std::string_view symbol, std::vector<FramePtr>& out);
  std::uint32_t slot(Stream stream, std::string_view symbol, std::string_view part);

  std::string environment_;
  std::size_t kept_events_;
  std::map<std::string, Status> sources_;
  std::map<std::string, Symbol, std::less<>> symbols_;
  std::map<std::string, std::string> connections_;  // name -> latest message
  std::unordered_map<std::string, std::uint32_t> slots_;
  std::vector<FramePtr> latest_;  // by slot
  std::deque<FramePtr> events_;
  std::uint64_t undecodable_ = 0;
  // Reused: storage stays, contents change with each record.
  bus::Envelope envelope_;
  std::string json_;
  std::string key_;
};

/// source:epoch:offset
[[nodiscard]] std::string position_text(std::string_view source, journal::Position position);

}  // namespace depthwire::gateway
