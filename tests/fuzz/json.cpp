// Arbitrary text as a message of the JSON transport. What is read is written so that it reads the
// same.
#include "common/ctrader/json_codec.hpp"
#include "tests/fuzz/fuzz.hpp"

#include <google/protobuf/stubs/logging.h>
#include <nlohmann/json.hpp>

using namespace depthwire;

extern "C" int LLVMFuzzerInitialize(int*, char***) {
  google::protobuf::SetLogHandler(nullptr);
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = fuzz::text(data, size);
  const auto message = ctrader::message_from_json(text);
  if (!message) {
    fuzz::require(!message.error().empty(), "an error says something");
    return 0;
  }
  const auto written = ctrader::json_from_message(*message);
  fuzz::require(written.has_value(), "what was read is written");
  fuzz::require(nlohmann::json::accept(*written), "what is written is JSON");
  const auto again = ctrader::message_from_json(*written);
  fuzz::require(again.has_value(), "what was written is read");
  fuzz::require(ctrader::json_from_message(*again) == written, "it is the same");
  return 0;
}
