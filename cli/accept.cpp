#include "cli/commands.hpp"
#include "cli/place.hpp"
#include "cli/publisher.hpp"
#include "cli/settings.hpp"
#include "proto/bus/control.pb.h"

#include <cstdio>

namespace depthwire::cli {
namespace {

constexpr std::chrono::seconds accept_patience{5};

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
  const std::string name = service_of(options.source, settings.environment());
  bus::Accepted accepted;
  accepted.set_reason(options.reason);
  Publisher publisher(settings.streaming.bus, name);
  const auto answer = publisher.command("accept", accepted, accept_patience);
  if (!answer) {
    throw service::ExitError(service::exit_code::unavailable, name + ": " + answer.error());
  }
  if (answer->status() != bus::CommandReply::done) {
    throw service::ExitError(service::exit_code::unavailable, name + ": " + answer->text());
  }
  std::printf("%s\n", answer->text().c_str());
  return service::exit_code::ok;
}

}  // namespace depthwire::cli
