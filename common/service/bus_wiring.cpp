#include "common/service/bus_wiring.hpp"

#include <poll.h>
#include <spdlog/spdlog.h>

#include <cassert>
#include <chrono>

namespace depthwire::service {

namespace {

constexpr std::chrono::milliseconds look_for_room_every{500};

// True when room should be looked for again, false when the process is to stop.
bool wait_for_room(Runtime& runtime, const std::string& why) {
  runtime.health().set("journal_full", why);
  spdlog::warn("{} Waiting for it.", why);
  pollfd stop{runtime.stop_descriptor(), POLLIN, 0};
  ::poll(&stop, 1, static_cast<int>(look_for_room_every.count()));
  runtime.health().clear("journal_full");
  return !runtime.stopping();
}

}  // namespace

bus::PublisherOptions publisher_options(Runtime& runtime, const BusSettings& settings,
                                        const Endpoint& own) {
  bus::PublisherOptions options;
  options.environment = runtime.environment();
  options.source = runtime.source();
  options.journal = settings.journals / runtime.source();
  options.publish = own.publish;
  options.requests = own.requests;
  options.build = runtime.build();
  options.wait_for_room = [&runtime](const std::string& why) {
    return wait_for_room(runtime, why);
  };
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
    options.server = std::string(publisher);
    options.server_public_key = bus::load_public_key(settings.keys, std::string(publisher));
  }
  return options;
}

}  // namespace depthwire::service
