#include "services/streaming/actors/symbol_hours.hpp"

#include "tests/support/temp_dir.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <fstream>

namespace depthwire::streaming {
namespace {

using namespace std::chrono_literals;

std::int64_t utc_ns(std::chrono::year_month_day date, std::chrono::hours hour) {
  return std::chrono::nanoseconds{std::chrono::sys_days{date}.time_since_epoch() + hour}.count();
}

ctrader::ProtoOASymbol forex(const std::string& zone) {
  ctrader::ProtoOASymbol symbol;
  symbol.set_scheduletimezone(zone);
  auto* interval = symbol.add_schedule();
  interval->set_startsecond(17 * 3'600);
  interval->set_endsecond((5 * 24 + 17) * 3'600);
  return symbol;
}

const auto wednesday = utc_ns(2026y / 1 / 7, 12h);

TEST(SymbolHours, AreThoseOfTheScheduleInItsZone) {
  SymbolHours hours;

  const auto market = hours.of(forex("America/New_York"));

  EXPECT_TRUE(market.is_open(wednesday));
  EXPECT_TRUE(market.is_open(utc_ns(2026y / 3 / 6, 22h) - 1));
  EXPECT_FALSE(market.is_open(utc_ns(2026y / 3 / 6, 22h)));
  EXPECT_TRUE(market.is_open(utc_ns(2026y / 3 / 8, 21h)));  // the clock was set in between
}

TEST(SymbolHours, HolidaysAreClosed) {
  auto symbol = forex("UTC");
  auto* holiday = symbol.add_holiday();
  holiday->set_scheduletimezone("UTC");
  holiday->set_holidaydate(wednesday / 86'400'000'000'000);
  SymbolHours hours;

  EXPECT_FALSE(hours.of(symbol).is_open(wednesday));
  holiday->set_startsecond(13 * 3'600);
  holiday->set_endsecond(24 * 3'600);
  EXPECT_TRUE(hours.of(symbol).is_open(wednesday));
  EXPECT_FALSE(hours.of(symbol).is_open(utc_ns(2026y / 1 / 7, 13h)));
}

TEST(SymbolHours, ASymbolThatMayNotBeTradedIsNeverOpen) {
  auto symbol = forex("UTC");
  SymbolHours hours;
  EXPECT_TRUE(hours.of(symbol).is_open(wednesday));

  symbol.set_tradingmode(ctrader::DISABLED_WITH_PENDINGS_EXECUTION);
  EXPECT_FALSE(hours.of(symbol).is_open(wednesday));
  symbol.set_tradingmode(ctrader::CLOSE_ONLY_MODE);
  EXPECT_TRUE(hours.of(symbol).is_open(wednesday));
}

TEST(SymbolHours, AZoneThatIsNotKnownIsNeverOpen) {
  const tests::TempDir directory;
  std::ofstream(directory.path() / "Text") << "no zone\n";
  std::ofstream(directory.path() / "Empty") << "";
  std::ofstream(directory.path() / "Good") << "TZif2 and whatever\n\nMSK-3\n";
  SymbolHours hours(directory.path());

  for (const auto* name :
       {"", "Text", "Empty", "Missing", "../Good", "/etc/hosts", "Good\n", "."}) {
    EXPECT_FALSE(hours.of(forex(name)).is_open(wednesday)) << name;
  }
  EXPECT_TRUE(hours.of(forex("Good")).is_open(wednesday));
}

}  // namespace
}  // namespace depthwire::streaming
