#include "cli/supervisor.hpp"

#include <gmock/gmock.h>

namespace depthwire::cli {
namespace {

TEST(Supervisor, QuotesWordsSoThatTheyStayWhatTheyAre) {
  EXPECT_EQ(quote_command({"a", "b c", "it's", "50%", ""}), "'a' 'b c' 'it'\"'\"'s' '50%%' ''");
}

TEST(Supervisor, ReadsTheStatesThatSupervisorctlPrints) {
  const auto states = parse_states(
      "gateway                          STOPPED   Not started\n"
      "streaming                        RUNNING   pid 27, uptime 0:00:05\n"
      "persister                        EXITED    Nov 21 11:00 AM\n");

  EXPECT_EQ(states.size(), 3U);
  EXPECT_TRUE(states.at("streaming").running());
  EXPECT_EQ(states.at("streaming").detail, "pid 27, uptime 0:00:05");
  EXPECT_FALSE(states.at("gateway").running());
  EXPECT_EQ(states.at("persister").state, "EXITED");
}

TEST(Supervisor, StartsInOrderAndRestartsOnlyAfterACrash) {
  Place place;
  place.root = "/srv/depth wire";
  const std::string text = supervisor_config(
      place, {{.name = "simulator", .command = {"/bin/sim", "--seed", "1"}},
              {.name = "streaming", .command = {"/bin/streaming"}, .user = "postgres"}});

  EXPECT_THAT(text, testing::HasSubstr("[program:simulator]\ncommand='/bin/sim' '--seed' '1'\n"
                                       "directory=/srv/depth wire\npriority=10\n"));
  EXPECT_THAT(text, testing::HasSubstr("priority=20\nautostart=false\nautorestart=unexpected\n"
                                       "exitcodes=0,64,65,74,77,78\nstartsecs=0\n"));
  EXPECT_THAT(text, testing::HasSubstr("user=postgres\n"));
}

}  // namespace
}  // namespace depthwire::cli
