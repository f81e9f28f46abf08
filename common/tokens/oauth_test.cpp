#include "common/tokens/oauth.hpp"

#include "common/tokens/redirect.hpp"

#include <gmock/gmock.h>

namespace depthwire::tokens {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

TEST(OAuth, TheConsentPageIsAskedWithEscapedParameters) {
  EXPECT_EQ(consent_url("https://id.example/grant/", "12_ab", "http://127.0.0.1:5000/", "accounts",
                        "s t"),
            "https://id.example/grant/?client_id=12_ab&redirect_uri=http%3A%2F%2F127.0.0.1%3A5000"
            "%2F&scope=accounts&product=web&state=s%20t");
}

TEST(OAuth, TokensAreFetchedWithACodeOrARefreshToken) {
  const Application application{"id", "s&t"};

  EXPECT_EQ(code_url("https://x/token", application, "c", "http://h/"),
            "https://x/token?grant_type=authorization_code&code=c&redirect_uri=http%3A%2F%2Fh%2F"
            "&client_id=id&client_secret=s%26t");
  EXPECT_EQ(refresh_url("https://x/token", application, "r"),
            "https://x/token?grant_type=refresh_token&refresh_token=r&client_id=id"
            "&client_secret=s%26t");
}

TEST(OAuth, ReadsAQuery) {
  EXPECT_THAT(
      parse_query("code=a%2Fb&state=x+y&empty=&bare"),
      ElementsAre(Pair("bare", ""), Pair("code", "a/b"), Pair("empty", ""), Pair("state", "x y")));
  EXPECT_THAT(parse_query(""), ElementsAre());
  EXPECT_THAT(parse_query("&&=&a=%"), ElementsAre(Pair("", ""), Pair("a", "%")));
}

TEST(Redirect, IsAnAddressOfThisMachine) {
  const auto redirect = parse_redirect("http://127.0.0.1:5000/callback");
  ASSERT_TRUE(redirect);
  EXPECT_EQ(redirect->port, 5000);
  EXPECT_EQ(redirect->path, "/callback");
  EXPECT_TRUE(parse_redirect("http://localhost:80/"));

  for (const auto* uri :
       {"", "http://127.0.0.1:5000", "http://127.0.0.1/", "http://127.0.0.1:0/",
        "http://127.0.0.1:65536/", "http://127.0.0.1:x/", "https://127.0.0.1:5000/",
        "http://192.168.0.1:5000/", "http://127.0.0.1:5000/?a=b", "http://127.0.0.1:5000/a b"}) {
    EXPECT_FALSE(parse_redirect(uri)) << uri;
  }
}

}  // namespace
}  // namespace depthwire::tokens
