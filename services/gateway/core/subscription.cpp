#include "services/gateway/core/subscription.hpp"

#include "services/gateway/core/json.hpp"

#include <nlohmann/json.hpp>

namespace depthwire::gateway {
namespace {

using Json = nlohmann::json;
using Result = tl::expected<Subscription, std::string>;

tl::unexpected<std::string> refused(std::string problem) {
  return tl::unexpected<std::string>(std::move(problem));
}

/// Calls `take` with each string of the array `request[name]`; nothing to do when it is absent.
/// Gives the problem, empty when there is none.
template <class Take>
std::string for_each_string(const Json& request, const char* name, const Take& take) {
  const auto found = request.find(name);
  if (found == request.end()) return {};
  auto problem = std::string(name) + " must be an array of strings";
  if (!found->is_array()) return problem;
  for (const auto& item : *found) {
    if (!item.is_string()) return problem;
    if (auto refusal = take(item.get_ref<const std::string&>()); !refusal.empty()) return refusal;
  }
  return {};
}

std::string stream_names(const std::bitset<stream_count>& streams) {
  std::string out = "[";
  for (std::size_t i = 0; i < stream_count; ++i) {
    if (!streams.test(i)) continue;
    if (out.size() > 1) out += ',';
    json::append_string(out, to_string(static_cast<Stream>(i)));
  }
  return out + "]";
}

}  // namespace

bool Subscription::wants(const Frame& frame) const {
  if (frame.stream == Stream::status) return true;
  if (!streams.test(static_cast<std::size_t>(frame.stream))) return false;
  return all_symbols || frame.symbol.empty() || symbols.contains(frame.symbol);
}

Result parse_request(std::string_view text) {
  const auto request = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (request.is_discarded()) return refused("the message is not JSON");
  if (!request.is_object()) return refused("the message is not a JSON object");
  const auto type = request.find("type");
  if (type == request.end()) return refused("the message has no type");
  if (!type->is_string()) return refused("type must be a string");
  if (*type != "subscribe") {
    return refused("unknown type: " + type->get_ref<const std::string&>().substr(0, 100));
  }
  for (const auto& [key, value] : request.items()) {
    if (key != "type" && key != "symbols" && key != "streams") {
      return refused("unknown key: " + key.substr(0, 100));
    }
  }
  Subscription subscription;
  if (request.contains("streams")) subscription.streams.reset();
  subscription.all_symbols = !request.contains("symbols");
  auto problem = for_each_string(request, "streams", [&](const std::string& name) {
    const auto stream = parse_stream(name);
    if (!stream) return "unknown stream: " + name.substr(0, 100);
    subscription.streams.set(static_cast<std::size_t>(*stream));
    return std::string{};
  });
  if (problem.empty()) {
    problem = for_each_string(request, "symbols", [&](const std::string& name) {
      subscription.symbols.insert(name);
      return subscription.symbols.size() > max_subscribed_symbols
                 ? std::string("more than 1000 symbols")
                 : std::string{};
    });
  }
  if (!problem.empty()) return refused(std::move(problem));
  return subscription;
}

std::string subscribed_json(const Subscription& subscription) {
  std::string out = R"({"type":"subscribed","symbols":)";
  if (subscription.all_symbols) {
    out += "\"all\"";
  } else {
    out += '[';
    for (const auto& symbol : subscription.symbols) {
      if (out.back() != '[') out += ',';
      json::append_string(out, symbol);
    }
    out += ']';
  }
  json::append_key(out, "streams");
  return out + stream_names(subscription.streams) + "}";
}

std::string error_json(std::string_view problem) {
  std::string out = R"({"type":"error","error":)";
  json::append_string(out, problem);
  return out + "}";
}

std::string hello_json(std::string_view environment, std::string_view version) {
  std::string out = R"({"type":"hello","environment":)";
  json::append_string(out, environment);
  json::append_key(out, "version");
  json::append_string(out, version);
  json::append_key(out, "streams");
  return out + stream_names(Subscription{}.streams) + "}";
}

std::string conflated_json(std::uint64_t dropped) {
  std::string out = R"({"type":"conflated","dropped":)";
  json::append_unsigned(out, dropped);
  return out + "}";
}

}  // namespace depthwire::gateway
