#include "common/config/describe.hpp"
#include "common/config/help.hpp"
#include "common/config/load.hpp"
#include "common/config/nearest.hpp"
#include "tests/support/temp_dir.hpp"

#include <gmock/gmock.h>

#include <fstream>
#include <sstream>

namespace depthwire::config {
namespace {

using namespace std::chrono_literals;

enum class Pace { one, max };

struct Account {
  std::string host = "localhost";
  Secret secret;

  template <class Visitor>
  void describe(Visitor& field) {
    field("host", host, "server", Env{"CTRADER_HOST"});
    field("secret", secret, "client secret", Env{"CTRADER_LIVE_SECRET", Environment::live},
          Env{"CTRADER_CLIENT_SECRET"});
    field.unused({"CTRADER_EMAIL", "CTRADER_URL*"}, "not used");
  }
  void check(const Checks& checks) const {
    if (checks.environment() != Environment::sim && secret.empty()) {
      checks.fail("secret", "is needed in demo and live; set CTRADER_CLIENT_SECRET");
    }
  }
};

struct Curve {
  std::filesystem::path keys;

  template <class Visitor>
  void describe(Visitor& field) {
    field("keys", keys, "directory of the keys");
  }
};

struct Config {
  std::uint16_t depth = 10;
  double ratio = 0.5;
  bool loop = false;
  std::chrono::milliseconds interval = 250ms;
  std::vector<std::string> symbols{"EURUSD"};
  std::vector<std::int64_t> ids;
  Pace pace = Pace::one;
  Curve curve;
  Account account;

  template <class Visitor>
  void describe(Visitor& field) {
    field("depth", depth, "levels per side", Bounds{.min = 1, .max = 1000});
    field("ratio", ratio, "a share", Bounds{.min = 0, .max = 1});
    field("loop", loop, "begin again");
    field("interval", interval, "time between", DurationBounds{.min = 1ms});
    field("symbols", symbols, "what to follow");
    field("ids", ids, "whom to ask");
    field("pace", pace, "how fast", Names<Pace>{{{"1", Pace::one}, {"max", Pace::max}}});
    field.group("curve", curve, "encryption");
    field.section("ctrader", account, "the account");
  }
};

/// A configuration file and what came of reading it.
class ConfigTest : public testing::Test {
 protected:
  Loaded read(const std::string& yaml) {
    std::ofstream(file) << yaml;
    Sources sources{file, variables, flags};
    return load(describe("streaming", "the feed", config), sources);
  }
  /// The problems, one per line, with the file called FILE.
  std::string problems(const std::string& yaml) {
    try {
      read(yaml);
    } catch (const ConfigError& error) {
      EXPECT_EQ(error.code(), 78);
      std::string text = error.what();
      for (std::size_t at = 0; (at = text.find(file.string())) != std::string::npos;) {
        text.replace(at, file.string().size(), "FILE");
      }
      return text;
    }
    return "";
  }

  tests::TempDir dir;
  std::filesystem::path file = dir.path() / "depthwire.yaml";
  std::map<std::string, std::string> variables;
  std::vector<std::pair<std::string, std::string>> flags;
  Config config;
};

TEST_F(ConfigTest, ReadsEveryTypeOfValue) {
  const auto loaded = read(
      "environment: demo\n"
      "ctrader: {secret: s3cret}\n"
      "gateway: {anything: goes}\n"
      "streaming:\n"
      "  depth: 20\n  ratio: 0.25\n  loop: true\n  interval: 5s\n  symbols: [EURUSD, XAUUSD]\n  "
      "ids: [7, 8]\n"
      "  pace: max\n  curve: {keys: var/keys}\n");

  EXPECT_EQ(loaded.environment, Environment::demo);
  EXPECT_EQ(config.account.secret.reveal(), "s3cret");
  EXPECT_EQ(config.depth, 20);
  EXPECT_DOUBLE_EQ(config.ratio, 0.25);
  EXPECT_TRUE(config.loop);
  EXPECT_EQ(config.interval, 5s);
  EXPECT_THAT(config.symbols, testing::ElementsAre("EURUSD", "XAUUSD"));
  EXPECT_THAT(config.ids, testing::ElementsAre(7, 8));
  EXPECT_EQ(config.pace, Pace::max);
  EXPECT_EQ(config.curve.keys, "var/keys");
}

TEST_F(ConfigTest, ReportsEveryProblemAtItsPlaceInOnePass) {
  EXPECT_EQ(problems("enviroment: demo\n"
                     "streaming:\n"
                     "  depht: 20\n"
                     "  ratio: 1.5\n"
                     "  interval: 5\n"
                     "  symbols: EURUSD\n"
                     "  pace: 10\n"
                     "  curve: 7\n"
                     "ctrader:\n"
                     "  host: [a]\n"
                     "  port: 1\n"),
            "FILE:1:1: enviroment: unknown key; did you mean \"environment\"?\n"
            "FILE:3:3: streaming.depht: unknown key; did you mean \"depth\"?\n"
            "FILE:4:10: streaming.ratio: expected a number from 0 to 1, got \"1.5\"\n"
            "FILE:5:13: streaming.interval: expected a duration such as 250ms, 5s or 1h, "
            "at least 1ms, got \"5\"\n"
            "FILE:6:12: streaming.symbols: expected a list such as [EURUSD], got \"EURUSD\"\n"
            "FILE:7:9: streaming.pace: expected one of 1, max, got \"10\"\n"
            "FILE:8:10: streaming.curve: expected settings as `key: value` below this key\n"
            "FILE:10:9: ctrader.host: expected a text, got a list\n"
            "FILE:11:3: ctrader.port: unknown key; did you mean \"host\"?");
}

TEST_F(ConfigTest, RefusesNumbersOutOfBoundsAndHalfNumbers) {
  for (const auto* text : {"0", "1001", "70000", "-1", "10x", "1.0", "ten", "[1]"}) {
    EXPECT_THAT(problems(std::string("streaming: {depth: ") + text + "}"),
                testing::HasSubstr("expected an integer from 1 to 1000, got "))
        << text;
  }
}

TEST_F(ConfigTest, RefusesIdsThatAreNoNumbersAbove0) {
  for (const auto* text : {"x", "0", "-1", "7x", "1.5", "''", "99999999999999999999"}) {
    EXPECT_THAT(problems(std::string("streaming: {ids: [7, ") + text + "]}"),
                testing::HasSubstr(
                    "FILE:1:18: streaming.ids: expected a list of whole numbers above 0, got "))
        << text;
  }
  EXPECT_THAT(problems("streaming: {ids: 7}"), testing::HasSubstr("expected a list such as [7]"));
}

TEST_F(ConfigTest, RefusesAKeyThatIsThereTwice) {
  EXPECT_EQ(problems("streaming:\n  depth: 1\n  depth: 2\n"),
            "FILE:3:3: streaming.depth: the key is there twice; keep one of them");
}

TEST_F(ConfigTest, SaysWhereAFileIsNotYaml) {
  EXPECT_EQ(problems("streaming: [1\n"), "FILE:2:1: not YAML: end of sequence flow not found");
}

TEST_F(ConfigTest, SaysWhichFileIsMissing) {
  const Sources sources{dir.path() / "none.yaml", {}, {}};
  try {
    load(describe("streaming", "", config), sources);
    FAIL();
  } catch (const ConfigError& error) {
    EXPECT_EQ(std::string(error.what()),
              sources.file->string() +
                  ": cannot read the configuration file (No such file or directory); "
                  "name an existing file with --config");
  }
}

TEST_F(ConfigTest, AVariableWinsOverTheFileAndAFlagOverBoth) {
  variables = {{"DEPTHWIRE_STREAMING_DEPTH", "30"}, {"DEPTHWIRE_STREAMING_SYMBOLS", "A, B"},
               {"DEPTHWIRE_STREAMING_IDS", "7, 8"}, {"DEPTHWIRE_STREAMING_CURVE_KEYS", "k"},
               {"DEPTHWIRE_ENVIRONMENT", "live"},   {"CTRADER_HOST", "plain"},
               {"DEPTHWIRE_CTRADER_HOST", "own"},   {"CTRADER_CLIENT_SECRET", "x"},
               {"DEPTHWIRE_STREAMING_RATIO", ""}};
  flags = {{"streaming.depth", "40"}};
  const auto loaded = read("streaming: {depth: 20, ratio: 0.25}\n");

  EXPECT_EQ(loaded.environment, Environment::live);
  EXPECT_EQ(config.depth, 40);
  EXPECT_THAT(config.symbols, testing::ElementsAre("A", "B"));
  EXPECT_THAT(config.ids, testing::ElementsAre(7, 8));
  EXPECT_EQ(config.curve.keys, "k");
  EXPECT_EQ(config.account.host, "own");
  EXPECT_DOUBLE_EQ(config.ratio, 0.25) << "an empty variable counts as none";
}

TEST_F(ConfigTest, AVariableOfOneEnvironmentSetsNothingInOthers) {
  variables = {{"CTRADER_LIVE_SECRET", "live's"}, {"CTRADER_CLIENT_SECRET", "all's"}};
  read("environment: demo\n");
  EXPECT_EQ(config.account.secret.reveal(), "all's");

  read("environment: live\n");
  EXPECT_EQ(config.account.secret.reveal(), "live's");

  flags = {{"environment", "demo"}};
  read("environment: live\n");
  EXPECT_EQ(config.account.secret.reveal(), "all's") << "a flag wins over the file";
}

TEST_F(ConfigTest, NamesUnusedVariablesOnceWithoutTheirValues) {
  variables = {{"CTRADER_EMAIL", "me"}, {"CTRADER_URL_LIVE", "there"}, {"CTRADER_URL", ""}};

  EXPECT_THAT(read("").warnings, testing::ElementsAre("CTRADER_EMAIL, CTRADER_URL_LIVE: not used"));
}

TEST_F(ConfigTest, NamesTheVariableThatIsWrong) {
  variables = {{"DEPTHWIRE_STREAMING_DEPTH", "many"}};

  EXPECT_EQ(problems(""),
            "DEPTHWIRE_STREAMING_DEPTH: streaming.depth: expected an integer from 1 "
            "to 1000, got \"many\"");
}

TEST_F(ConfigTest, WarnsOfAVariableThatNoSettingHas) {
  variables = {{"DEPTHWIRE_STREAMING_DEPHT", "1"},
               {"DEPTHWIRE_GATEWAY_HTTP", "x"},
               {"DEPTHWIRE_RECORDING", "x"},
               {"PATH", "x"}};

  EXPECT_THAT(read("").warnings,
              testing::ElementsAre("the variable DEPTHWIRE_STREAMING_DEPHT is not a setting; did "
                                   "you mean DEPTHWIRE_STREAMING_DEPTH?"));
}

TEST_F(ConfigTest, AStructChecksWhatHoldsBetweenItsSettings) {
  EXPECT_EQ(problems("environment: demo\n"),
            "ctrader.secret: is needed in demo and live; set CTRADER_CLIENT_SECRET");
  EXPECT_EQ(problems("environment: sim\n"), "");
}

TEST_F(ConfigTest, ReadsASecretFromAFile) {
  std::ofstream(dir.path() / "secret") << "from file\n";
  read("ctrader: {secret: 'file:" + (dir.path() / "secret").string() + "'}\n");

  EXPECT_EQ(config.account.secret.reveal(), "from file");
}

TEST_F(ConfigTest, NeverShowsASecret) {
  EXPECT_EQ(problems("ctrader: {secret: [hidden]}"),
            "FILE:1:19: ctrader.secret: expected a secret text, or file:PATH, got a list");
  EXPECT_EQ(problems("ctrader: {secret: 'file:/none/at/all'}"),
            "FILE:1:19: ctrader.secret: cannot read the file /none/at/all (No such file or "
            "directory); it has to exist, hold the value and be readable by this user");
  flags = {{"ctrader.secret", "hidden"}};
  EXPECT_EQ(problems(""),
            "--set ctrader.secret: ctrader.secret: a secret cannot be given on a command line; use "
            "the file, DEPTHWIRE_CTRADER_SECRET or file:PATH");
  config.account.secret = Secret("hidden");
  const Schema schema = describe("streaming", "", config);
  EXPECT_THAT(help_text(schema) + reference_page(schema),
              testing::Not(testing::HasSubstr("hidden")));
}

template <class T>
concept Printable = requires(std::ostream& out, const T& value) { out << value; };
static_assert(Printable<std::string> && !Printable<Secret>);

TEST_F(ConfigTest, HelpTellsKeyDefaultBoundsAndVariables) {
  const std::string text = help_text(describe("streaming", "the feed", config));

  EXPECT_THAT(text,
              testing::HasSubstr("  streaming.depth\n      levels per side; an integer from 1 "
                                 "to 1000; default 10; DEPTHWIRE_STREAMING_DEPTH\n"));
  EXPECT_THAT(text, testing::HasSubstr("DEPTHWIRE_CTRADER_SECRET, CTRADER_LIVE_SECRET (in "
                                       "live), CTRADER_CLIENT_SECRET\n"));
}

TEST_F(ConfigTest, AnAliasOfItselfOrOfTooMuchIsRefused) {
  EXPECT_THAT(problems("log: &a [*a]"), testing::HasSubstr("nested deeper than 16 levels"));

  std::string doubled = "x0: &x0 [a]\n";
  for (int i = 1; i < 30; ++i) {
    const auto before = "*x" + std::to_string(i - 1);
    doubled += "x" + std::to_string(i) + ": &x" + std::to_string(i) + " [" + before + ", " +
               before + "]\n";
  }
  EXPECT_THAT(problems(doubled),
              testing::AnyOf(testing::HasSubstr("100000 values"), testing::HasSubstr("16 levels")));
}

TEST(Nearest, CountsInsertionsDeletionsReplacementsAndSwaps) {
  EXPECT_EQ(edit_distance("depth", "depth"), 0U);
  EXPECT_EQ(edit_distance("depht", "depth"), 1U);
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3U);
  EXPECT_EQ(edit_distance("", "abc"), 3U);
}

TEST(Nearest, GivesNothingWhenNothingIsNear) {
  EXPECT_EQ(nearest("volume", {"depth", "host"}), std::nullopt);
  EXPECT_EQ(nearest("hots", {"depth", "host"}), "host");
}

}  // namespace
}  // namespace depthwire::config
