#pragma once

#include "proto/ctrader/common.pb.h"

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

namespace depthwire::simulator {

/// What the simulator says of a message that a client sent, as one JSON object: its payload type
/// and name, its id if it has one, and its fields without the secrets; of a payload that is not the
/// message of its type, or of a type that nobody knows, only how many bytes it has.
[[nodiscard]] std::string received_json(std::int64_t time_ns, std::uint64_t connection,
                                        const ctrader::ProtoMessage& message);

/// A file with all that clients did, a JSON object a line, each there as soon as it happened: so
/// that a test judges a client from the server's side. All members throw std::system_error when the
/// file cannot be written: a test must not take a missing line for a message that was not sent.
class ReceivedLog {
 public:
  /// Goes on at the end of a file that is there: who restarts a simulator keeps what came before.
  explicit ReceivedLog(const std::filesystem::path& path);

  /// Connections are counted from 1, in the order in which they came.
  void connected(std::uint64_t connection, std::string_view peer);
  void received(std::uint64_t connection, const ctrader::ProtoMessage& message);
  /// What the simulator was told to do wrong, in the words of faults/parse.hpp.
  void fault(std::string_view text);
  void closed(std::uint64_t connection, std::string_view reason);

 private:
  void write(const std::string& line);

  std::filesystem::path path_;
  std::ofstream file_;
};

}  // namespace depthwire::simulator
