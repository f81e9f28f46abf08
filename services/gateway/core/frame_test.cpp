#include "services/gateway/core/frame.hpp"

#include <gtest/gtest.h>

namespace depthwire::gateway {
namespace {

using namespace std::string_literals;

TEST(Frame, ASmallTextHasTwoHeaderBytes) { EXPECT_EQ(text_frame("Hello"), "\x81\x05Hello"); }

TEST(Frame, LengthsGrowWithThePayload) {
  EXPECT_EQ(text_frame(std::string(126, 'x')).substr(0, 4), "\x81\x7E\x00\x7E"s);
  EXPECT_EQ(text_frame(std::string(65'536, 'x')).substr(0, 10),
            "\x81\x7F\x00\x00\x00\x00\x00\x01\x00\x00"s);
}

TEST(Frame, ThePayloadIsFoundAgain) {
  for (const std::size_t size : {0U, 125U, 126U, 65'535U, 65'536U}) {
    EXPECT_EQ(frame_payload(text_frame(std::string(size, 'x'))).size(), size);
  }
}

TEST(Frame, ACloseCarriesItsCode) { EXPECT_EQ(close_frame(1013, "slow"), "\x88\x06\x03\xF5slow"); }

TEST(Frame, StreamsAreFoundByName) {
  for (std::size_t i = 0; i < stream_count; ++i) {
    const auto stream = static_cast<Stream>(i);
    EXPECT_EQ(parse_stream(to_string(stream)), stream);
  }
  EXPECT_EQ(parse_stream("depth"), std::nullopt);
}

}  // namespace
}  // namespace depthwire::gateway
