#include "services/auditor/core/line.hpp"
#include "services/auditor/core/resume.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace depthwire::auditor {
namespace {

using journal::Position;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

bus::Envelope event(bus::Connection::State state, const std::string& reason) {
  bus::Envelope envelope;
  envelope.set_receive_time_ns(1'700'000'000'000'000'001);
  auto& connection = *envelope.mutable_connection();
  connection.set_state(state);
  connection.set_connection("streaming");
  connection.set_reason(reason);
  connection.set_endpoint("demo.example.org:5035");
  connection.set_account_id(1234567);
  return envelope;
}

TEST(Line, TellsWhenWhatWhereAndWhy) {
  EXPECT_EQ(connection_line(event(bus::Connection::app_auth, "Authenticating application"),
                            "demo.streaming", {17952, 3}),
            "2023-11-14T22:13:20.000000001Z streaming app-auth endpoint=demo.example.org:5035 "
            "account=1234567 reason=\"Authenticating application\" "
            "position=demo.streaming:17952:3\n");
}

TEST(Line, WithoutAReceiveTimeThePublishTimeStandsIn) {
  auto early = event(bus::Connection::connecting, "");
  early.set_receive_time_ns(0);

  const auto line = connection_line(early, "sim.streaming", {1, 2}, 1'700'000'000'000'000'002);

  EXPECT_TRUE(line.starts_with("2023-11-14T22:13:20.000000002Z streaming connecting ")) << line;
}

TEST(Line, AReasonCannotForgeALine) {
  const auto line =
      connection_line(event(bus::Connection::error, "bad\n\"x\" \\ position=demo.streaming:9:9"),
                      "demo.streaming", {2, 4});

  EXPECT_EQ(std::count(line.begin(), line.end(), '\n'), 1);
  EXPECT_EQ(line_position(std::string_view(line).substr(0, line.size() - 1)),
            (SourcePosition{"demo.streaming", {2, 4}}));
}

TEST(Line, ALossTakesThePlaceOfWhatIsGone) {
  const auto line = loss_line(0, "sim.historical", {3, 7}, {4, 20});

  EXPECT_EQ(line,
            "1970-01-01T00:00:00.000000000Z sim.historical lost endpoint=- account=0 "
            "reason=\"the records after 3:7 and before 4:20 are gone\" "
            "position=sim.historical:4:19\n");
}

TEST(Line, APositionIsTheLastWord) {
  EXPECT_EQ(line_position("a position=sim.streaming:1:2 b"), std::nullopt);
  EXPECT_EQ(line_position("a position=sim.streaming:1"), std::nullopt);
  EXPECT_EQ(line_position("a position=1:2"), std::nullopt);
  EXPECT_EQ(line_position(""), std::nullopt);
  EXPECT_EQ(line_position("a position=sim.streaming:1:2"),
            (SourcePosition{"sim.streaming", {1, 2}}));
}

TEST(Line, TimesBeforeTheEpochAreTimesToo) {
  EXPECT_EQ(utc_text(-1), "1969-12-31T23:59:59.999999999Z");
}

TEST(Resume, TheLastWholeLineOfEachSourceCounts) {
  const std::string log =
      "x position=sim.streaming:1:5\n"
      "x position=sim.historical:1:9\n"
      "x position=sim.streaming:2:7\n";
  for (const std::size_t piece : {1U, 7U, 1000U}) {
    ResumeScan scan;
    for (std::size_t at = 0; at < log.size(); at += piece) scan.feed(log.substr(at, piece));

    EXPECT_THAT(scan.positions(), ElementsAre(Pair("sim.historical", Position{1, 9}),
                                              Pair("sim.streaming", Position{2, 7})));
    EXPECT_EQ(scan.whole_bytes(), log.size());
  }
}

TEST(Resume, ATornLineDoesNotCount) {
  const std::string whole = "x position=sim.streaming:1:5\n";
  ResumeScan scan;

  scan.feed(whole + "x position=sim.streaming:1:6");

  EXPECT_THAT(scan.positions(), ElementsAre(Pair("sim.streaming", Position{1, 5})));
  EXPECT_EQ(scan.whole_bytes(), whole.size());
  EXPECT_EQ(scan.torn_bytes(), 28U);
}

TEST(Resume, AnEmptyLogBeginsAtTheStart) {
  const ResumeScan scan;

  EXPECT_THAT(scan.positions(), IsEmpty());
  EXPECT_EQ(scan.whole_bytes(), 0U);
}

TEST(Resume, PositionsAreWrittenAndReadAgain) {
  const Positions positions{{"sim.historical", {1, 9}}, {"sim.streaming", {2, 7}}};

  EXPECT_EQ(parse_positions(positions_text(positions)), positions);
  EXPECT_THAT(parse_positions("garbage\n"), IsEmpty());
}

TEST(Resume, OfTwoPositionsTheLaterCounts) {
  EXPECT_EQ(later({{"a", {1, 9}}, {"b", {2, 1}}}, {{"a", {2, 3}}, {"b", {1, 9}}, {"c", {1, 1}}}),
            (Positions{{"a", {2, 3}}, {"b", {2, 1}}, {"c", {1, 1}}}));
}

}  // namespace
}  // namespace depthwire::auditor
