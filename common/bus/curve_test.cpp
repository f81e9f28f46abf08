#include "common/bus/curve.hpp"

#include "common/bus/publisher.hpp"
#include "common/bus/subscriber.hpp"
#include "common/service/exit_error.hpp"
#include "proto/bus/envelope.pb.h"
#include "tests/support/process.hpp"
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

  std::unique_ptr<Publisher> publisher(const std::string& publish = "tcp://127.0.0.1:*",
                                       const std::string& requests = "tcp://127.0.0.1:*") {
    return std::make_unique<Publisher>(context_,
                                       PublisherOptions{.environment = "sim",
                                                        .source = "sim.streaming",
                                                        .journal = dir_.path() / "journal",
                                                        .publish = publish,
                                                        .requests = requests,
                                                        .curve = load_curve(keys(), "streaming")});
  }
  static SubscriberOptions options(const Publisher& from, const Curve& curve,
                                   const std::string& server_key) {
    return {.source = "sim.streaming",
            .publish = from.publish_address(),
            .requests = from.requests_address(),
            .consumer = "test",
            .curve = curve,
            .server_public_key = server_key};
  }
  // What a subscriber says that is not let in.
  std::string problem(Publisher& from, const Curve& curve, const std::string& server_key) {
    Subscriber subscriber(context_, options(from, curve, server_key));
    EXPECT_TRUE(tests::eventually([&] {
      from.tick();
      EXPECT_TRUE(subscriber.receive(milliseconds(20)).records.empty());
      return !subscriber.problem().empty();
    }));
    return subscriber.problem();
  }
  // The number of records that arrive within `patience`.
  std::size_t received(const Publisher& from, const Curve& curve, const std::string& server_key,
                       milliseconds patience) {
    Subscriber subscriber(context_, options(from, curve, server_key));
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

TEST_F(CurveTest, WhoIsNotLetInIsToldWhyAndCounted) {
  const auto from = publisher();
  const auto elsewhere = dir_.path() / "elsewhere";
  make_curve_keys(elsewhere, "stranger");
  const auto right = load_public_key(keys(), "streaming");
  const auto known = load_curve(keys(), "aggregator");

  EXPECT_EQ(problem(*from, load_curve(elsewhere, "stranger"), right),
            "no connection to sim.streaming: it refuses our key: our .public file is not in its "
            "bus.keys");
  EXPECT_EQ(problem(*from, {}, {}),
            "no connection to sim.streaming: it wants a key and we have none: set bus.keys");
  EXPECT_EQ(problem(*from, known, load_public_key(elsewhere, "stranger")),
            "no connection to sim.streaming: its key is another than the .public file of it in our "
            "bus.keys, or it is no publisher");
  EXPECT_TRUE(tests::eventually([&] {
    from->tick();
    return from->refused() >= 3;
  }));
}

TEST_F(CurveTest, AKeyThatIsAllowedLaterNeedsNoRestart) {
  const auto from = publisher();
  const auto elsewhere = dir_.path() / "elsewhere";
  make_curve_keys(elsewhere, "late");
  Subscriber late(context_, options(*from, load_curve(elsewhere, "late"),
                                    load_public_key(keys(), "streaming")));
  ASSERT_TRUE(tests::eventually([&] {
    (void)late.receive(milliseconds(20));
    return !late.problem().empty();
  }));

  std::filesystem::copy_file(elsewhere / "late.public", keys() / "late.public");

  EXPECT_TRUE(tests::eventually([&] {
    from->tick();
    (void)late.receive(milliseconds(20));
    return late.live();
  }));
  EXPECT_EQ(late.problem(), "");
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

TEST_F(CurveTest, APeerIsServedThroughEachStepOfARotation) {
  const auto from = publisher();
  const auto old_curve = load_curve(keys(), "aggregator");
  const auto server_key = load_public_key(keys(), "streaming");
  const milliseconds patience(10'000);

  rotate_curve_keys(keys(), "aggregator");
  const auto new_curve = load_curve(keys(), "aggregator");
  EXPECT_NE(new_curve.secret_key, old_curve.secret_key);
  EXPECT_EQ(received(*from, old_curve, server_key, patience), 1U);
  EXPECT_EQ(received(*from, new_curve, server_key, patience), 1U);

  EXPECT_TRUE(retire_curve_key(keys(), "aggregator"));
  EXPECT_EQ(received(*from, old_curve, server_key, milliseconds(700)), 0U);
  EXPECT_EQ(received(*from, new_curve, server_key, patience), 1U);
}

TEST_F(CurveTest, ASubscriberFindsThePublishersNewKeyByItself) {
  auto from = publisher();
  const auto publish_at = from->publish_address();
  const auto requests_at = from->requests_address();
  Subscriber subscriber(context_, {.source = "sim.streaming",
                                   .publish = publish_at,
                                   .requests = requests_at,
                                   .consumer = "test",
                                   .curve = load_curve(keys(), "aggregator"),
                                   .server_public_key = load_public_key(keys(), "streaming"),
                                   .server = "streaming"});
  const auto took = [&](std::uint64_t offset) {
    const auto deadline = std::chrono::steady_clock::now() + milliseconds(20'000);
    while (std::chrono::steady_clock::now() < deadline && subscriber.last().offset < offset) {
      from->tick();
      (void)subscriber.receive(milliseconds(20));
    }
    return subscriber.last().offset >= offset;
  };
  ASSERT_TRUE(took(1));

  from.reset();
  rotate_curve_keys(keys(), "streaming");
  from = publisher(publish_at, requests_at);

  EXPECT_TRUE(took(2));
}

TEST_F(CurveTest, ARotationWaitsForTheOneBefore) {
  rotate_curve_keys(keys(), "streaming");

  EXPECT_EQ(exit_code_of([&] { rotate_curve_keys(keys(), "streaming"); }),
            service::exit_code::config);
  EXPECT_TRUE(retire_curve_key(keys(), "streaming"));
  EXPECT_FALSE(retire_curve_key(keys(), "streaming"));
  rotate_curve_keys(keys(), "streaming");
  EXPECT_EQ(exit_code_of([&] { rotate_curve_keys(keys(), "nobody"); }), service::exit_code::config);
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
