#pragma once

#include "common/bus/publisher.hpp"
#include "common/bus/subscriber.hpp"
#include "common/service/runtime.hpp"
#include "common/service/settings.hpp"

#include <string_view>

namespace depthwire::service {

/// The options of this process's own publisher: journal `<journals>/<source>`, its CURVE keys when
/// there are any.
[[nodiscard]] bus::PublisherOptions publisher_options(Runtime& runtime, const BusSettings& settings,
                                                      const Endpoint& own);

/// The options of a subscriber of `publisher`, one of service::publishers, from its oldest record;
/// the caller changes `start` and `topic_prefixes` as it needs.
[[nodiscard]] bus::SubscriberOptions subscriber_options(const Runtime& runtime,
                                                        const BusSettings& settings,
                                                        std::string_view publisher);

}  // namespace depthwire::service
