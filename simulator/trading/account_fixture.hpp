#pragma once

#include "simulator/trading/account.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace depthwire::simulator::trading {

using namespace ctrader;
using market::Price;
using market::Side;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

inline constexpr std::int64_t lot = 10'000'000;  // 100,000 units
inline constexpr std::int64_t start_ms = 1'767'596'400'000;

/// EURUSD at 1.00000 / 1.00010 and GBPJPY, which nothing leads to the deposit from. A lot of EURUSD
/// needs a margin of 1,000 of the 10,000 USD, and a point of it is a USD.
class AccountTest : public testing::Test {
 protected:
  static std::vector<SymbolInfo> symbols() {
    return {{.name = "EURUSD", .opening = {.bid = Price{100'000}, .ask = Price{100'010}}},
            {.name = "GBPJPY", .opening = {.bid = Price{19'000'000}, .ask = Price{19'000'100}}}};
  }

  static ProtoOANewOrderReq order(ProtoOAOrderType type, ProtoOATradeSide side,
                                  std::int64_t volume = lot) {
    ProtoOANewOrderReq request;
    request.set_symbolid(1);
    request.set_ordertype(type);
    request.set_tradeside(side);
    request.set_volume(volume);
    return request;
  }
  /// The prices become these a second later.
  Notices quote(std::int64_t bid, std::int64_t ask) {
    Event event{.time_ns = board_.time_ns() + 1'000'000'000};
    event.spot = {.bid = Price{bid}, .ask = Price{ask}};
    return happen(event);
  }
  Notices happen(const Event& event) {
    board_.apply(event);
    return account_.on_event(event);
  }
  void rest(market::QuoteId id, Side side, std::int64_t points, std::int64_t volume) {
    Event event{.time_ns = board_.time_ns()};
    event.depth.added.push_back({id, side, {points}, {volume}});
    (void)happen(event);
  }

  static ProtoOAExecutionEvent execution(const Notices& notices, std::size_t index) {
    const auto* event =
        index < notices.size() ? std::get_if<ProtoOAExecutionEvent>(&notices[index]) : nullptr;
    EXPECT_NE(event, nullptr) << "no execution at " << index;
    return event == nullptr ? ProtoOAExecutionEvent() : *event;
  }
  static std::vector<std::string> story(const Notices& notices) {
    std::vector<std::string> told;
    for (const auto& notice : notices) {
      if (const auto* event = std::get_if<ProtoOAExecutionEvent>(&notice)) {
        told.push_back(ProtoOAExecutionType_Name(event->executiontype()) +
                       (event->isserverevent() ? " by server" : ""));
      } else {
        told.emplace_back(std::holds_alternative<BalanceChanged>(notice) ? "balance" : "trail");
      }
    }
    return told;
  }
  static std::string code(const Answer& answer) { return answer ? "done" : answer.error().code; }
  /// Opens a position and gives its id.
  std::int64_t open(const ProtoOANewOrderReq& request) {
    const auto answer = account_.new_order(request);
    EXPECT_EQ(code(answer), "done");
    return execution(*answer, 0).position().positionid();
  }
  Answer close(std::int64_t position, std::int64_t volume) {
    ProtoOAClosePositionReq request;
    request.set_positionid(position);
    request.set_volume(volume);
    return account_.close_position(request);
  }

  Board board_{symbols(), start_ms * 1'000'000};
  Account account_{7, board_};
};

}  // namespace depthwire::simulator::trading
