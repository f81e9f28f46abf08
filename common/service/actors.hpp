#pragma once

#include "common/service/runtime.hpp"

#include <caf/actor_cast.hpp>
#include <caf/actor_control_block.hpp>
#include <caf/actor_system.hpp>

#include <utility>

namespace depthwire::service {

/// Ends `actor` at stop; ends the process when the actor ends by itself with an error, such as an
/// exception that left a handler.
void watch(Runtime& runtime, const caf::strong_actor_ptr& actor);

/// Spawns an actor that the process cannot live without.
template <class... Args>
auto spawn(Runtime& runtime, Args&&... args) {
  auto actor = runtime.actors().spawn(std::forward<Args>(args)...);
  watch(runtime, caf::actor_cast<caf::strong_actor_ptr>(actor));
  return actor;
}

}  // namespace depthwire::service
