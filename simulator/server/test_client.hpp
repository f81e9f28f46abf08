#pragma once

#include "proto/ctrader/common.pb.h"
#include "proto/ctrader/messages.pb.h"
#include "simulator/server/session.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace depthwire::simulator {

/// A frame with `message` inside, as clients send them.
[[nodiscard]] std::string frame_of(std::uint32_t payload_type,
                                   const google::protobuf::MessageLite& message,
                                   std::string_view message_id = {});

/// Takes every whole frame off the front of `bytes`.
[[nodiscard]] std::vector<ctrader::ProtoMessage> take_frames(std::string& bytes);

/// A blocking client over TLS for tests: speaks the protocol, checks the server's certificate.
class TestClient {
 public:
  /// Connects to 127.0.0.1. Throws std::exception when the server's certificate is not of `ca`.
  TestClient(std::uint16_t port, const std::filesystem::path& ca);
  TestClient(TestClient&&) noexcept;
  ~TestClient();

  void send(std::string_view bytes);
  void send(std::uint32_t payload_type, const google::protobuf::MessageLite& message,
            std::string_view message_id = {});
  /// The bytes of at least one read; nothing when the server has closed the connection.
  [[nodiscard]] std::optional<std::string> read();
  /// The next frame; nothing when the server has closed the connection.
  [[nodiscard]] std::optional<ctrader::ProtoMessage> receive();

  void close();

  /// Authenticates with `credentials` and subscribes spots, then depth, of `symbol_ids`.
  void log_in_and_subscribe(const Credentials& credentials,
                            std::span<const std::int64_t> symbol_ids);

 private:
  struct Socket;
  std::unique_ptr<Socket> socket_;
  std::string inbox_;
};

}  // namespace depthwire::simulator
