#include "services/gateway/core/outbox.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace depthwire::gateway {
namespace {

FramePtr value(std::uint32_t slot, std::string text) {
  Frame frame;
  frame.slot = slot;
  frame.bytes = std::move(text);
  return std::make_shared<const Frame>(std::move(frame));
}

FramePtr event(std::string text) { return value(Frame::no_slot, std::move(text)); }

std::string take_all(Outbox& outbox) {
  std::string out;
  outbox.take(out, 1 << 20);
  return out;
}

TEST(Outbox, AClientThatKeepsUpGetsEveryFrameInOrder) {
  Outbox outbox({.max_bytes = 10, .max_events = 2});

  ASSERT_TRUE(outbox.push(value(1, "aa")));
  ASSERT_TRUE(outbox.push(value(1, "bb")));
  ASSERT_TRUE(outbox.push(event("cc")));

  EXPECT_FALSE(outbox.conflating());
  EXPECT_EQ(take_all(outbox), "aabbcc");
  EXPECT_EQ(outbox.bytes(), 0U);
  EXPECT_EQ(outbox.take_dropped(), 0U);
}

TEST(Outbox, BeyondTheBoundOnlyTheLatestOfEachSlotStays) {
  Outbox outbox({.max_bytes = 10, .max_events = 8});

  for (const auto* text : {"a1", "a2", "a3", "a4", "a5"}) ASSERT_TRUE(outbox.push(value(1, text)));
  ASSERT_TRUE(outbox.push(value(2, "b1")));
  ASSERT_TRUE(outbox.push(event("e1")));
  ASSERT_TRUE(outbox.push(value(1, "a6")));

  EXPECT_TRUE(outbox.conflating());
  EXPECT_EQ(outbox.bytes(), 6U);
  EXPECT_EQ(take_all(outbox), "a6b1e1");
  EXPECT_EQ(outbox.take_dropped(), 5U);
  EXPECT_FALSE(outbox.conflating());
}

TEST(Outbox, TheNewestEventsStay) {
  Outbox outbox({.max_bytes = 10, .max_events = 2});
  for (const auto* text : {"a1", "e1", "b1", "e2", "a2"}) {
    ASSERT_TRUE(outbox.push(text[0] == 'e' ? event(text) : value(text[0] == 'a' ? 1 : 2, text)));
  }
  ASSERT_TRUE(outbox.push(event("e3")));  // 12 bytes: conflates

  ASSERT_TRUE(outbox.push(event("e4")));
  ASSERT_TRUE(outbox.push(value(2, "b2")));

  EXPECT_EQ(take_all(outbox), "a2b2e3e4");
}

TEST(Outbox, WhatCannotBeConflatedIsTooMuch) {
  Outbox outbox({.max_bytes = 5, .max_events = 8});

  EXPECT_TRUE(outbox.push(value(1, "aa")));
  EXPECT_TRUE(outbox.push(value(2, "bb")));
  EXPECT_FALSE(outbox.push(value(3, "cc")));
}

TEST(Outbox, ATakeGivesWholeFrames) {
  Outbox outbox({.max_bytes = 100, .max_events = 8});
  ASSERT_TRUE(outbox.push(value(1, "aaaa")));
  ASSERT_TRUE(outbox.push(value(2, "bbbb")));

  std::string out;
  outbox.take(out, 6);

  EXPECT_EQ(out, "aaaa");
  EXPECT_EQ(outbox.bytes(), 4U);
  out.clear();
  outbox.take(out, 2);
  EXPECT_EQ(out, "bbbb");
}

TEST(Outbox, ReplacingWorksAfterAPartialTake) {
  Outbox outbox({.max_bytes = 7, .max_events = 8});
  for (const auto* text : {"a1", "b1", "c1"}) {
    ASSERT_TRUE(outbox.push(value(static_cast<std::uint32_t>(text[0]), text)));
  }
  ASSERT_TRUE(outbox.push(value('a', "a2")));  // conflates

  std::string out;
  outbox.take(out, 2);
  ASSERT_TRUE(outbox.push(value('c', "c2")));
  ASSERT_TRUE(outbox.push(value('a', "a3")));

  EXPECT_EQ(out, "a2");
  EXPECT_EQ(take_all(outbox), "b1c2a3");
}

}  // namespace
}  // namespace depthwire::gateway
