#pragma once

#include "proto/ctrader/messages.pb.h"
#include "simulator/market/board.hpp"
#include "simulator/trading/check_order.hpp"
#include "simulator/trading/fills.hpp"
#include "simulator/trading/refusal.hpp"

#include <tl/expected.hpp>

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <variant>
#include <vector>

namespace depthwire::simulator::trading {

/// The balance is another one.
struct BalanceChanged {};
/// What everybody who is authorised for the account is told.
using Notice = std::variant<ctrader::ProtoOAExecutionEvent, ctrader::ProtoOATrailingSLChangedEvent,
                            BalanceChanged>;
/// In the order that they are told in.
using Notices = std::vector<Notice>;
/// Of an order request: the first notice is its answer.
using Answer = tl::expected<Notices, Refusal>;

/// A trading account of type HEDGED: its orders, positions, deals and money. Orders are filled from
/// the board as it stands, level by level, with a deal each; the board is also the only clock. No
/// swap and no commission is charged. Source: PROTOCOL.md 8.3, 12.
class Account {
 public:
  /// `board` outlives the account.
  Account(std::int64_t account_id, const Board& board) : id_(account_id), board_(board) {}

  [[nodiscard]] Answer new_order(const ctrader::ProtoOANewOrderReq& request);
  [[nodiscard]] Answer amend_order(const ctrader::ProtoOAAmendOrderReq& request);
  [[nodiscard]] Answer cancel_order(const ctrader::ProtoOACancelOrderReq& request);
  /// A level that is missing is removed.
  [[nodiscard]] Answer amend_levels(const ctrader::ProtoOAAmendPositionSLTPReq& request);
  [[nodiscard]] Answer close_position(const ctrader::ProtoOAClosePositionReq& request);
  /// What the market's `event` does to the orders that wait; the board knows it already.
  [[nodiscard]] Notices on_event(const Event& event);

  /// In cents of the deposit asset, like all money here.
  [[nodiscard]] std::int64_t balance() const { return balance_; }
  /// How often it has changed.
  [[nodiscard]] std::int64_t balance_version() const { return balance_version_; }
  /// The open positions, oldest first.
  [[nodiscard]] std::vector<ctrader::ProtoOAPosition> positions() const;
  /// The orders that wait, oldest first; those that protect positions only if asked for.
  [[nodiscard]] std::vector<ctrader::ProtoOAOrder> pending_orders(bool with_protection) const;
  /// All orders there were, in no order that means anything.
  [[nodiscard]] std::vector<ctrader::ProtoOAOrder> orders() const;
  [[nodiscard]] std::optional<ctrader::ProtoOAOrder> order(std::int64_t id) const;
  /// Oldest first.
  [[nodiscard]] const std::deque<ctrader::ProtoOADeal>& deals() const { return deals_; }
  /// What closing a position at the last prices would win; nothing where a price is unknown.
  [[nodiscard]] std::optional<std::int64_t> profit_of(
      const ctrader::ProtoOAPosition& position) const;

 private:
  struct Order {
    ctrader::ProtoOANewOrderReq asked;
    ctrader::ProtoOAOrder wire;
    bool triggered = false;
    int ticks_beyond = 0;           // of the trigger, one after another
    std::int64_t trail_points = 0;  // distance of a trailing stop loss; 0: it stays
  };

  [[nodiscard]] const SymbolBoard& board_of(const Order& order) const;
  [[nodiscard]] std::int64_t now_ms() const { return board_.time_ns() / 1'000'000; }
  [[nodiscard]] std::optional<Refusal> check_position(
      const ctrader::ProtoOANewOrderReq& request) const;
  [[nodiscard]] std::optional<Refusal> check_opening(
      const ctrader::ProtoOANewOrderReq& request) const;
  [[nodiscard]] Refusal no_position(std::int64_t id) const;
  [[nodiscard]] bool affords(std::size_t symbol, ctrader::ProtoOATradeSide side,
                             std::int64_t volume) const;

  // Adds a position that is not open yet.
  std::int64_t create_position(const ctrader::ProtoOANewOrderReq& request);
  Order& add_order(const ctrader::ProtoOANewOrderReq& asked, std::int64_t position_id,
                   bool closing);
  // Brings what the client sees of an order in line with what was asked for.
  static void describe(Order& order);
  static void set_levels(ctrader::ProtoOAPosition& position, const Levels& levels, bool trailing,
                         ctrader::ProtoOAOrderTriggerMethod method);
  ctrader::ProtoOAExecutionEvent& tell(ctrader::ProtoOAExecutionType type, const Order& order,
                                       Notices& out);

  template <class Each>
  static void keep(std::deque<Each>& all, const Each& one) {
    all.push_back(one);
    if (all.size() > kept) all.pop_front();
  }

  // Executes what can be at the last prices; `ticked`: these are new.
  void attempt(std::int64_t order_id, bool ticked, Notices& out);
  bool is_triggered(Order& order, bool ticked) const;
  void trail(Order& order, Notices& out);
  void execute(Order& order, std::optional<market::Price> limit, Notices& out);
  void apply(Order& order, const Fill& fill, Notices& out);
  void enlarge(ctrader::ProtoOAPosition& position, const Fill& fill, ctrader::ProtoOADeal& deal);
  void reduce(ctrader::ProtoOAPosition& position, const Fill& fill, ctrader::ProtoOADeal& deal);
  // Makes the order that protects a position what the levels and volume of the position say.
  void protect(std::int64_t position_id, bool by_server, Notices& out);
  [[nodiscard]] Order* protection_of(std::int64_t position_id);
  void end(std::int64_t order_id, ctrader::ProtoOAOrderStatus status);
  // Ends an order that is not filled, and its position if that was never open.
  ctrader::ProtoOAExecutionEvent& end_and_tell(std::int64_t order_id,
                                               ctrader::ProtoOAExecutionType type,
                                               ctrader::ProtoOAOrderStatus status, Notices& out);

  static constexpr std::int64_t first_position = 3'000'001;
  static constexpr std::size_t kept = 50'000;  // ended orders, and deals

  std::int64_t id_;
  const Board& board_;
  std::int64_t balance_ = first_balance;
  std::int64_t balance_version_ = 0;
  std::map<std::int64_t, Order> waiting_;  // for the market, or executed right now
  std::map<std::int64_t, ctrader::ProtoOAPosition> positions_;  // created or open
  std::deque<ctrader::ProtoOAOrder> ended_;
  std::deque<ctrader::ProtoOADeal> deals_;
  // Different ranges: who takes one for the other finds nothing.
  std::int64_t next_position_ = first_position;
  std::int64_t next_order_ = 5'000'001;
  std::int64_t next_deal_ = 7'000'001;
};

}  // namespace depthwire::simulator::trading
