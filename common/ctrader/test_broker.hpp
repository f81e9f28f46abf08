#pragma once

#include "common/ctrader/test_server.hpp"
#include "proto/ctrader/common.pb.h"

#include <google/protobuf/message_lite.h>

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <vector>

namespace depthwire::ctrader::testing {

/// A small broker over TLS for tests: logs account 1000001 in, knows EURUSD (id 1) and GBPUSD (id
/// 2), and grants every subscription. What it answers to a payload type can be replaced.
class TestBroker {
 public:
  static constexpr std::int64_t account_id = 1'000'001;

  /// What to do about one request: write to the client, and whether to keep the connection.
  class Reply {
   public:
    Reply(Peer& peer, const ProtoMessage& request) : peer_{peer}, request_{request} {}
    void answer(std::uint32_t type, const google::protobuf::MessageLite& payload);
    void error(const std::string& code);
    void event(std::uint32_t type, const google::protobuf::MessageLite& payload);
    /// Whole frames as they are, in as few TLS records as they fit.
    void raw(const std::string& frames) { open_ = open_ && peer_.write(frames); }
    void hang_up() { open_ = false; }
    [[nodiscard]] bool open() const { return open_; }
    [[nodiscard]] const ProtoMessage& request() const { return request_; }

   private:
    void write(std::uint32_t type, const google::protobuf::MessageLite& payload,
               const std::string& id);

    Peer& peer_;
    const ProtoMessage& request_;
    bool open_ = true;
  };
  using Behaviour = std::function<void(Reply&)>;

  TestBroker();

  /// From now on `behaviour` answers requests of `payload_type`. Any thread.
  void on(std::uint32_t payload_type, Behaviour behaviour);
  /// What answers requests of `payload_type` now, for a behaviour that adds to it.
  [[nodiscard]] Behaviour behaviour(std::uint32_t payload_type) const;
  /// The payload types of all requests so far but heartbeats.
  [[nodiscard]] std::vector<std::uint32_t> requests() const;

  [[nodiscard]] const Certificates& certificates() const { return certificates_; }
  [[nodiscard]] std::uint16_t port() const { return server_.port(); }

 private:
  void serve(Peer& peer);

  mutable std::mutex mutex_;  // guards what tests change while the server runs
  std::map<std::uint32_t, Behaviour> behaviours_;
  std::vector<std::uint32_t> requests_;
  Certificates certificates_;
  TestServer server_;
};

}  // namespace depthwire::ctrader::testing
