#include "services/streaming/core/subscription_plan.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace depthwire::streaming {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

const SubscriptionPlan::Time start{1000h};

ctrader::Catalogue catalogue() {
  ctrader::ProtoOASymbolsListRes list;
  for (const auto& [id, name] : {std::pair{1, "EURUSD"}, std::pair{2, "GBPUSD"}}) {
    auto* symbol = list.add_symbol();
    symbol->set_symbolid(id);
    symbol->set_symbolname(name);
    symbol->set_enabled(true);
  }
  auto* off = list.add_symbol();
  off->set_symbolid(3);
  off->set_symbolname("OLD");
  ctrader::Catalogue result;
  result.set_symbols(list);
  return result;
}

TEST(SubscriptionPlan, SubscribesWhatIsConfiguredOnce) {
  SubscriptionPlan plan({"GBPUSD", "EURUSD"});
  EXPECT_THAT(plan.changes(start).subscribe, IsEmpty());

  plan.connected(catalogue());

  EXPECT_THAT(plan.changes(start).subscribe,
              ElementsAre(SymbolRef{"EURUSD", 1}, SymbolRef{"GBPUSD", 2}));
  EXPECT_THAT(plan.changes(start).subscribe, IsEmpty());
}

TEST(SubscriptionPlan, AllMeansEverySymbolThatMayBeTraded) {
  SubscriptionPlan plan({"all"});
  plan.connected(catalogue());

  EXPECT_THAT(plan.changes(start).subscribe,
              ElementsAre(SymbolRef{"EURUSD", 1}, SymbolRef{"GBPUSD", 2}));
}

TEST(SubscriptionPlan, ANameThatTheBrokerLacksIsToldOnce) {
  SubscriptionPlan plan({"EURUSD", "NOSUCH"});
  plan.connected(catalogue());

  EXPECT_THAT(plan.changes(start).unknown, ElementsAre("NOSUCH"));
  EXPECT_THAT(plan.changes(start).unknown, IsEmpty());
}

TEST(SubscriptionPlan, ALeaseAddsASymbolUntilTheLastOneEnds) {
  SubscriptionPlan plan({"EURUSD"});
  plan.connected(catalogue());
  std::ignore = plan.changes(start);

  plan.lease("GBPUSD", "panel", start + 10s, start);
  plan.lease("GBPUSD", "notebook", start + 20s, start);

  EXPECT_THAT(plan.changes(start).subscribe, ElementsAre(SymbolRef{"GBPUSD", 2}));
  EXPECT_THAT(plan.changes(start + 10s).unsubscribe, IsEmpty());
  EXPECT_THAT(plan.changes(start + 20s).unsubscribe, ElementsAre(SymbolRef{"GBPUSD", 2}));
}

TEST(SubscriptionPlan, ALeaseIsExtendedByAskingAgainAndGivenBackWithNoTime) {
  SubscriptionPlan plan({});
  plan.connected(catalogue());
  plan.lease("GBPUSD", "panel", start + 10s, start);
  std::ignore = plan.changes(start);

  plan.lease("GBPUSD", "panel", start + 30s, start + 5s);
  EXPECT_THAT(plan.changes(start + 15s).unsubscribe, IsEmpty());

  plan.lease("GBPUSD", "panel", start + 16s, start + 16s);
  EXPECT_THAT(plan.changes(start + 16s).unsubscribe, ElementsAre(SymbolRef{"GBPUSD", 2}));
}

TEST(SubscriptionPlan, AConfiguredSymbolOutlivesItsLease) {
  SubscriptionPlan plan({"EURUSD"});
  plan.connected(catalogue());
  plan.lease("EURUSD", "panel", start + 10s, start);
  std::ignore = plan.changes(start);

  EXPECT_THAT(plan.changes(start + 20s).unsubscribe, IsEmpty());
}

TEST(SubscriptionPlan, SubscribesAllAgainAfterADisconnect) {
  SubscriptionPlan plan({"EURUSD"});
  plan.connected(catalogue());
  plan.lease("GBPUSD", "panel", start + 10s, start);
  std::ignore = plan.changes(start);

  plan.disconnected();
  EXPECT_THAT(plan.subscribed(), IsEmpty());
  plan.connected(catalogue());

  EXPECT_THAT(plan.changes(start + 1s).subscribe,
              ElementsAre(SymbolRef{"EURUSD", 1}, SymbolRef{"GBPUSD", 2}));
}

}  // namespace
}  // namespace depthwire::streaming
