#include "common/replay/envelope_diff.hpp"

#include "common/codec/wire.hpp"
#include "proto/bus/envelope.pb.h"

#include <google/protobuf/util/message_differencer.h>

#include <vector>

namespace depthwire::replay {
namespace {

namespace pb = google::protobuf;

constexpr std::uint32_t cause_field = 5;  // of Envelope
constexpr std::string_view arrow = " -> ";

bool is_epoch(const pb::FieldDescriptor& field) {
  return field.name() == "epoch" || field.name().ends_with("_epoch");
}

void mask_epochs(pb::Message& message) {
  const auto& reflection = *message.GetReflection();
  std::vector<const pb::FieldDescriptor*> fields;
  reflection.ListFields(message, &fields);
  for (const auto* field : fields) {
    if (is_epoch(*field)) {
      reflection.ClearField(&message, field);
    } else if (field->cpp_type() != pb::FieldDescriptor::CPPTYPE_MESSAGE) {
      continue;
    } else if (!field->is_repeated()) {
      mask_epochs(*reflection.MutableMessage(&message, field));
    } else {
      for (int i = 0; i < reflection.FieldSize(message, field); ++i) {
        mask_epochs(*reflection.MutableRepeatedMessage(&message, field, i));
      }
    }
  }
}

bool parse_masked(std::string_view payload, bus::Envelope& into) {
  if (!into.ParseFromArray(payload.data(), static_cast<int>(payload.size()))) return false;
  mask_epochs(into);
  return true;
}

/// The first line of protobuf's report: "modified: PATH: A -> B", "added: PATH: B" (b alone has
/// it) or "deleted: PATH: A".
FieldDifference in_words(const bus::Envelope& a, const bus::Envelope& b) {
  std::string report;
  pb::util::MessageDifferencer differencer;
  differencer.ReportDifferencesToString(&report);
  differencer.Compare(a, b);
  const auto line = report.substr(0, report.find('\n'));
  const auto kind_end = line.find(": ");
  const auto path_end = kind_end == line.npos ? line.npos : line.find(": ", kind_end + 2);
  // Numbers that are equal and yet differ in their bytes, such as 0 and -0.
  if (path_end == line.npos) return {"payload", "these bytes", "other bytes of the same value"};
  const auto path = line.substr(kind_end + 2, path_end - kind_end - 2);
  const auto rest = line.substr(path_end + 2);
  if (line.starts_with("added")) return {path, "nothing", rest};
  if (line.starts_with("deleted")) return {path, rest, "nothing"};
  const auto middle = rest.find(arrow);
  return {path, rest.substr(0, middle),
          middle == rest.npos ? "another" : rest.substr(middle + arrow.size())};
}

}  // namespace

std::optional<FieldDifference> envelope_difference(std::string_view a, std::string_view b) {
  if (a == b) return std::nullopt;
  bus::Envelope in_a;
  bus::Envelope in_b;
  const bool readable_a = parse_masked(a, in_a);
  const bool readable_b = parse_masked(b, in_b);
  if (!readable_a || !readable_b) {
    const auto words = [](bool readable) { return readable ? "an envelope" : "no envelope"; };
    return FieldDifference{"payload", words(readable_a), words(readable_b)};
  }
  if (in_a.SerializeAsString() == in_b.SerializeAsString()) return std::nullopt;
  return in_words(in_a, in_b);
}

journal::Position cause_of(std::string_view payload) {
  journal::Position cause;
  codec::wire::Reader envelope(payload);
  while (envelope.next()) {
    if (envelope.field() != cause_field) {
      envelope.skip();
      continue;
    }
    codec::wire::Reader position(envelope.bytes());
    while (position.next()) {
      switch (position.field()) {
        case 2: cause.epoch = position.varint(); break;
        case 3: cause.offset = position.varint(); break;
        default: position.skip();
      }
    }
  }
  return cause;
}

}  // namespace depthwire::replay
