#pragma once

#include "common/bus/requester.hpp"
#include "common/service/settings.hpp"

#include <google/protobuf/message_lite.h>
#include <tl/expected.hpp>
#include <zmq.hpp>

#include <chrono>
#include <string>

namespace depthwire::cli {

/// Gives commands to one running publisher.
class Publisher {
 public:
  /// Throws service::ExitError 64 when no publisher is called `name`, and what loading keys throws.
  Publisher(const service::BusSettings& bus, const std::string& name);

  /// What it answers, or why there is no answer, in words.
  [[nodiscard]] tl::expected<bus::CommandReply, std::string> command(
      const std::string& name, const google::protobuf::MessageLite& body,
      std::chrono::milliseconds patience);

  [[nodiscard]] const std::string& address() const { return address_; }

 private:
  zmq::context_t context_;
  std::string address_;
  bus::Requester requester_;
};

}  // namespace depthwire::cli
