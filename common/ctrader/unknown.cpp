#include "common/ctrader/unknown.hpp"

#include "common/ctrader/wire.hpp"

namespace depthwire::ctrader {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::FieldDescriptor;

/// Counts what is unknown in one message and in those within it.
class Search {
 public:
  void look(std::string_view bytes, const Descriptor& type, int depth = 0) {
    constexpr int deepest = 16;  // as deep as WireReader goes
    if (depth > deepest) return;
    WireReader reader(bytes);
    while (reader.next()) {
      const auto* field = find_field(type, static_cast<int>(reader.field()));
      if (field == nullptr) ++found_.fields;
      const bool is_bytes = has_type(reader, WireReader::bytes);
      if (field != nullptr && field->message_type() != nullptr && is_bytes) {
        look(reader.read_bytes(), *field->message_type(), depth + 1);
      } else if (field != nullptr && field->enum_type() != nullptr && is_bytes) {
        look_at_packed(reader.read_bytes(), *field->enum_type());
      } else if (field != nullptr && field->enum_type() != nullptr &&
                 has_type(reader, WireReader::varint)) {
        look_at(reader.read_varint(), *field->enum_type());
      } else {
        reader.skip();
      }
    }
  }
  [[nodiscard]] const Unknown& found() const { return found_; }

 private:
  static bool has_type(const WireReader& reader, WireReader::Type type) {
    return reader.tag() == WireReader::key(reader.field(), type);
  }
  static const FieldDescriptor* find_field(const Descriptor& type, int number) {
    if (const auto* field = type.FindFieldByNumber(number)) return field;
    return type.file()->pool()->FindExtensionByNumber(&type, number);
  }
  void look_at(std::uint64_t value, const EnumDescriptor& type) {
    if (type.FindValueByNumber(static_cast<int>(value)) == nullptr) ++found_.enum_values;
  }
  void look_at_packed(std::string_view bytes, const EnumDescriptor& type) {
    WireReader packed(bytes);
    while (!packed.at_end()) look_at(packed.read_varint(), type);
  }

  Unknown found_;
};

}  // namespace

Unknown find_unknown(std::string_view payload, const Descriptor& type) {
  Search search;
  search.look(payload, type);
  return search.found();
}

}  // namespace depthwire::ctrader
