#pragma once

#include <functional>
#include <stop_token>

namespace boost::asio {
class io_context;
}

namespace depthwire::ctrader {

/// Runs `io` until `stop`, calling `tick` every 100 ms in between. What a handler throws ends the
/// loop and is thrown on.
void run_loop(boost::asio::io_context& io, const std::stop_token& stop,
              const std::function<void()>& tick);

}  // namespace depthwire::ctrader
