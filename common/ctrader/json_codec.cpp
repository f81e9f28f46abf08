#include "common/ctrader/json_codec.hpp"

#include "common/ctrader/message_json.hpp"
#include "common/ctrader/payload_names.hpp"

#include <nlohmann/json.hpp>

#include <limits>
#include <utility>

namespace depthwire::ctrader {
namespace {

using Json = nlohmann::json;
using OrderedJson = nlohmann::ordered_json;

// "[json.exception.parse_error.101] parse error at line 1, column 3: ..." from the place on.
std::string in_words(const Json::exception& error) {
  const std::string_view text = error.what();
  const auto at = text.find("at line ");
  return std::string(at == std::string_view::npos ? text : text.substr(at + 3));
}

tl::expected<ProtoMessage, std::string> envelope_of(const Json& json) {
  if (!json.is_object()) return tl::unexpected(std::string("a message is a JSON object"));
  const auto type = json.find("payloadType");
  if (type == json.end() || !type->is_number_unsigned() ||
      type->get<std::uint64_t>() > std::numeric_limits<std::uint32_t>::max()) {
    return tl::unexpected(std::string("payloadType: expected a number from 0 to 4294967295"));
  }
  ProtoMessage message;
  message.set_payloadtype(type->get<std::uint32_t>());
  const auto id = json.find("clientMsgId");
  if (id != json.end() && !id->is_null()) {
    if (!id->is_string()) return tl::unexpected(std::string("clientMsgId: expected a text"));
    message.set_clientmsgid(id->get<std::string>());
  }
  return message;
}

}  // namespace

tl::expected<ProtoMessage, std::string> message_from_json(std::string_view text) {
  Json json;
  try {
    json = Json::parse(text);
  } catch (const Json::exception& error) {
    return tl::unexpected(in_words(error));
  }
  auto message = envelope_of(json);
  if (!message) return message;
  const auto given = json.find("payload");
  if (given == json.end() || given->is_null()) return message;
  const auto payload = make_payload(message->payloadtype());
  if (payload == nullptr) return message;
  if (const auto read = from_json(*given, *payload); !read) {
    const bool at_a_field = given->is_object();
    return tl::unexpected("payload" + std::string(at_a_field ? "." : ": ") + read.error());
  }
  payload->SerializePartialToString(message->mutable_payload());
  return message;
}

std::optional<std::string> json_from_message(const ProtoMessage& message) {
  auto json = OrderedJson::object();
  if (message.has_clientmsgid()) json["clientMsgId"] = message.clientmsgid();
  json["payloadType"] = message.payloadtype();
  const auto payload = make_payload(message.payloadtype());
  if (payload != nullptr && !message.payload().empty()) {
    if (!payload->ParsePartialFromString(message.payload())) return std::nullopt;
    // An empty payload is none, on the wire too: what comes back must be written the same.
    if (auto fields = to_json(*payload); !fields.empty()) json["payload"] = std::move(fields);
  }
  return json.dump(-1, ' ', false, OrderedJson::error_handler_t::replace);
}

}  // namespace depthwire::ctrader
