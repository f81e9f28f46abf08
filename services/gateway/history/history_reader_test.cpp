#include "services/gateway/history/history_reader.hpp"

#include "common/bus/publisher.hpp"
#include "common/postgres/roles.hpp"
#include "proto/bus/command.pb.h"
#include "tests/support/database.hpp"
#include "tests/support/temp_dir.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <future>

namespace depthwire::gateway {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using ::testing::HasSubstr;
using Status = bus::CommandAnswer::Status;

/// Bars of a minute and a checkpoint, as the persister leaves them.
constexpr const char* bars_and_checkpoint = R"(
SELECT ensure_partition('market_data_candles', '1970-01-01', true);
INSERT INTO market_data_candles (source, epoch, record_offset, time, environment, provider_source,
    symbol, receive_time, event_time, period, origin, open, high, low, close, tick_volume,
    synthetic)
  SELECT 'sim.historical', 1, i, to_timestamp(i * 60), 'sim', 'ctrader', 'EURUSD',
         to_timestamp(0), to_timestamp(i * 60), 'm1', 'history', 1.10000, 1.10002, 1.09999, 1.1, 7,
         true
  FROM generate_series(1, 5) AS i;
INSERT INTO checkpoint (source, environment, epoch, record_offset)
  VALUES ('sim.historical', 'sim', 1, 5))";

class HistoryReaderTest : public ::testing::Test {
 protected:
  /// A historical that answers `bars` with `answer`.
  void historical(bus::CommandAnswer answer) {
    publisher_.emplace(
        context_, bus::PublisherOptions{
                      .environment = "sim",
                      .source = "sim.historical",
                      .journal = dir_.path() / "journal",
                      .publish = "tcp://127.0.0.1:*",
                      .requests = "tcp://127.0.0.1:*",
                      .commands = [this, answer](const std::string& name, const std::string& body,
                                                 const bus::AnswerCommand& reply) {
                        EXPECT_EQ(name, "bars");
                        EXPECT_TRUE(asked_.ParseFromString(body));
                        reply(answer);
                      }});
    requests_ = publisher_->requests_address();
  }
  static bus::CommandAnswer fetched(std::uint64_t offset) {
    bus::HistoryReply reply;
    reply.set_epoch(1);
    reply.set_offset(offset);
    return {Status::done, "", reply.SerializeAsString()};
  }
  HistoryOptions options() {
    return {.environment = "sim",
            .requests = requests_,
            .database = database_.as(postgres::reader_role),
            .patience = 300ms};
  }
  static HistoryAnswer ask(HistoryReader& reader) {
    std::promise<HistoryAnswer> answer;
    EXPECT_TRUE(reader.submit({"EURUSD", bus::m1, 120'000, 240'000},
                              [&](HistoryAnswer came) { answer.set_value(std::move(came)); }));
    return answer.get_future().get();
  }
  HistoryAnswer ask() {
    HistoryReader reader(context_, options());
    return ask(reader);
  }

  tests::Database database_;
  tests::TempDir dir_;
  zmq::context_t context_;
  std::optional<bus::Publisher> publisher_;
  std::string requests_ = "tcp://127.0.0.1:1";
  bus::BarsCommand asked_;
};

TEST_F(HistoryReaderTest, GivesTheStoredBarsOnceHistoricalHasFetchedWhatWasMissing) {
  database_.execute(bars_and_checkpoint);
  historical(fetched(5));

  const auto answer = ask();

  EXPECT_EQ(answer.status, 200);
  const auto body = json::parse(answer.body);
  EXPECT_EQ(body["complete"], true) << answer.body;
  ASSERT_EQ(body["bars"].size(), 3U);
  EXPECT_EQ(body["bars"][0]["time"], 120'000);
  EXPECT_EQ(body["bars"][2]["time"], 240'000);
  EXPECT_EQ(body["bars"][0]["high"], 1.10002);
  EXPECT_EQ(asked_.symbol(), "EURUSD");
  EXPECT_EQ(asked_.period(), bus::m1);
  EXPECT_EQ(asked_.from_time_ns(), 120'000'000'000);
  EXPECT_EQ(asked_.to_time_ns(), 240'000'000'000);
}

TEST_F(HistoryReaderTest, SaysSoWhileTheDatabaseDoesNotHaveItYet) {
  database_.execute(bars_and_checkpoint);
  historical(fetched(6));

  const auto body = json::parse(ask().body);

  EXPECT_EQ(body["complete"], false);
  EXPECT_THAT(body["reason"].get<std::string>(), HasSubstr("not in the database yet"));
  EXPECT_EQ(body["bars"].size(), 3U);
}

TEST_F(HistoryReaderTest, WithoutHistoricalItGivesWhatIsStored) {
  database_.execute(bars_and_checkpoint);

  const auto body = json::parse(ask().body);

  EXPECT_EQ(body["complete"], false);
  EXPECT_THAT(body["reason"].get<std::string>(), HasSubstr("historical"));
  EXPECT_EQ(body["bars"].size(), 3U);
}

TEST_F(HistoryReaderTest, WhatHistoricalCannotDoIsTold) {
  historical({Status::failed, "not connected to the broker: connecting", {}});

  const auto body = json::parse(ask().body);

  EXPECT_EQ(body["complete"], false);
  EXPECT_THAT(body["reason"].get<std::string>(), HasSubstr("not connected"));
}

TEST_F(HistoryReaderTest, AnUnknownSymbolIsNotFound) {
  historical({Status::refused, "the broker has no symbol EURUSD; did you mean EURUSX?", {}});

  const auto answer = ask();

  EXPECT_EQ(answer.status, 404);
  EXPECT_THAT(answer.body, HasSubstr("did you mean EURUSX?"));
}

TEST_F(HistoryReaderTest, WithoutADatabaseItIsUnavailable) {
  historical(fetched(5));
  auto wrong = options();
  wrong.database.database = "nosuch";
  HistoryReader reader(context_, wrong);

  const auto answer = ask(reader);

  EXPECT_EQ(answer.status, 503);
  EXPECT_THAT(answer.body, HasSubstr("database"));
}

TEST_F(HistoryReaderTest, TooManyAreTurnedAwayAndAStopAnswersNobody) {
  auto slow = options();  // nobody answers there
  slow.patience = 2s;
  HistoryReader reader(context_, slow);
  std::size_t taken = 0;
  const auto submit = [&] {
    return reader.submit({"EURUSD", bus::m1, 0, 0}, [](const HistoryAnswer&) { FAIL(); });
  };
  while (taken < 100 && submit()) ++taken;

  EXPECT_GE(taken, HistoryReader::most_waiting);
  EXPECT_LE(taken, HistoryReader::most_waiting + 1);
  reader.stop();
}

}  // namespace
}  // namespace depthwire::gateway
