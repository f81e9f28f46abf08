#include "common/ctrader/message_json.hpp"

#include "proto/ctrader/simulator.pb.h"

#include <google/protobuf/descriptor.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace depthwire::ctrader {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using Json = nlohmann::json;
using OrderedJson = nlohmann::ordered_json;

bool is_secret(std::string_view field) {
  constexpr std::array<std::string_view, 3> names{"clientSecret", "accessToken", "refreshToken"};
  return std::ranges::find(names, field) != names.end();
}

// Calls Get... of a field, or GetRepeated... of one of its values: they are told apart by name
// only.
#define DEPTHWIRE_GET(Type)                                    \
  (many ? reflection.GetRepeated##Type(message, &field, index) \
        : reflection.Get##Type(message, &field))

// The only value, or the one at `index` of a repeated field.
OrderedJson value_of(const Message& message, const FieldDescriptor& field, int index,
                     Secrets secrets) {
  const auto& reflection = *message.GetReflection();
  const bool many = field.is_repeated();
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
    case FieldDescriptor::CPPTYPE_MESSAGE: return to_json(DEPTHWIRE_GET(Message), secrets);
  }
  return nullptr;
}
#undef DEPTHWIRE_GET

std::string key_of(const FieldDescriptor& field) {
  return field.is_extension() ? "[" + field.full_name() + "]" : field.name();
}

/// What is wrong with a value; `path` grows on the way out, so that it costs nothing when all is
/// well.
struct Problem {
  std::string path;
  std::string text;
};
using Failure = std::optional<Problem>;

std::string shown(const Json& value) {
  constexpr std::size_t longest = 40;
  auto text = value.dump(-1, ' ', true, Json::error_handler_t::replace);
  if (text.size() > longest) text = text.substr(0, longest) + "...";
  return text;
}

Failure expected(const std::string& what, const Json& value) {
  return Problem{{}, "expected " + what + ", got " + shown(value)};
}

template <class Integer>
std::optional<Integer> integer(const Json& value) {
  if (value.is_number_unsigned()) {
    const auto number = value.get<std::uint64_t>();
    return std::in_range<Integer>(number) ? std::optional(static_cast<Integer>(number))
                                          : std::nullopt;
  }
  if (value.is_number_integer()) {
    const auto number = value.get<std::int64_t>();
    return std::in_range<Integer>(number) ? std::optional(static_cast<Integer>(number))
                                          : std::nullopt;
  }
  const auto* text = value.get_ptr<const std::string*>();
  if (text == nullptr) return std::nullopt;
  Integer number = 0;
  const auto* end = text->data() + text->size();
  const auto [rest, error] = std::from_chars(text->data(), end, number);
  return error == std::errc() && rest == end ? std::optional(number) : std::nullopt;
}

// What the schema does not name stays in the message as the wire's unknown fields and enum values
// do, so that there is one way to find it (find_unknown). No schema has these numbers.
constexpr int unknown_field = FieldDescriptor::kMaxNumber;
constexpr int unknown_value = std::numeric_limits<int>::max();

// A number or a name.
Failure enum_number(const Json& value, const FieldDescriptor& field, std::optional<int>& number) {
  if (const auto* name = value.get_ptr<const std::string*>()) {
    if (const auto* known = field.enum_type()->FindValueByName(*name)) {
      number = known->number();
      return std::nullopt;
    }
    number = integer<int>(value).value_or(unknown_value);
    return std::nullopt;
  }
  number = integer<int>(value);
  if (number) return std::nullopt;
  return expected("a number or a name of " + field.enum_type()->name(), value);
}

Failure fill(const Json& json, Message& message);

// Calls Set... of a field or Add... of a repeated one.
#define DEPTHWIRE_PUT(Type, value)                                     \
  (field.is_repeated() ? reflection.Add##Type(&message, &field, value) \
                       : reflection.Set##Type(&message, &field, value))
#define DEPTHWIRE_PUT_INTEGER(Type, Integer, what)   \
  if (const auto number = integer<Integer>(value)) { \
    DEPTHWIRE_PUT(Type, *number);                    \
    return std::nullopt;                             \
  }                                                  \
  return expected(what, value)

Failure put(const Json& value, Message& message, const FieldDescriptor& field) {
  const auto& reflection = *message.GetReflection();
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      DEPTHWIRE_PUT_INTEGER(Int32, std::int32_t, "an integer of 32 bits");
    case FieldDescriptor::CPPTYPE_INT64:
      DEPTHWIRE_PUT_INTEGER(Int64, std::int64_t, "an integer of 64 bits");
    case FieldDescriptor::CPPTYPE_UINT32:
      DEPTHWIRE_PUT_INTEGER(UInt32, std::uint32_t, "an integer from 0, of 32 bits");
    case FieldDescriptor::CPPTYPE_UINT64:
      DEPTHWIRE_PUT_INTEGER(UInt64, std::uint64_t, "an integer from 0, of 64 bits");
    case FieldDescriptor::CPPTYPE_DOUBLE:
      if (!value.is_number()) return expected("a number", value);
      DEPTHWIRE_PUT(Double, value.get<double>());
      return std::nullopt;
    case FieldDescriptor::CPPTYPE_FLOAT:
      if (!value.is_number()) return expected("a number", value);
      DEPTHWIRE_PUT(Float, value.get<float>());
      return std::nullopt;
    case FieldDescriptor::CPPTYPE_BOOL:
      if (!value.is_boolean()) return expected("true or false", value);
      DEPTHWIRE_PUT(Bool, value.get<bool>());
      return std::nullopt;
    case FieldDescriptor::CPPTYPE_ENUM: {
      std::optional<int> number;
      if (auto failure = enum_number(value, field, number)) return failure;
      DEPTHWIRE_PUT(EnumValue, *number);
      return std::nullopt;
    }
    case FieldDescriptor::CPPTYPE_STRING:
      if (!value.is_string()) return expected("a text", value);
      DEPTHWIRE_PUT(String, value.get<std::string>());
      return std::nullopt;
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return fill(value, field.is_repeated() ? *reflection.AddMessage(&message, &field)
                                             : *reflection.MutableMessage(&message, &field));
  }
  return std::nullopt;
}
#undef DEPTHWIRE_PUT_INTEGER
#undef DEPTHWIRE_PUT

const FieldDescriptor* field_of(const Message& message, std::string_view key) {
  if (key.starts_with('[') && key.ends_with(']')) {
    const auto name = std::string(key.substr(1, key.size() - 2));
    return message.GetReflection()->FindKnownExtensionByName(name);
  }
  return message.GetDescriptor()->FindFieldByName(std::string(key));
}

Failure put_all(const Json& values, Message& message, const FieldDescriptor& field) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (auto failure = put(values[i], message, field)) {
      const std::string dot = failure->path.empty() ? "" : ".";
      failure->path = "[" + std::to_string(i) + "]" + dot + failure->path;
      return failure;
    }
  }
  return std::nullopt;
}

// As deep as the schema is, which does not contain itself.
Failure fill(const Json& json, Message& message) {
  if (!json.is_object()) return expected("an object", json);
  for (const auto& [key, value] : json.items()) {
    const auto* field = field_of(message, key);
    if (field == nullptr) {
      message.GetReflection()->MutableUnknownFields(&message)->AddVarint(unknown_field, 1);
    }
    if (field == nullptr || value.is_null()) continue;
    auto failure = field->is_repeated() && value.is_array() ? put_all(value, message, *field)
                                                            : put(value, message, *field);
    if (!failure) continue;
    const bool nested = !failure->path.empty() && failure->path.front() != '[';
    failure->path = key + (nested ? "." : "") + failure->path;
    return failure;
  }
  return std::nullopt;
}

}  // namespace

OrderedJson to_json(const Message& message, Secrets secrets) {
  // Or the linker leaves the extensions out, and they are unknown fields.
  static const auto known = ProtoOASpotEvent().HasExtension(spot_simulator_time_ns);
  std::ignore = known;
  std::vector<const FieldDescriptor*> fields;
  message.GetReflection()->ListFields(message, &fields);
  auto out = OrderedJson::object();
  for (const auto* field : fields) {
    OrderedJson& value = out[key_of(*field)];
    if (secrets == Secrets::masked && is_secret(field->name())) {
      value = "***";
    } else if (field->is_repeated()) {
      value = OrderedJson::array();
      const int count = message.GetReflection()->FieldSize(message, field);
      for (int i = 0; i < count; ++i) value.push_back(value_of(message, *field, i, secrets));
    } else {
      value = value_of(message, *field, 0, secrets);
    }
  }
  return out;
}

tl::expected<void, std::string> from_json(const Json& json, Message& message) {
  auto failure = fill(json, message);
  if (!failure) return {};
  if (failure->path.empty()) return tl::unexpected(std::move(failure->text));
  return tl::unexpected(failure->path + ": " + failure->text);
}

}  // namespace depthwire::ctrader
