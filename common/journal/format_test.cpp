#include "common/journal/format.hpp"

#include "common/journal/crc32c.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>

namespace depthwire::journal {
namespace {

TEST(Crc32c, KnownAnswers) {
  // RFC 3720, appendix B.4, and the check value of the catalogue of CRCs.
  EXPECT_EQ(crc32c("123456789"), 0xE3069283U);
  EXPECT_EQ(crc32c(std::string(32, '\0')), 0x8A9136AAU);
  EXPECT_EQ(crc32c(std::string(32, '\xFF')), 0x62A8AB43U);
}

TEST(Crc32c, TheTableAndTheInstructionAgree) {
  std::mt19937_64 random(7);
  for (std::size_t length = 0; length < 300; ++length) {
    std::string bytes;
    for (std::size_t i = 0; i < length; ++i) bytes += static_cast<char>(random());
    ASSERT_EQ(crc32c(bytes), crc32c_portable(bytes)) << length;
  }
}

Header header() {
  return {.position = {1700000000000, 42},
          .topic_prev = 7,
          .publish_time_ns = -5,
          .payload_type = 11,
          .flags = end_of_step};
}

TEST(Format, ARecordComesBackAsItWasWritten) {
  std::string bytes;

  const auto frame = append_entry(bytes, "sim.depth.EURUSD|", header(), "payload");

  EXPECT_EQ(frame, 17 + 48 + 7U);
  EXPECT_EQ(bytes.size() % 8, 0U);
  const auto record = decode_entry(bytes);
  ASSERT_TRUE(record) << to_string(record.error());
  EXPECT_EQ(record->topic, "sim.depth.EURUSD|");
  EXPECT_EQ(record->payload, "payload");
  EXPECT_EQ(record->position(), (Position{1700000000000, 42}));
  EXPECT_EQ(record->header.topic_prev, 7U);
  EXPECT_EQ(record->header.publish_time_ns, -5);
  EXPECT_EQ(record->header.payload_type, 11U);
  EXPECT_EQ(record->header.flags, end_of_step);
  EXPECT_EQ(record->header.schema, schema_version);
}

TEST(Format, TheHeaderLiesAsThePageSays) {
  std::string bytes;
  append_entry(bytes, "a|", header(), "xy");

  const auto at = [&](std::size_t i) { return static_cast<unsigned char>(bytes[8 + 2 + i]); };
  EXPECT_EQ(at(8), 42);   // offset
  EXPECT_EQ(at(16), 7);   // topic_prev
  EXPECT_EQ(at(32), 11);  // payload type
  EXPECT_EQ(at(34), 2);   // flags
  EXPECT_EQ(at(36), 1);   // schema
  EXPECT_EQ(at(40), 2);   // payload length
  EXPECT_EQ(bytes.substr(8 + 2 + 44, 4), "DPW1");
}

TEST(Format, ZerosAreTheEndAndNotARecord) {
  EXPECT_EQ(decode_entry(std::string(64, '\0')).error(), FormatError::end);
}

TEST(Format, EveryFlippedBitIsSeen) {
  std::string bytes;
  append_entry(bytes, "sim.spot.EURUSD|", header(), "some payload");
  const auto meaningful = 8 + 16 + header_bytes + 12;
  for (std::size_t bit = 0; bit < meaningful * 8; ++bit) {
    auto flipped = bytes;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << (bit % 8)));
    ASSERT_FALSE(decode_entry(flipped)) << "bit " << bit;
  }
}

TEST(Format, EveryCutIsSeen) {
  std::string bytes;
  append_entry(bytes, "sim.spot.EURUSD|", header(), "some payload");
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    ASSERT_FALSE(decode_entry(std::string_view(bytes).substr(0, length))) << length;
  }
}

TEST(Format, RandomBytesAreNeverReadBeyondTheirEnd) {
  std::mt19937_64 random(3);
  for (int i = 0; i < 20'000; ++i) {
    std::string bytes(random() % 120, '\0');
    for (auto& byte : bytes) byte = static_cast<char>(random() % 4 == 0 ? random() : random() % 3);
    // The result does not matter; the sanitizers watch.
    (void)decode_entry(bytes);
    (void)decode_frame(bytes);
  }
}

}  // namespace
}  // namespace depthwire::journal
