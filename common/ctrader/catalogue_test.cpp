#include "common/ctrader/catalogue.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace depthwire::ctrader {
namespace {

using ::testing::ElementsAre;

Catalogue example() {
  ProtoOAAssetListRes assets;
  for (const auto& [id, name] : {std::pair{5, "EUR"}, std::pair{15, "USD"}}) {
    auto* asset = assets.add_asset();
    asset->set_assetid(id);
    asset->set_name(name);
  }
  ProtoOASymbolsListRes symbols;
  auto* symbol = symbols.add_symbol();
  symbol->set_symbolid(1);
  symbol->set_symbolname("EURUSD");
  symbol->set_enabled(true);
  symbol->set_baseassetid(5);
  symbol->set_quoteassetid(15);
  symbol->set_description("Euro vs US Dollar");
  auto* disabled = symbols.add_symbol();
  disabled->set_symbolid(2);
  disabled->set_symbolname("OLD");
  Catalogue catalogue;
  catalogue.set_assets(assets);
  catalogue.set_symbols(symbols);
  return catalogue;
}

TEST(Catalogue, FindsSymbolsByName) {
  const auto catalogue = example();

  EXPECT_EQ(catalogue.id("EURUSD"), 1);
  EXPECT_EQ(catalogue.id("eurusd"), std::nullopt);
  EXPECT_THAT(catalogue.enabled_names(), ElementsAre("EURUSD"));
}

TEST(Catalogue, PassesOverNamesThatNoTopicCanCarry) {
  const std::string longest(100, 'x');
  ProtoOASymbolsListRes symbols;
  for (const auto& name :
       {std::string("A|B"), std::string(), std::string("A\nB"), longest + "x", longest}) {
    auto* symbol = symbols.add_symbol();
    symbol->set_symbolid(symbols.symbol_size());
    symbol->set_symbolname(name);
    symbol->set_enabled(true);
  }
  Catalogue catalogue;
  catalogue.set_symbols(symbols);

  EXPECT_THAT(catalogue.enabled_names(), ElementsAre(longest));
  EXPECT_EQ(catalogue.unusable().size(), 4U);
}

TEST(Catalogue, JoinsWhatListsAndDetailsSay) {
  ProtoOASymbol details;
  details.set_symbolid(1);
  details.set_digits(5);
  details.set_pipposition(4);
  details.set_lotsize(10'000'000);
  details.set_scheduletimezone("Europe/Moscow");
  auto* interval = details.add_schedule();
  interval->set_startsecond(86'700);
  interval->set_endsecond(172'500);

  const auto info = example().info(details);

  EXPECT_EQ(info.name(), "EURUSD");
  EXPECT_EQ(info.base_asset(), "EUR");
  EXPECT_EQ(info.quote_asset(), "USD");
  EXPECT_EQ(info.digits(), 5U);
  EXPECT_EQ(info.lot_size_cents(), 10'000'000);
  EXPECT_EQ(info.schedule_time_zone(), "Europe/Moscow");
  ASSERT_EQ(info.schedule_size(), 1);
  EXPECT_EQ(info.schedule(0).end_second(), 172'500U);
}

}  // namespace
}  // namespace depthwire::ctrader
