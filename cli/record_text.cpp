#include "cli/record_text.hpp"

#include "common/log/setup.hpp"
#include "proto/bus/envelope.pb.h"

#include <google/protobuf/util/json_util.h>

#include <array>
#include <cstdio>
#include <ctime>

namespace depthwire::cli {
namespace {

std::string envelope_json(const journal::Record& record) {
  bus::Envelope envelope;
  const bool parsed =
      envelope.ParseFromArray(record.payload.data(), static_cast<int>(record.payload.size()));
  if (!parsed) return "null";
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  std::string text;
  if (!google::protobuf::util::MessageToJsonString(envelope, &text, options).ok()) return "null";
  return text;
}

/// 13:30:00.250123 of the publish time.
std::string time_of_day(std::int64_t ns) {
  const std::time_t seconds = ns / 1'000'000'000;
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%02d:%02d:%02d.%06d", parts.tm_hour, parts.tm_min,
                parts.tm_sec, static_cast<int>(ns % 1'000'000'000 / 1000));
  return text.data();
}

std::string flags(std::uint16_t bits) {
  std::string text;
  if ((bits & journal::synthetic) != 0) text += " synthetic";
  if ((bits & journal::end_of_step) != 0) text += " end-of-step";
  if ((bits & journal::keyframe) != 0) text += " keyframe";
  return text;
}

}  // namespace

std::string record_line(std::string_view source, const journal::Record& record) {
  std::string_view topic = record.topic;
  if (topic.ends_with('|')) topic.remove_suffix(1);
  return time_of_day(record.header.publish_time_ns) + " " + std::string(source) + ":" +
         to_string(record.position()) + " " + std::string(topic) + flags(record.header.flags) +
         " " + envelope_json(record);
}

std::string record_json(std::string_view source, const journal::Record& record) {
  std::string_view topic = record.topic;
  if (topic.ends_with('|')) topic.remove_suffix(1);
  const auto& header = record.header;
  return "{\"source\":\"" + log::json_escape(source) +
         "\",\"epoch\":" + std::to_string(header.position.epoch) +
         ",\"offset\":" + std::to_string(header.position.offset) + ",\"topic\":\"" +
         log::json_escape(topic) +
         "\",\"publish_time_ns\":" + std::to_string(header.publish_time_ns) +
         ",\"payload_type\":" + std::to_string(header.payload_type) +
         ",\"flags\":" + std::to_string(header.flags) + ",\"envelope\":" + envelope_json(record) +
         "}";
}

}  // namespace depthwire::cli
