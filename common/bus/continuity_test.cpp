#include "common/bus/continuity.hpp"

#include "proto/bus/envelope.pb.h"

#include <gtest/gtest.h>

namespace depthwire::bus {
namespace {

journal::Record record(std::uint64_t epoch, std::uint64_t offset, std::uint64_t topic_prev = 0,
                       std::string_view topic = "t|") {
  journal::Record out;
  out.topic = topic;
  out.header.position = {epoch, offset};
  out.header.topic_prev = topic_prev;
  return out;
}

// An EPOCH_START; its payload lives as long as the object.
class EpochStart {
 public:
  EpochStart(journal::Position at, journal::Position previous, bool same_boot = false)
      : record_(record(at.epoch, at.offset)) {
    Envelope envelope;
    envelope.mutable_epoch_start()->set_previous_epoch(previous.epoch);
    envelope.mutable_epoch_start()->set_previous_offset(previous.offset);
    envelope.mutable_epoch_start()->set_same_boot(same_boot);
    payload_ = envelope.SerializeAsString();
    record_.payload = payload_;
    record_.header.payload_type = static_cast<std::uint16_t>(Envelope::kEpochStart);
  }
  operator const journal::Record&() const {
    return record_;
  }  // NOLINT(google-explicit-constructor)

 private:
  std::string payload_;
  journal::Record record_;
};

TEST(Continuity, TakesWhatFollowsDropsWhatWasAndDoubtsTheRest) {
  Continuity continuity(false);
  continuity.jump({5, 10});

  EXPECT_EQ(continuity.judge(record(5, 11)), Verdict::accept);
  EXPECT_EQ(continuity.judge(record(5, 10)), Verdict::drop);
  EXPECT_EQ(continuity.judge(record(5, 12)), Verdict::doubt);
  EXPECT_EQ(continuity.judge(record(4, 11)), Verdict::drop);
  EXPECT_EQ(continuity.judge(record(6, 11)), Verdict::doubt);
}

TEST(Continuity, AnEpochFollowsWhenItBeganAtOrBeforeWhatWasDelivered) {
  Continuity continuity(false);
  continuity.jump({5, 10});

  EXPECT_EQ(continuity.judge(EpochStart({6, 11}, {5, 10})), Verdict::accept);
  EXPECT_EQ(continuity.judge(EpochStart({6, 9}, {5, 8})), Verdict::accept);  // a torn tail
  EXPECT_EQ(continuity.judge(EpochStart({6, 13}, {5, 12})), Verdict::doubt);
}

TEST(Continuity, AnEpochThatDoesNotKnowOursIsNotTaken) {
  Continuity continuity(false);
  continuity.jump({5, 10});

  const EpochStart anew({6, 9}, {4, 8});
  EXPECT_EQ(continuity.judge(anew), Verdict::doubt);
  EXPECT_EQ(continuity.step(anew), Step::forgot);
}

TEST(Continuity, OnlyAPowerCutTakesBackWhatWasDelivered) {
  Continuity continuity(false);
  continuity.jump({5, 10});

  EXPECT_EQ(continuity.step(EpochStart({6, 9}, {5, 8}, false)), Step::follows);
  EXPECT_EQ(continuity.step(EpochStart({6, 9}, {5, 8}, true)), Step::forgot);
  EXPECT_EQ(continuity.step(EpochStart({6, 11}, {5, 10}, true)), Step::follows);
}

TEST(Continuity, WhatAnEarlierLifeWasGivenIsToBeMetOnTheWay) {
  Continuity continuity(false, {5, 10});

  EXPECT_EQ(continuity.step(record(4, 2)), Step::follows);
  continuity.delivered(record(4, 2));
  EXPECT_EQ(continuity.step(EpochStart({5, 3}, {4, 2})), Step::follows);
  EXPECT_EQ(continuity.step(EpochStart({6, 3}, {4, 2})), Step::forgot);
  EXPECT_EQ(continuity.step(record(5, 12)), Step::hole);
  continuity.jump({5, 10});
  EXPECT_EQ(continuity.step(record(5, 11)), Step::follows);
}

TEST(Continuity, TheJournalsOwnOrderHasNoHoles) {
  Continuity continuity(false);
  continuity.jump({5, 10});

  EXPECT_EQ(continuity.step(record(5, 10)), Step::known);
  EXPECT_EQ(continuity.step(record(5, 11)), Step::follows);
  EXPECT_EQ(continuity.step(record(5, 12)), Step::hole);
  EXPECT_EQ(continuity.step(record(6, 11)), Step::hole);
}

// What one topic is known of says nothing of another: a fetch begins where all of them are whole.
TEST(Continuity, AFetchBeginsWhereAllTopicsAreWhole) {
  Continuity continuity(true);
  continuity.jump({5, 10});

  continuity.delivered(record(5, 13, 3, "a|"));

  EXPECT_EQ(continuity.last(), (journal::Position{5, 13}));
  EXPECT_EQ(continuity.whole(), (journal::Position{5, 10}));
  EXPECT_EQ(continuity.step(record(5, 12, 2, "b|")), Step::follows);
  EXPECT_EQ(continuity.step(record(5, 13, 3, "a|")), Step::known);
}

TEST(Continuity, AFilteredSubscriberDoubtsAnotherEpoch) {
  Continuity continuity(true);
  continuity.jump({5, 10});

  // The offset before it came again after a cut tail: topic_prev cannot tell which one it means.
  EXPECT_EQ(continuity.judge(record(6, 12, 9, "a|")), Verdict::doubt);
}

TEST(Continuity, AFilteredSubscriberGoesByTheTopicsOwnPrevious) {
  Continuity continuity(true);
  continuity.jump({5, 10});

  continuity.delivered(record(5, 12, 3, "a|"));  // 11 belongs to a topic not asked for
  EXPECT_EQ(continuity.judge(record(5, 15, 12, "a|")), Verdict::accept);
  EXPECT_EQ(continuity.judge(record(5, 15, 14, "a|")), Verdict::doubt);

  // b|'s record 11 was dropped on the way: 12 of another topic must not hide that.
  EXPECT_EQ(continuity.judge(record(5, 15, 11, "b|")), Verdict::doubt);
  EXPECT_EQ(continuity.judge(record(5, 15, 9, "b|")), Verdict::accept);
}

}  // namespace
}  // namespace depthwire::bus
