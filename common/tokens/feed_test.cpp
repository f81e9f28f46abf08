#include "common/tokens/feed.hpp"

#include "tests/support/temp_dir.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/write.hpp>
#include <gmock/gmock.h>

#include <chrono>
#include <optional>
#include <vector>

namespace depthwire::tokens {
namespace {

namespace asio = boost::asio;
using asio::local::stream_protocol;

const FeedLine good{"a token", 42, ""};
const FeedLine none{"", 0, "no grant"};

TEST(FeedLine, IsReadAsItWasWritten) {
  for (const auto& line : {good, none}) EXPECT_EQ(parse_line(to_line(line)), line);
}

TEST(FeedLine, OtherTextIsAnErrorThatDoesNotShowIt) {
  for (const std::string text : {"", "secret", "[]", R"({"access_token":"secret"})",
                                 R"({"access_token":"secret","account_id":1.5,"reason":""})"}) {
    const auto line = parse_line(text);
    ASSERT_FALSE(line) << text;
    EXPECT_EQ(line.error().find("secret"), std::string::npos);
  }
}

class FeedTest : public testing::Test {
 protected:
  void serve() { acceptor_.emplace(io_, stream_protocol::endpoint(path_.string())); }
  stream_protocol::socket accept() {
    std::optional<stream_protocol::socket> peer;
    acceptor_->async_accept(
        [&](const boost::system::error_code& error, stream_protocol::socket socket) {
          ASSERT_FALSE(error) << error.message();
          peer.emplace(std::move(socket));
        });
    run_until([&] { return peer.has_value(); });
    return *std::move(peer);
  }
  static void say(stream_protocol::socket& peer, const std::string& text) {
    asio::write(peer, asio::buffer(text));
  }
  template <class Condition>
  void run_until(Condition condition) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (!condition()) {
      ASSERT_LT(std::chrono::steady_clock::now(), end) << "it has not come";
      io_.run_one_for(std::chrono::milliseconds(100));
      if (io_.stopped()) io_.restart();
    }
  }
  void expect_lines(const std::vector<FeedLine>& lines) {
    run_until([&] { return heard_.size() >= lines.size(); });
    EXPECT_EQ(heard_, lines);
  }

  tests::TempDir dir_;
  std::filesystem::path path_ = dir_.path() / "demo.sock";
  asio::io_context io_;
  std::optional<stream_protocol::acceptor> acceptor_;
  std::vector<FeedLine> heard_;
};

TEST_F(FeedTest, HearsEachChangeOnce) {
  serve();
  const Feed feed(io_, path_, [this](const FeedLine& line) { heard_.push_back(line); });
  auto peer = accept();

  say(peer, to_line(none) + to_line(none));
  const auto text = to_line(good);
  say(peer, text.substr(0, 5));
  expect_lines({none});
  say(peer, text.substr(5));

  expect_lines({none, good});
}

TEST_F(FeedTest, LooksForTheProcessAgain) {
  const Feed feed(io_, path_, [this](const FeedLine& line) { heard_.push_back(line); });
  io_.run_one_for(std::chrono::milliseconds(100));  // the first attempt fails
  serve();
  {
    auto peer = accept();
    say(peer, to_line(good));
    expect_lines({good});
  }  // it dies

  auto peer = accept();
  say(peer, to_line(good) + to_line(none));

  expect_lines({good, none});
}

TEST_F(FeedTest, WhoSpeaksNonsenseIsLeft) {
  serve();
  const Feed feed(io_, path_, [this](const FeedLine& line) { heard_.push_back(line); });
  auto peer = accept();

  say(peer, "nonsense\n");

  auto again = accept();
  say(again, to_line(good));
  expect_lines({good});
}

}  // namespace
}  // namespace depthwire::tokens
