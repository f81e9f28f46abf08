#include "common/ctrader/frame.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace depthwire::ctrader {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

void feed(FrameSplitter& splitter, std::string_view bytes) {
  const auto space = splitter.prepare(bytes.size());
  std::copy(bytes.begin(), bytes.end(), space.begin());
  splitter.commit(bytes.size());
}

std::vector<std::string> drain(FrameSplitter& splitter) {
  std::vector<std::string> frames;
  for (auto frame = splitter.next(); frame && *frame; frame = splitter.next()) {
    frames.emplace_back(**frame);
  }
  return frames;
}

std::string framed(std::string_view message) {
  std::string bytes;
  append_frame(bytes, message);
  return bytes;
}

TEST(Frame, ALengthIsFourBytesBigEndianAndDoesNotCountItself) {
  EXPECT_EQ(framed("ab"), std::string("\0\0\0\2ab", 6));
  EXPECT_EQ(framed(std::string(258, 'x')).substr(0, 4), std::string("\0\0\1\2", 4));
}

TEST(FrameSplitter, GivesAllFramesOfOneReadAndKeepsTheRest) {
  FrameSplitter splitter;
  feed(splitter, framed("one") + framed("two") + framed("three").substr(0, 6));

  EXPECT_THAT(drain(splitter), ElementsAre("one", "two"));

  feed(splitter, framed("three").substr(6));
  EXPECT_THAT(drain(splitter), ElementsAre("three"));
  EXPECT_EQ(splitter.buffered(), 0U);
}

TEST(FrameSplitter, RefusesALengthOfZero) {
  FrameSplitter splitter;
  feed(splitter, std::string(4, '\0'));

  EXPECT_EQ(splitter.next(), tl::unexpected(FrameError::zero_length));
}

TEST(FrameSplitter, RefusesAFrameAboveTheLimitBeforeItsBytesCome) {
  FrameSplitter splitter(10);
  feed(splitter, framed(std::string(10, 'x')));
  EXPECT_THAT(drain(splitter), ElementsAre(std::string(10, 'x')));

  feed(splitter, framed(std::string(11, 'x')).substr(0, 4));
  EXPECT_EQ(splitter.next(), tl::unexpected(FrameError::oversize));
}

TEST(FrameSplitter, AnErrorStays) {
  FrameSplitter splitter;
  feed(splitter, std::string(4, '\0') + framed("one"));

  EXPECT_FALSE(splitter.next());
  EXPECT_FALSE(splitter.next());
}

TEST(FrameSplitter, ClearForgetsHalfAFrame) {
  FrameSplitter splitter;
  feed(splitter, framed("one").substr(0, 5));

  splitter.clear();
  feed(splitter, framed("two"));

  EXPECT_THAT(drain(splitter), ElementsAre("two"));
}

TEST(FrameSplitter, AnyCutOfTheStreamGivesTheSameFrames) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE(seed);
  std::mt19937 random(seed);
  const auto up_to = [&](std::size_t n) {
    return std::uniform_int_distribution<std::size_t>{1, n}(random);
  };

  for (int round = 0; round < 200; ++round) {
    std::vector<std::string> messages;
    std::string stream;
    for (std::size_t i = up_to(20); i > 0; --i) {
      messages.emplace_back(up_to(300), static_cast<char>('a' + i % 26));
      append_frame(stream, messages.back());
    }
    FrameSplitter splitter;
    std::vector<std::string> received;

    for (std::size_t at = 0; at < stream.size();) {
      const auto size = std::min(up_to(200), stream.size() - at);
      feed(splitter, std::string_view{stream}.substr(at, size));
      at += size;
      for (auto& frame : drain(splitter)) received.push_back(std::move(frame));
    }

    ASSERT_EQ(received, messages);
  }
}

TEST(FrameSplitter, GivesNothingWithoutData) {
  FrameSplitter splitter;

  EXPECT_THAT(drain(splitter), IsEmpty());
}

}  // namespace
}  // namespace depthwire::ctrader
