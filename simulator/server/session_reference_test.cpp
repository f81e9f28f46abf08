#include "simulator/server/reference_data.hpp"
#include "simulator/server/session_fixture.hpp"

#include <gmock/gmock.h>

namespace depthwire::simulator {
namespace {

using namespace ctrader;
using testing::ElementsAre;
using testing::IsEmpty;

using SessionReference = SessionTest;

TEST(ConversionChain, IsTheShortestWay) {
  const std::vector<std::string> symbols{"EURUSD", "USDJPY", "EURGBP", "GBPJPY"};

  EXPECT_THAT(*conversion_chain(symbols, "EUR", "USD"), ElementsAre(0));
  EXPECT_THAT(*conversion_chain(symbols, "JPY", "EUR"), ElementsAre(1, 0));
  EXPECT_THAT(*conversion_chain(symbols, "USD", "GBP"), ElementsAre(0, 2));
  EXPECT_THAT(*conversion_chain(symbols, "EUR", "EUR"), IsEmpty());
  EXPECT_FALSE(conversion_chain(symbols, "EUR", "CHF"));
}

TEST_F(SessionReference, SymbolsLeadFromOneAssetToAnother) {
  log_in();
  ProtoOASymbolsForConversionReq message;
  message.set_ctidtraderaccountid(account);
  message.set_firstassetid(2);  // EUR; USD is 1, GBP 3
  message.set_lastassetid(3);

  const auto answer = request(PROTO_OA_SYMBOLS_FOR_CONVERSION_REQ, message);

  ASSERT_EQ(answer.size(), 1U);
  const auto chain = body<ProtoOASymbolsForConversionRes>(answer[0]);
  ASSERT_EQ(chain.symbol_size(), 2);
  EXPECT_EQ(chain.symbol(0).symbolname(), "EURUSD");
  EXPECT_EQ(chain.symbol(0).baseassetid(), 2);
  EXPECT_EQ(chain.symbol(1).symbolname(), "GBPUSD");
  message.set_lastassetid(99);
  EXPECT_EQ(code(request(PROTO_OA_SYMBOLS_FOR_CONVERSION_REQ, message)), "ENTITY_NOT_FOUND");
}

TEST_F(SessionReference, TheLeverageOfASymbolIsFound) {
  log_in();
  const auto symbols = about<ProtoOASymbolByIdReq>(PROTO_OA_SYMBOL_BY_ID_REQ, {1});
  ProtoOAGetDynamicLeverageByIDReq message;
  message.set_ctidtraderaccountid(account);
  message.set_leverageid(body<ProtoOASymbolByIdRes>(symbols[0]).symbol(0).leverageid());

  const auto answer = request(PROTO_OA_GET_DYNAMIC_LEVERAGE_REQ, message);

  ASSERT_EQ(answer.size(), 1U);
  ASSERT_EQ(answer[0].payloadtype(), PROTO_OA_GET_DYNAMIC_LEVERAGE_RES);
  const auto leverage = body<ProtoOAGetDynamicLeverageByIDRes>(answer[0]).leverage();
  ASSERT_EQ(leverage.tiers_size(), 2);
  EXPECT_EQ(leverage.tiers(0).leverage(), 100);
  message.set_leverageid(99);
  EXPECT_EQ(code(request(PROTO_OA_GET_DYNAMIC_LEVERAGE_REQ, message)), "ENTITY_NOT_FOUND");
}

}  // namespace
}  // namespace depthwire::simulator
