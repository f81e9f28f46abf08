#include "services/analyzer/core/base/lifecycle.hpp"

namespace depthwire::analyzer {

Transition Lifecycle::step(Ns t, bool enter, bool stay) {
  if (!opened_) {
    if (!enter || (closed_ && t - *closed_ < params_.cool_down)) return Transition::none;
    opened_ = t;
    return Transition::open;
  }
  const Ns age = t - *opened_;
  if (age >= params_.time_to_live) {
    static_cast<void>(end(t));
    return Transition::expire;
  }
  if (stay || age < params_.minimum_hold) return Transition::none;
  static_cast<void>(end(t));
  return Transition::close;
}

bool Lifecycle::end(Ns t) {
  if (!opened_) return false;
  opened_.reset();
  closed_ = t;
  return true;
}

}  // namespace depthwire::analyzer
