#include "common/service/bus_wiring.hpp"

#include <cassert>

namespace depthwire::service {

bus::PublisherOptions publisher_options(const Runtime& runtime, const BusSettings& settings,
                                        const Endpoint& own) {
  bus::PublisherOptions options;
  options.environment = runtime.environment();
  options.source = runtime.source();
  options.journal = settings.journals / runtime.source();
  options.publish = own.publish;
  options.requests = own.requests;
  options.build = runtime.build();
  if (!settings.keys.empty()) options.curve = bus::load_curve(settings.keys, runtime.process());
  return options;
}

bus::SubscriberOptions subscriber_options(const Runtime& runtime, const BusSettings& settings,
                                          std::string_view publisher) {
  const auto* const from = settings.find(publisher);
  assert(from != nullptr);
  bus::SubscriberOptions options;
  options.source = runtime.environment() + '.' + std::string(publisher);
  options.publish = from->publish;
  options.requests = from->requests;
  options.consumer = runtime.process();
  if (!settings.keys.empty()) {
    options.curve = bus::load_curve(settings.keys, runtime.process());
    options.server_public_key = bus::load_public_key(settings.keys, std::string(publisher));
  }
  return options;
}

}  // namespace depthwire::service
