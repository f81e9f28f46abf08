#include "simulator/server/control.hpp"

#include "simulator/market/test_files.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <gtest/gtest.h>

#include <string>
#include <system_error>
#include <thread>

namespace depthwire::simulator {
namespace {

namespace fs = std::filesystem;

/// A control that answers what it was told, in a thread of its own.
class Echo {
 public:
  explicit Echo(const fs::path& path)
      : control_(io_, path, [](std::string_view line) { return "heard " + std::string(line); }),
        thread_([this] { io_.run(); }) {}
  Echo(const Echo&) = delete;
  Echo& operator=(const Echo&) = delete;
  ~Echo() {
    boost::asio::post(io_, [this] { control_.close(); });
    thread_.join();
  }

 private:
  boost::asio::io_context io_{1};
  Control control_;
  std::thread thread_;
};

TEST(Control, EachLineIsAnswered) {
  const TestFiles files;
  const Echo echo(files.directory() / "control.sock");

  EXPECT_EQ(send_command(files.directory() / "control.sock", "drop"), "heard drop");
  EXPECT_EQ(send_command(files.directory() / "control.sock", "stall 5s"), "heard stall 5s");
}

TEST(Control, OnlyItsOwnerMayCommandAndNothingIsLeftBehind) {
  const TestFiles files;
  const auto path = files.directory() / "control.sock";
  {
    const Echo echo(path);
    EXPECT_EQ(fs::status(path).permissions(), fs::perms::owner_read | fs::perms::owner_write);
  }
  EXPECT_FALSE(fs::exists(path));
}

TEST(Control, ALineThatIsTooLongIsNotAnsweredAndTheNextIs) {
  const TestFiles files;
  const auto path = files.directory() / "control.sock";
  const Echo echo(path);
  std::string answer;

  try {
    answer = send_command(path, std::string(10'000, 'x'));
  } catch (const std::system_error&) {
    // it may hang up before it has read all
  }

  EXPECT_EQ(answer, "");
  EXPECT_EQ(send_command(path, "drop"), "heard drop");
}

TEST(Control, TheSocketOfOneThatWasKilledIsTakenOver) {
  const TestFiles files;
  const auto path = files.directory() / "control.sock";
  {
    boost::asio::io_context io;
    using Protocol = boost::asio::local::stream_protocol;
    const Protocol::acceptor left(io, Protocol::endpoint(path.string()));
  }
  ASSERT_TRUE(fs::exists(path));

  const Echo echo(path);

  EXPECT_EQ(send_command(path, "drop"), "heard drop");
}

TEST(Control, ASocketAtWhichAnotherAnswersIsLeftAlone) {
  const TestFiles files;
  const auto path = files.directory() / "control.sock";
  const Echo echo(path);

  EXPECT_THROW(Echo second(path), std::exception);

  EXPECT_EQ(send_command(path, "drop"), "heard drop");
}

TEST(Control, NobodyThereAndTooLongAPathAreErrors) {
  const TestFiles files;
  boost::asio::io_context io;

  EXPECT_THROW((void)send_command(files.directory() / "control.sock", "drop"), std::system_error);
  EXPECT_THROW(Control(io, files.directory() / std::string(100, 'x'), nullptr), std::system_error);
}

}  // namespace
}  // namespace depthwire::simulator
