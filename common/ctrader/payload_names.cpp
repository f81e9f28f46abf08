#include "common/ctrader/payload_names.hpp"

#include "proto/ctrader/common.pb.h"
#include "proto/ctrader/messages.pb.h"

#include <charconv>
#include <map>

namespace depthwire::ctrader {
namespace {

struct Names {
  std::map<std::uint32_t, const google::protobuf::Descriptor*> by_type;
  std::map<std::string, std::uint32_t, std::less<>> by_name;
};

// A message says its payload type as the default of its first field.
void add_messages(const google::protobuf::FileDescriptor& file, Names& names) {
  for (int i = 0; i < file.message_type_count(); ++i) {
    const auto* message = file.message_type(i);
    const auto* field = message->FindFieldByName("payloadType");
    if (field == nullptr || field->enum_type() == nullptr) continue;
    const auto* constant = field->default_value_enum();
    const auto type = static_cast<std::uint32_t>(constant->number());
    names.by_type.emplace(type, message);
    names.by_name.emplace(message->name(), type);
    names.by_name.emplace(constant->name(), type);
  }
}

const Names& all_names() {
  static const Names names = [] {
    Names all;
    add_messages(*ProtoHeartbeatEvent::descriptor()->file(), all);
    add_messages(*ProtoOASpotEvent::descriptor()->file(), all);
    return all;
  }();
  return names;
}

}  // namespace

const google::protobuf::Descriptor* message_of(std::uint32_t payload_type) {
  const auto found = all_names().by_type.find(payload_type);
  return found == all_names().by_type.end() ? nullptr : found->second;
}

std::unique_ptr<google::protobuf::Message> make_payload(std::uint32_t payload_type) {
  const auto* type = message_of(payload_type);
  if (type == nullptr) return nullptr;
  auto& factory = *google::protobuf::MessageFactory::generated_factory();
  return std::unique_ptr<google::protobuf::Message>(factory.GetPrototype(type)->New());
}

std::string payload_name(std::uint32_t payload_type) {
  const auto* message = message_of(payload_type);
  return message == nullptr ? "unknown" : message->name();
}

std::optional<std::uint32_t> payload_type_of(std::string_view name) {
  if (const auto found = all_names().by_name.find(name); found != all_names().by_name.end()) {
    return found->second;
  }
  std::uint32_t number = 0;
  const auto* end = name.data() + name.size();
  const auto [rest, error] = std::from_chars(name.data(), end, number);
  if (error != std::errc() || rest != end) return std::nullopt;
  return number;
}

}  // namespace depthwire::ctrader
