#include "simulator/server/message_json.hpp"

#include <google/protobuf/descriptor.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace depthwire::simulator {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using Json = nlohmann::ordered_json;

bool is_secret(std::string_view field) {
  constexpr std::array<std::string_view, 3> secrets{"clientSecret", "accessToken", "refreshToken"};
  return std::ranges::find(secrets, field) != secrets.end();
}

// The only value, or the one at `index` of a repeated field.
Json value_of(const Message& message, const FieldDescriptor& field, int index) {
  const auto& reflection = *message.GetReflection();
  const bool many = field.is_repeated();
#define DEPTHWIRE_GET(Type)                                    \
  (many ? reflection.GetRepeated##Type(message, &field, index) \
        : reflection.Get##Type(message, &field))
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32: return DEPTHWIRE_GET(Int32);
    case FieldDescriptor::CPPTYPE_INT64: return DEPTHWIRE_GET(Int64);
    case FieldDescriptor::CPPTYPE_UINT32: return DEPTHWIRE_GET(UInt32);
    case FieldDescriptor::CPPTYPE_UINT64: return DEPTHWIRE_GET(UInt64);
    case FieldDescriptor::CPPTYPE_DOUBLE: return DEPTHWIRE_GET(Double);
    case FieldDescriptor::CPPTYPE_FLOAT: return DEPTHWIRE_GET(Float);
    case FieldDescriptor::CPPTYPE_BOOL: return DEPTHWIRE_GET(Bool);
    case FieldDescriptor::CPPTYPE_ENUM: return DEPTHWIRE_GET(EnumValue);
    case FieldDescriptor::CPPTYPE_STRING: return DEPTHWIRE_GET(String);
    case FieldDescriptor::CPPTYPE_MESSAGE: return masked_json(DEPTHWIRE_GET(Message));
  }
#undef DEPTHWIRE_GET
  return nullptr;
}

}  // namespace

Json masked_json(const Message& message) {
  std::vector<const FieldDescriptor*> fields;
  message.GetReflection()->ListFields(message, &fields);
  auto out = Json::object();
  for (const auto* field : fields) {
    if (field->is_extension()) continue;
    Json& value = out[field->name()];
    if (is_secret(field->name())) {
      value = "***";
    } else if (field->is_repeated()) {
      value = Json::array();
      const int count = message.GetReflection()->FieldSize(message, field);
      for (int i = 0; i < count; ++i) value.push_back(value_of(message, *field, i));
    } else {
      value = value_of(message, *field, 0);
    }
  }
  return out;
}

}  // namespace depthwire::simulator
