#include "cli/commands.hpp"
#include "cli/place.hpp"
#include "cli/settings.hpp"
#include "common/bus/requester.hpp"
#include "proto/bus/control.pb.h"

#include <cstdio>
#include <optional>

namespace depthwire::cli {
namespace {

constexpr std::chrono::seconds patience{5};

const service::Endpoint& endpoint(const service::BusSettings& bus, const std::string& name) {
  if (name == "streaming") return bus.streaming;
  if (name == "historical") return bus.historical;
  if (name == "aggregator") return bus.aggregator;
  if (name == "analyzer") return bus.analyzer;
  throw service::ExitError(service::exit_code::usage,
                           name +
                               " has no journal; expected streaming, historical, aggregator or "
                               "analyzer, with or without its environment in front");
}

/// "streaming" of "sim.streaming" or of "streaming".
std::string service_of(const std::string& source, const std::string& environment) {
  const auto dot = source.find('.');
  if (dot == source.npos) return source;
  if (source.substr(0, dot) == environment) return source.substr(dot + 1);
  throw service::ExitError(service::exit_code::usage,
                           source + " is not of environment " + environment +
                               ", which the configuration names; choose another with --config");
}

}  // namespace

int accept(const Common& common, const AcceptOptions& options) {
  const Place place = find_place(common.root, common.config);
  AllSettings settings;
  settings.load(place.config);
  const auto& bus = settings.streaming.bus;
  const std::string name = service_of(options.source, settings.environment());
  bus::Curve curve;
  std::string server_key;
  if (!bus.keys.empty()) {
    curve = bus::load_curve(bus.keys, "cli");
    server_key = bus::load_public_key(bus.keys, name);
  }

  bus::Accepted accepted;
  accepted.set_reason(options.reason);
  bus::Request request;
  request.mutable_command()->set_name("accept");
  request.mutable_command()->set_body(accepted.SerializeAsString());
  zmq::context_t context;
  bus::Requester requester(context, endpoint(bus, name).requests, curve, server_key);
  const auto reply = requester.ask(request, patience);
  if (!reply) {
    throw service::ExitError(service::exit_code::unavailable, name + ": " + reply.error());
  }
  const auto& answer = reply->command();
  if (answer.status() != bus::CommandReply::done) {
    throw service::ExitError(service::exit_code::unavailable, name + ": " + answer.text());
  }
  std::printf("%s\n", answer.text().c_str());
  return service::exit_code::ok;
}

}  // namespace depthwire::cli
