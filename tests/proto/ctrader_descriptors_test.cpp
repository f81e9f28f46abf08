// The compiled cTrader messages against the table of the wire (ctrader_messages.tsv): every
// message, field, enum value and payload type of the table exists as written, and nothing else
// exists.
#include "proto/ctrader/common.pb.h"
#include "proto/ctrader/common_model.pb.h"
#include "proto/ctrader/messages.pb.h"
#include "proto/ctrader/model.pb.h"

#include <gmock/gmock.h>
#include <google/protobuf/descriptor.h>
#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <string>
#include <vector>

namespace depthwire::ctrader {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::DescriptorPool;
using google::protobuf::EnumDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::FileDescriptor;

const std::string package = "depthwire.ctrader.";

/// One line of the table.
struct Row {
  std::string kind, name, member, number, label, type, default_value, packed, file, note;
};

std::vector<Row> read_table() {
  std::ifstream file(CTRADER_MESSAGE_TABLE);
  std::vector<Row> rows;
  std::string line;
  std::getline(file, line);  // the header
  while (std::getline(file, line)) {
    std::vector<std::string> cells(1);
    for (const char c : line) {
      if (c == '\t') {
        cells.emplace_back();
      } else {
        cells.back() += c;
      }
    }
    cells.resize(10);
    rows.push_back({cells[0], cells[1], cells[2], cells[3], cells[4], cells[5], cells[6], cells[7],
                    cells[8], cells[9]});
  }
  return rows;
}

std::vector<Row> rows_of(const std::string& kind) {
  std::vector<Row> rows;
  for (auto& row : read_table()) {
    if (row.kind == kind) rows.push_back(std::move(row));
  }
  return rows;
}

/// The files of the wire; the simulator's extension is ours.
std::vector<const FileDescriptor*> files() {
  return {ProtoMessage::descriptor()->file(), ProtoPayloadType_descriptor()->file(),
          ProtoOASpotEvent::descriptor()->file(), ProtoOAPayloadType_descriptor()->file()};
}

std::string type_of(const FieldDescriptor& field) {
  if (field.enum_type() != nullptr) return "enum:" + field.enum_type()->name();
  if (field.message_type() != nullptr) return "message:" + field.message_type()->name();
  return field.type_name();
}

std::string label_of(const FieldDescriptor& field) {
  if (field.is_required()) return "required";
  return field.is_repeated() ? "repeated" : "optional";
}

std::string default_of(const FieldDescriptor& field) {
  if (!field.has_default_value()) return "";
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_ENUM: return field.default_value_enum()->name();
    case FieldDescriptor::CPPTYPE_BOOL: return field.default_value_bool() ? "true" : "false";
    case FieldDescriptor::CPPTYPE_INT32: return std::to_string(field.default_value_int32());
    case FieldDescriptor::CPPTYPE_INT64: return std::to_string(field.default_value_int64());
    case FieldDescriptor::CPPTYPE_UINT32: return std::to_string(field.default_value_uint32());
    case FieldDescriptor::CPPTYPE_UINT64: return std::to_string(field.default_value_uint64());
    case FieldDescriptor::CPPTYPE_STRING: return field.default_value_string();
    default: return "a default of a type that the table does not use";
  }
}

/// "true" or "false" for repeated numbers and enums, empty for all else, as in the table.
std::string packed_of(const FieldDescriptor& field) {
  if (!field.is_packable()) return "";
  return field.is_packed() ? "true" : "false";
}

TEST(CtraderDescriptors, EveryFieldOfTheTableIsCompiledAsWritten) {
  const auto* pool = DescriptorPool::generated_pool();
  const auto rows = rows_of("message");
  ASSERT_EQ(rows.size(), 587U);

  for (const auto& row : rows) {
    SCOPED_TRACE(row.name + "." + row.member);
    const auto* message = pool->FindMessageTypeByName(package + row.name);
    ASSERT_NE(message, nullptr);
    const auto* field = message->FindFieldByName(row.member);
    ASSERT_NE(field, nullptr);
    EXPECT_EQ(std::to_string(field->number()), row.number);
    EXPECT_EQ(label_of(*field), row.label);
    EXPECT_EQ(type_of(*field), row.type);
    EXPECT_EQ(default_of(*field), row.default_value);
    EXPECT_EQ(packed_of(*field), row.packed);
  }
}

TEST(CtraderDescriptors, NoMessageOrFieldIsCompiledThatTheTableLacks) {
  std::set<std::string> known;
  for (const auto& row : rows_of("message")) known.insert(row.name + "." + row.member);
  std::set<std::string> compiled;

  for (const auto* file : files()) {
    for (int i = 0; i < file->message_type_count(); ++i) {
      const Descriptor& message = *file->message_type(i);
      EXPECT_GT(message.field_count(), 0) << message.name();
      for (int k = 0; k < message.field_count(); ++k) {
        compiled.insert(message.name() + "." + message.field(k)->name());
      }
    }
  }

  EXPECT_EQ(compiled, known);
}

TEST(CtraderDescriptors, EveryEnumValueIsCompiledAsWrittenAndNoOther) {
  std::set<std::string> known;
  for (const auto& row : rows_of("enum")) {
    known.insert(row.name + "." + row.member + "=" + row.number);
  }
  ASSERT_EQ(known.size(), 290U);
  std::set<std::string> compiled;

  for (const auto* file : files()) {
    for (int i = 0; i < file->enum_type_count(); ++i) {
      const EnumDescriptor& type = *file->enum_type(i);
      for (int k = 0; k < type.value_count(); ++k) {
        compiled.insert(type.name() + "." + type.value(k)->name() + "=" +
                        std::to_string(type.value(k)->number()));
      }
    }
  }

  EXPECT_EQ(compiled, known);
}

TEST(CtraderDescriptors, EveryMessageDefaultsToItsPayloadType) {
  const auto* pool = DescriptorPool::generated_pool();
  const auto rows = rows_of("payload");
  ASSERT_EQ(rows.size(), 96U);

  for (const auto& row : rows) {
    SCOPED_TRACE(row.name);
    const auto* message = pool->FindMessageTypeByName(package + row.name);
    ASSERT_NE(message, nullptr);
    const auto* field = message->FindFieldByName("payloadType");
    ASSERT_NE(field, nullptr);
    ASSERT_NE(field->enum_type(), nullptr);
    EXPECT_EQ(field->number(), 1);
    EXPECT_EQ(field->enum_type()->name(), row.type);
    EXPECT_EQ(field->default_value_enum()->name(), row.member);
    EXPECT_EQ(std::to_string(field->default_value_enum()->number()), row.number);
  }
}

}  // namespace
}  // namespace depthwire::ctrader
