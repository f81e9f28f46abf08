#include "simulator/server/received_log.hpp"

#include "common/ctrader/message_json.hpp"
#include "common/ctrader/payload_names.hpp"
#include "simulator/server/wall_clock.hpp"

#include <google/protobuf/message.h>
#include <nlohmann/json.hpp>

#include <cerrno>
#include <memory>
#include <system_error>

namespace depthwire::simulator {
namespace {

using Json = nlohmann::ordered_json;

Json line_of(std::int64_t time_ns, std::uint64_t connection, std::string_view event) {
  return {{"time_ns", time_ns}, {"connection", connection}, {"event", event}};
}

// Texts are a client's: they need not be UTF-8.
std::string text_of(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

// Nothing where the payload is not such a message.
std::unique_ptr<google::protobuf::Message> parse_payload(const ctrader::ProtoMessage& message) {
  auto payload = ctrader::make_payload(message.payloadtype());
  if (payload == nullptr) return nullptr;
  const bool whole = payload->ParsePartialFromString(message.payload()) && payload->IsInitialized();
  return whole ? std::move(payload) : nullptr;
}

}  // namespace

std::string received_json(std::int64_t time_ns, std::uint64_t connection,
                          const ctrader::ProtoMessage& message) {
  auto line = line_of(time_ns, connection, "received");
  line["type"] = message.payloadtype();
  line["name"] = ctrader::payload_name(message.payloadtype());
  if (message.has_clientmsgid()) line["id"] = message.clientmsgid();
  if (const auto payload = parse_payload(message)) {
    line["payload"] = ctrader::to_json(*payload, ctrader::Secrets::masked);
  } else {
    line["unreadable_bytes"] = message.payload().size();
  }
  return text_of(line);
}

ReceivedLog::ReceivedLog(const std::filesystem::path& path)
    : path_(path), file_(path, std::ios::binary | std::ios::app) {
  if (!file_) {
    throw std::system_error(errno, std::generic_category(), "cannot write " + path_.string());
  }
}

void ReceivedLog::connected(std::uint64_t connection, std::string_view peer) {
  auto line = line_of(wall_ns(), connection, "connected");
  line["peer"] = peer;
  write(text_of(line));
}

void ReceivedLog::received(std::uint64_t connection, const ctrader::ProtoMessage& message) {
  write(received_json(wall_ns(), connection, message));
}

void ReceivedLog::fault(std::string_view text) {
  write(text_of(Json{{"time_ns", wall_ns()}, {"event", "fault"}, {"text", text}}));
}

void ReceivedLog::closed(std::uint64_t connection, std::string_view reason) {
  auto line = line_of(wall_ns(), connection, "closed");
  line["reason"] = reason;
  write(text_of(line));
}

void ReceivedLog::write(const std::string& line) {
  file_ << line << '\n';
  file_.flush();
  if (!file_) {
    throw std::system_error(errno, std::generic_category(), "cannot write " + path_.string());
  }
}

}  // namespace depthwire::simulator
