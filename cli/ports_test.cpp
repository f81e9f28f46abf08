#include "cli/ports.hpp"

#include <gmock/gmock.h>
#include <unistd.h>

#include <arpa/inet.h>
#include <sys/socket.h>

namespace depthwire::cli {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

/// Listens at a port of loopback that the system chooses.
class Listener {
 public:
  Listener() {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* any = reinterpret_cast<sockaddr*>(&address);
    EXPECT_EQ(::bind(socket_, any, size), 0);
    EXPECT_EQ(::listen(socket_, 1), 0);
    EXPECT_EQ(::getsockname(socket_, any, &size), 0);
    port_ = ntohs(address.sin_port);
  }
  ~Listener() { ::close(socket_); }
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;
  [[nodiscard]] std::uint16_t port() const { return port_; }

 private:
  int socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  std::uint16_t port_ = 0;
};

TEST(Ports, OfAProcessAreAllThatItListensAt) {
  AllSettings settings;
  settings.hosts.at("streaming").health = "127.0.0.1:0";
  settings.gateway.port = 8081;
  std::vector<std::string> found;
  for (const Port& port : needed_ports(settings, {"postgres", "streaming", "gateway"})) {
    found.push_back(port.key + " " + port.host + ":" + std::to_string(port.port));
  }

  EXPECT_THAT(found,
              ElementsAre("database.port 127.0.0.1:5432", "bus.streaming.publish 127.0.0.1:5560",
                          "bus.streaming.requests 127.0.0.1:5561", "gateway.health 127.0.0.1:9107",
                          "gateway.port 127.0.0.1:8081"));
}

TEST(Ports, ATakenOneIsAProblemThatNamesItsHolder) {
  const Listener taken;
  const auto address = "127.0.0.1:" + std::to_string(taken.port());

  EXPECT_THAT(port_problems({{"auditor.health", "auditor", "127.0.0.1", taken.port()}}, {}),
              ElementsAre("auditor.health: " + address + " is in use by cli_test (pid " +
                          std::to_string(::getpid()) + ")"));
}

TEST(Ports, WhatTheSameProcessOfOursHoldsIsFine) {
  const Listener taken;
  const std::vector<Port> wanted{{"auditor.health", "auditor", "127.0.0.1", taken.port()}};

  EXPECT_THAT(port_problems(wanted, {{"auditor", ::getpid()}}), IsEmpty());
  EXPECT_EQ(port_problems(wanted, {{"gateway", ::getpid()}}).size(), 1U);
}

TEST(Ports, OneAddressForTwoIsAProblemBeforeEitherStarts) {
  std::uint16_t free = 0;
  {
    const Listener once;
    free = once.port();
  }
  EXPECT_THAT(port_problems({{"auditor.health", "auditor", "127.0.0.1", free},
                             {"gateway.health", "gateway", "127.0.0.1", free}},
                            {}),
              ElementsAre("gateway.health: 127.0.0.1:" + std::to_string(free) +
                          " is also the address of auditor.health"));
}

}  // namespace
}  // namespace depthwire::cli
