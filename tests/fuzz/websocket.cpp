// Arbitrary text as a client's message, and as the headers that decide who may connect. Whatever
// comes, the answer is JSON.
#include "services/gateway/core/origin.hpp"
#include "services/gateway/core/subscription.hpp"
#include "tests/fuzz/fuzz.hpp"

#include <nlohmann/json.hpp>

#include <string>
#include <string_view>
#include <vector>

using namespace depthwire;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = fuzz::text(data, size);
  const auto request = gateway::parse_request(text);
  const auto answer =
      request ? gateway::subscribed_json(*request) : gateway::error_json(request.error());
  fuzz::require(nlohmann::json::accept(answer), "the answer is JSON");
  if (request) {
    fuzz::require(request->symbols.size() <= gateway::max_subscribed_symbols,
                  "a subscription is bounded");
  }

  const auto half = text.size() / 2;
  const auto origin = std::string(text.substr(0, half));
  const auto host = text.substr(half);
  if (gateway::is_allowed_origin(origin, host, {})) {
    fuzz::require(
        origin.empty() || origin.size() == host.size() + std::string_view("http://").size(),
        "only our own page may talk to us");
  }
  std::vector<std::string> allowed;
  if (gateway::is_well_formed_origin(origin)) allowed.push_back(origin);
  (void)gateway::is_allowed_host(host, allowed);
  return 0;
}
