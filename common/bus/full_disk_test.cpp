// F13: what a publisher does while its journal's disk is full.
#include "tests/support/full_disk.hpp"

#include "common/bus/publisher.hpp"
#include "common/journal/reader.hpp"
#include "proto/bus/envelope.pb.h"
#include "tests/support/process.hpp"
#include "tests/support/temp_dir.hpp"

#include <gtest/gtest.h>

namespace depthwire::bus {
namespace {

class FullDiskTest : public ::testing::Test {
 protected:
  std::unique_ptr<Publisher> publisher(bool stage = false) {
    PublisherOptions options{.environment = "sim",
                             .source = "sim.streaming",
                             .journal = dir_.path() / "journal",
                             .publish = "tcp://127.0.0.1:*",
                             .requests = "tcp://127.0.0.1:*",
                             .segment_bytes = 4096,
                             .stage = stage,
                             .storage = &disk_};
    return std::make_unique<Publisher>(context_, std::move(options));
  }
  static void publish(Publisher& to, const std::string& payload) {
    to.append(to.topic("spot", "EURUSD"), Envelope::kSpot, payload, journal::end_of_step);
    to.flush();
  }
  /// Payloads of data, and of what is declared lost "<count> after <offset>".
  std::vector<std::string> journal() {
    std::vector<std::string> out;
    journal::Reader reader(dir_.path() / "journal");
    while (true) {
      const auto next = reader.next();
      const auto* record = std::get_if<journal::Record>(&next);
      if (record == nullptr) return out;
      if (!record->control()) out.emplace_back(record->payload);
      if (record->header.payload_type != Envelope::kLoss) continue;
      Envelope envelope;
      EXPECT_TRUE(envelope.ParseFromString(std::string(record->payload)));
      EXPECT_EQ(envelope.loss().to_offset(), 0U);
      out.push_back(std::to_string(envelope.loss().records()) + " after " +
                    std::to_string(envelope.loss().from_offset()));
    }
  }

  [[nodiscard]] Envelope last_envelope() const {
    Envelope envelope;
    journal::Reader reader(dir_.path() / "journal");
    for (auto next = reader.next(); std::holds_alternative<journal::Record>(next);
         next = reader.next()) {
      EXPECT_TRUE(envelope.ParseFromString(std::string(std::get<journal::Record>(next).payload)));
    }
    return envelope;
  }

  tests::TempDir dir_;
  tests::FullDisk disk_;
  zmq::context_t context_;
};

TEST_F(FullDiskTest, ASourceDropsCountsAndDeclaresBeforeItGoesOn) {
  const auto to = publisher();
  publish(*to, "before");
  disk_.full = true;

  publish(*to, "lost");
  publish(*to, "lost");
  to->tick();
  EXPECT_TRUE(to->full());
  EXPECT_EQ(to->dropped(), 2U);
  EXPECT_FALSE(to->take_resumed());

  disk_.full = false;
  EXPECT_TRUE(tests::eventually([&] {
    to->tick();
    return to->take_resumed();
  }));
  EXPECT_FALSE(to->full());
  publish(*to, "after");
  EXPECT_EQ(journal(), (std::vector<std::string>{"before", "2 after 2", "after"}));
}

TEST_F(FullDiskTest, AHoleBeginsWithTheFirstRecordThatIsMissing) {
  const auto to = publisher();
  to->stamp_with([] { return 30; });  // the newest of the group
  disk_.full = true;
  for (const int time : {10, 20, 30}) {
    Envelope envelope;
    envelope.set_receive_time_ns(time);
    envelope.mutable_spot();
    to->append(to->topic("spot", "EURUSD"), Envelope::kSpot, envelope.SerializeAsString());
  }
  to->flush();

  disk_.full = false;
  ASSERT_TRUE(tests::eventually([&] {
    to->tick();
    return !to->full();
  }));

  const auto loss = last_envelope().loss();
  EXPECT_EQ(loss.records(), 3U);
  EXPECT_EQ(loss.from_time_ns(), 10);
  EXPECT_EQ(loss.to_time_ns(), 30);
}

TEST_F(FullDiskTest, AStageKeepsWhatItMade) {
  const auto to = publisher(true);
  disk_.full = true;
  publish(*to, "one");
  publish(*to, "two");
  EXPECT_TRUE(to->full());

  disk_.full = false;
  EXPECT_TRUE(tests::eventually([&] {
    to->flush();
    return !to->full();
  }));

  EXPECT_EQ(to->dropped(), 0U);
  EXPECT_EQ(journal(), (std::vector<std::string>{"one", "two"}));
}

TEST_F(FullDiskTest, AStartWaitsForRoomAsLongAsItIsTold) {
  disk_.full = true;
  int asked = 0;
  PublisherOptions options{.environment = "sim",
                           .source = "sim.streaming",
                           .journal = dir_.path() / "journal",
                           .publish = "tcp://127.0.0.1:*",
                           .requests = "tcp://127.0.0.1:*",
                           .storage = &disk_};
  options.wait_for_room = [&](const std::string& why) {
    EXPECT_NE(why.find("room"), std::string::npos);
    if (++asked == 3) disk_.full = false;
    return asked < 5;
  };

  const Publisher to(context_, options);
  EXPECT_EQ(asked, 3);

  disk_.full = true;
  asked = 10;
  options.journal = dir_.path() / "other";
  EXPECT_THROW(Publisher(context_, options), journal::DiskFull);
}

}  // namespace
}  // namespace depthwire::bus
