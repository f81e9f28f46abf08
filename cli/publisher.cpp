#include "cli/publisher.hpp"

#include "common/service/exit_error.hpp"

namespace depthwire::cli {
namespace {

std::string address_of(const service::BusSettings& bus, const std::string& name) {
  if (const auto* endpoint = bus.find(name)) return endpoint->requests;
  throw service::ExitError(service::exit_code::usage,
                           name +
                               " has no journal; expected streaming, historical, aggregator or "
                               "analyzer, with or without its environment in front");
}

bus::Requester connect(zmq::context_t& context, const service::BusSettings& bus,
                       const std::string& name, const std::string& address) {
  if (bus.keys.empty()) return {context, address};
  return {context, address, bus::load_curve(bus.keys, "cli"), bus::load_public_key(bus.keys, name)};
}

}  // namespace

Publisher::Publisher(const service::BusSettings& bus, const std::string& name)
    : address_{address_of(bus, name)}, requester_{connect(context_, bus, name, address_)} {}

tl::expected<bus::CommandReply, std::string> Publisher::command(
    const std::string& name, const google::protobuf::MessageLite& body,
    std::chrono::milliseconds patience) {
  bus::Request request;
  request.mutable_command()->set_name(name);
  request.mutable_command()->set_body(body.SerializeAsString());
  auto reply = requester_.ask(std::move(request), patience);
  if (!reply) return tl::unexpected(reply.error());
  return std::move(*reply->mutable_command());
}

}  // namespace depthwire::cli
