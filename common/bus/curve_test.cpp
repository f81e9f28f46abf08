#include "common/bus/curve.hpp"

#include "common/bus/publisher.hpp"
#include "common/bus/subscriber.hpp"
#include "common/service/exit_error.hpp"
#include "proto/bus/envelope.pb.h"
#include "tests/support/temp_dir.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <sys/stat.h>

namespace depthwire::bus {
namespace {

using std::chrono::milliseconds;
using tests::TempDir;

template <class Action>
int exit_code_of(Action action) {
  try {
    action();
  } catch (const service::ExitError& error) {
    return error.code();
  }
  return 0;
}

class CurveTest : public ::testing::Test {
 protected:
  void SetUp() override {
    make_curve_keys(keys(), "streaming");
    make_curve_keys(keys(), "aggregator");
  }
  [[nodiscard]] std::filesystem::path keys() const { return dir_.path() / "keys"; }

  std::unique_ptr<Publisher> publisher() {
    return std::make_unique<Publisher>(context_,
                                       PublisherOptions{.environment = "sim",
                                                        .source = "sim.streaming",
                                                        .journal = dir_.path() / "journal",
                                                        .publish = "tcp://127.0.0.1:*",
                                                        .requests = "tcp://127.0.0.1:*",
                                                        .curve = load_curve(keys(), "streaming")});
  }
  // The number of records that arrive within `patience`.
  std::size_t received(const Publisher& from, const Curve& curve, const std::string& server_key,
                       milliseconds patience) {
    Subscriber subscriber(context_, {.source = "sim.streaming",
                                     .publish = from.publish_address(),
                                     .requests = from.requests_address(),
                                     .consumer = "test",
                                     .curve = curve,
                                     .server_public_key = server_key});
    const auto deadline = std::chrono::steady_clock::now() + patience;
    while (std::chrono::steady_clock::now() < deadline) {
      const auto batch = subscriber.receive(milliseconds(50));
      if (!batch.records.empty()) return batch.records.size();
    }
    return 0;
  }

  TempDir dir_;
  zmq::context_t context_;
};

TEST_F(CurveTest, APeerWithAKnownKeyIsServed) {
  const auto from = publisher();

  EXPECT_EQ(received(*from, load_curve(keys(), "aggregator"), load_public_key(keys(), "streaming"),
                     milliseconds(10'000)),
            1U);  // EPOCH_START
}

TEST_F(CurveTest, AStrangersKeyIsRefused) {
  const auto from = publisher();
  make_curve_keys(dir_.path() / "elsewhere", "stranger");

  EXPECT_EQ(received(*from, load_curve(dir_.path() / "elsewhere", "stranger"),
                     load_public_key(keys(), "streaming"), milliseconds(700)),
            0U);
}

TEST_F(CurveTest, APeerInClearIsRefused) {
  const auto from = publisher();

  EXPECT_EQ(received(*from, {}, {}, milliseconds(700)), 0U);
}

TEST_F(CurveTest, KeysAreNeverOverwrittenAndTheSecretIsOursAlone) {
  EXPECT_ANY_THROW(make_curve_keys(keys(), "streaming"));
  struct stat status {};
  ASSERT_EQ(::stat((keys() / "streaming.secret").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);

  ASSERT_EQ(::chmod((keys() / "streaming.secret").c_str(), 0644), 0);
  EXPECT_EQ(exit_code_of([&] { (void)load_curve(keys(), "streaming"); }),
            service::exit_code::config);
}

TEST_F(CurveTest, ACutKeyIsNamed) {
  std::ofstream(keys() / "streaming.public") << "short";

  EXPECT_EQ(exit_code_of([&] { (void)load_curve(keys(), "streaming"); }),
            service::exit_code::config);
}

TEST(Curve, ABindThatIsNotLoopbackNeedsKeys) {
  zmq::context_t context;
  zmq::socket_t socket(context, zmq::socket_type::pub);

  EXPECT_EQ(exit_code_of([&] { secure_server(socket, {}, "tcp://0.0.0.0:5560"); }),
            service::exit_code::config);
  EXPECT_EQ(exit_code_of([&] { secure_server(socket, {}, "tcp://127.0.0.1:5560"); }), 0);
}

}  // namespace
}  // namespace depthwire::bus
