#include "common/bus/continuity.hpp"

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

Verdict judge(const Continuity& continuity, const journal::Record& live) {
  return continuity.judge(live, false, {});
}

TEST(Continuity, TakesWhatFollowsDropsWhatWasAndDoubtsTheRest) {
  Continuity continuity(false);
  continuity.jump({5, 10});

  EXPECT_EQ(judge(continuity, record(5, 11)), Verdict::accept);
  EXPECT_EQ(judge(continuity, record(5, 10)), Verdict::drop);
  EXPECT_EQ(judge(continuity, record(5, 12)), Verdict::doubt);
  EXPECT_EQ(judge(continuity, record(4, 11)), Verdict::drop);
  EXPECT_EQ(judge(continuity, record(6, 11)), Verdict::doubt);
}

TEST(Continuity, AnEpochFollowsWhenItBeganAtOrBeforeWhatWasDelivered) {
  Continuity continuity(false);
  continuity.jump({5, 10});

  EXPECT_EQ(continuity.judge(record(6, 11), true, {5, 10}), Verdict::accept);
  EXPECT_EQ(continuity.judge(record(6, 9), true, {5, 8}), Verdict::accept);  // a torn tail
  EXPECT_EQ(continuity.judge(record(6, 13), true, {5, 12}), Verdict::doubt);
}

TEST(Continuity, AFilteredSubscriberGoesByTheTopicsOwnPrevious) {
  Continuity continuity(true);
  continuity.jump({5, 10});

  continuity.delivered(record(5, 12, 3, "a|"));  // 11 belongs to a topic not asked for
  EXPECT_EQ(judge(continuity, record(5, 15, 12, "a|")), Verdict::accept);
  EXPECT_EQ(judge(continuity, record(5, 15, 14, "a|")), Verdict::doubt);

  // b|'s record 11 was dropped on the way: 12 of another topic must not hide that.
  EXPECT_EQ(judge(continuity, record(5, 15, 11, "b|")), Verdict::doubt);
  EXPECT_EQ(judge(continuity, record(5, 15, 9, "b|")), Verdict::accept);
}

}  // namespace
}  // namespace depthwire::bus
