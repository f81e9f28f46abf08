#include "common/ctrader/account_list.hpp"

#include "common/ctrader/test_broker.hpp"
#include "proto/ctrader/messages.pb.h"

#include <gmock/gmock.h>

namespace depthwire::ctrader {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

class AccountListTest : public ::testing::Test {
 protected:
  tl::expected<std::vector<GrantedAccount>, std::string> list(
      std::chrono::milliseconds patience = 20s) {
    return list_accounts(
        {.host = "localhost", .port = broker_.port(), .ca_file = broker_.certificates().ca_file()},
        {.client_id = "id", .client_secret = "secret", .access_token = "token"}, patience);
  }

  testing::TestBroker broker_;
};

TEST_F(AccountListTest, TellsEachAccountOfTheGrant) {
  broker_.on(2149, [](testing::TestBroker::Reply& reply) {
    ProtoOAGetAccountListByAccessTokenRes accounts;
    auto& entry = *accounts.add_ctidtraderaccount();
    entry.set_ctidtraderaccountid(7);
    entry.set_traderlogin(3'000'007);
    entry.set_islive(true);
    entry.set_brokertitleshort("a broker");
    accounts.add_ctidtraderaccount()->set_ctidtraderaccountid(8);
    reply.answer(2150, accounts);
  });

  const auto accounts = list();

  ASSERT_TRUE(accounts) << accounts.error();
  ASSERT_EQ(accounts->size(), 2U);
  EXPECT_EQ(accounts->front().id, 7);
  EXPECT_EQ(accounts->front().login, 3'000'007);
  EXPECT_TRUE(accounts->front().live);
  EXPECT_EQ(accounts->front().broker, "a broker");
  EXPECT_EQ(accounts->back().id, 8);
}

TEST_F(AccountListTest, ARefusalCarriesTheBrokersCode) {
  broker_.on(2149,
             [](testing::TestBroker::Reply& reply) { reply.error("CH_ACCESS_TOKEN_INVALID"); });

  const auto accounts = list();

  ASSERT_FALSE(accounts);
  EXPECT_THAT(accounts.error(), HasSubstr("CH_ACCESS_TOKEN_INVALID"));
}

TEST_F(AccountListTest, AConnectionThatEndsOrASilentBrokerIsTold) {
  broker_.on(2100, [](testing::TestBroker::Reply& reply) { reply.hang_up(); });
  EXPECT_FALSE(list());

  broker_.on(2100, [](testing::TestBroker::Reply&) {});
  const auto accounts = list(200ms);
  ASSERT_FALSE(accounts);
  EXPECT_THAT(accounts.error(), HasSubstr("does not answer in time"));
}

}  // namespace
}  // namespace depthwire::ctrader
