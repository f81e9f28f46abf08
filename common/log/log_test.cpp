#include "common/log/formatter.hpp"
#include "common/log/setup.hpp"
#include "tests/support/temp_dir.hpp"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>
#include <spdlog/spdlog.h>

#include <fstream>
#include <sstream>

namespace depthwire::log {
namespace {

std::string line(Format format, std::string_view text) {
  const spdlog::log_clock::time_point time{std::chrono::milliseconds(1'340'285'400'250)};
  const spdlog::details::log_msg message(time, {}, "streaming", spdlog::level::warn,
                                         spdlog::string_view_t(text.data(), text.size()));
  spdlog::memory_buf_t out;
  Formatter(format).format(message, out);
  return {out.data(), out.size()};
}

TEST(Log, ATextLineHasTimeLevelProcessAndMessage) {
  EXPECT_EQ(line(Format::text, "EURUSD is \"quiet\""),
            "2012-06-21T13:30:00.250Z warning streaming: EURUSD is \"quiet\"\n");
}

TEST(Log, AJsonLineEscapesWhatWouldEndTheString) {
  EXPECT_EQ(line(Format::json, "a \"b\" \\ \n\x01"),
            R"({"time":"2012-06-21T13:30:00.250Z","level":"warning","process":"streaming",)"
            R"("message":"a \"b\" \\ \n\u0001"})"
            "\n");
}

TEST(Log, AnyBytesGiveOneValidJsonLine) {
  std::string bytes;
  for (int i = 0; i < 256; ++i) bytes += static_cast<char>(i);
  for (int i = 255; i >= 0; --i) bytes += static_cast<char>(i);
  const std::string text = line(Format::json, bytes);

  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 1);
  EXPECT_TRUE(nlohmann::json::accept(text));
}

TEST(Log, AMessageCannotForgeASecondLine) {
  EXPECT_EQ(line(Format::text, "x\n2012 error streaming: y"),
            "2012-06-21T13:30:00.250Z warning streaming: x\\n2012 error streaming: y\n");
}

TEST(Log, WritesToTheFileAndRemembersTheLastError) {
  const tests::TempDir dir;
  setup("streaming", {.level = Level::warning, .directory = dir.path() / "logs"});
  spdlog::info("not severe enough");
  spdlog::error("first");
  spdlog::error("second");
  spdlog::default_logger()->flush();

  std::ostringstream text;
  text << std::ifstream(dir.path() / "logs" / "streaming.log").rdbuf();
  EXPECT_THAT(text.str(), testing::Not(testing::HasSubstr("severe")));
  EXPECT_THAT(text.str(), testing::HasSubstr("error   streaming: first\n"));
  EXPECT_EQ(last_error(), "second");
}

}  // namespace
}  // namespace depthwire::log
