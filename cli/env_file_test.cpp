#include "cli/env_file.hpp"

#include <gmock/gmock.h>

namespace depthwire::cli {
namespace {

using testing::ElementsAre;
using testing::Pair;

TEST(EnvFile, ReadsPlainQuotedAndExportedValues) {
  const auto variables = parse_env(
      "# the account\n"
      "CTRADER_CLIENT_ID=12_abc\n"
      "\n"
      "export CTRADER_CLIENT_SECRET = 'a # b $c'  # kept\n"
      "NOTE=\"two\\nlines \\\"quoted\\\"\"\n"
      "TOKEN=abc=def==  # padded\r\n"
      "EMPTY=\n");

  ASSERT_TRUE(variables);
  EXPECT_THAT(*variables, ElementsAre(Pair("CTRADER_CLIENT_ID", "12_abc"),
                                      Pair("CTRADER_CLIENT_SECRET", "a # b $c"),
                                      Pair("NOTE", "two\nlines \"quoted\""),
                                      Pair("TOKEN", "abc=def=="), Pair("EMPTY", "")));
}

TEST(EnvFile, NamesTheLineThatIsWrongButNotItsText) {
  EXPECT_EQ(parse_env("A=1\nsecret value\n").error(), "2: expected NAME=VALUE");
  EXPECT_EQ(parse_env("A='unfinished\n").error(), "1: expected NAME=VALUE");
  EXPECT_EQ(parse_env("1A=x\n").error(), "1: expected NAME=VALUE");
}

}  // namespace
}  // namespace depthwire::cli
