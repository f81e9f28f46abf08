#include "common/service/actors.hpp"

#include <caf/actor_system_config.hpp>
#include <caf/exit_reason.hpp>
#include <caf/send.hpp>

namespace depthwire::service {

void watch(Runtime& runtime, const caf::strong_actor_ptr& actor) {
  actor->get()->attach_functor([&runtime](const caf::error& reason) {
    if (!reason || reason == caf::exit_reason::user_shutdown) return;
    runtime.fail(exit_code::software, "an actor ended: " + runtime.actors().render(reason));
  });
  runtime.on_stop([actor] {
    caf::anon_send_exit(caf::actor_cast<caf::actor>(actor), caf::exit_reason::user_shutdown);
  });
}

}  // namespace depthwire::service
