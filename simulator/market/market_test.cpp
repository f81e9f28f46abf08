#include "simulator/market/market.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace depthwire::simulator {
namespace {

using testing::ElementsAre;
using testing::Pair;

/// Spots at the times that the test says.
class Script final : public SymbolSource {
 public:
  Script(std::string name, std::vector<std::int64_t> times) : times_(std::move(times)) {
    info_.name = std::move(name);
  }
  [[nodiscard]] const SymbolInfo& info() const override { return info_; }
  [[nodiscard]] std::int64_t begin_ns() const override { return times_.front(); }
  [[nodiscard]] bool next(Event& event) override {
    event.clear();
    if (at_ == times_.size()) return false;
    event.time_ns = times_[at_++];
    event.spot.bid = market::Price{event.time_ns};
    return true;
  }
  void restart() override { at_ = 0; }

 private:
  SymbolInfo info_;
  std::vector<std::int64_t> times_;
  std::size_t at_ = 0;
};

std::vector<std::unique_ptr<SymbolSource>> scripts(std::vector<std::int64_t> a,
                                                   std::vector<std::int64_t> b) {
  std::vector<std::unique_ptr<SymbolSource>> sources;
  sources.push_back(std::make_unique<Script>("A", std::move(a)));
  sources.push_back(std::make_unique<Script>("B", std::move(b)));
  return sources;
}

std::vector<std::pair<std::int64_t, std::size_t>> all(Market& market, std::size_t at_most = 100) {
  std::vector<std::pair<std::int64_t, std::size_t>> events;
  Event event;
  while (events.size() < at_most && market.next(event)) {
    events.emplace_back(event.time_ns, event.symbol);
  }
  return events;
}

TEST(Market, FilesBeginTogetherWithTheEarliestAndKeepTheirPace) {
  Market market(scripts({1000, 1010, 1030}, {50, 60, 61}), {});

  EXPECT_EQ(market.begin_ns(), 50);
  EXPECT_THAT(all(market), ElementsAre(Pair(50, 0), Pair(50, 1), Pair(60, 0), Pair(60, 1),
                                       Pair(61, 1), Pair(80, 0)));
}

TEST(Market, EndsAfterSoManyEventsOrSoMuchTime) {
  Market counted(scripts({0, 10, 20}, {0, 10, 20}), {.events = 3});
  Market timed(scripts({0, 10, 20}, {0, 10, 20}), {.duration_ns = 20});

  EXPECT_EQ(all(counted).size(), 3U);
  EXPECT_EQ(all(timed).size(), 4U);
}

TEST(Market, ALoopGoesOnASecondAfterItsLastEvent) {
  Market market(scripts({100, 110}, {100}), {.loop = true});

  EXPECT_THAT(all(market, 6),
              ElementsAre(Pair(100, 0), Pair(100, 1), Pair(110, 0), Pair(1'000'000'110, 0),
                          Pair(1'000'000'110, 1), Pair(1'000'000'120, 0)));
}

}  // namespace
}  // namespace depthwire::simulator
