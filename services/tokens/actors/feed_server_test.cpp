#include "services/tokens/actors/feed_server.hpp"

#include "common/tokens/feed.hpp"
#include "tests/support/temp_dir.hpp"

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <sys/stat.h>
#include <system_error>
#include <vector>

namespace depthwire::tokens {
namespace {

class FeedServerTest : public testing::Test {
 protected:
  void expect(const std::vector<FeedLine>& heard, const std::vector<FeedLine>& lines) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (heard.size() < lines.size()) {
      ASSERT_LT(std::chrono::steady_clock::now(), end) << "a line has not come";
      io_.run_one_for(std::chrono::milliseconds(100));
    }
    EXPECT_EQ(heard, lines);
  }

  tests::TempDir dir_;
  std::filesystem::path path_ = dir_.path() / "demo.sock";
  boost::asio::io_context io_;
  const FeedLine one_{"one", 7, ""};
  const FeedLine two_{"two", 7, ""};
};

TEST_F(FeedServerTest, TellsTheNewestLineAtFirstAndEachChange) {
  FeedServer server(io_, path_);
  server.tell(one_);
  std::vector<FeedLine> early;
  const Feed feed(io_, path_, [&](const FeedLine& line) { early.push_back(line); });
  expect(early, {one_});

  server.tell(two_);
  expect(early, {one_, two_});
  std::vector<FeedLine> late;
  const Feed other(io_, path_, [&](const FeedLine& line) { late.push_back(line); });

  expect(late, {two_});
}

TEST_F(FeedServerTest, ItsSocketIsItsOwnersAlone) {
  const FeedServer server(io_, path_);

  struct stat status {};
  ASSERT_EQ(::stat(path_.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
}

TEST_F(FeedServerTest, TakesThePlaceOfADeadOneOnly) {
  {
    boost::asio::io_context io;
    std::optional<FeedServer> first(std::in_place, io, path_);
    EXPECT_THROW(FeedServer(io_, path_), std::system_error);
  }
  EXPECT_NO_THROW(FeedServer(io_, path_));
}

TEST_F(FeedServerTest, APathThatIsTooLongIsTold) {
  EXPECT_THROW(FeedServer(io_, dir_.path() / std::string(120, 'x')), std::system_error);
}

}  // namespace
}  // namespace depthwire::tokens
