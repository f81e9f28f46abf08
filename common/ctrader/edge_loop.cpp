#include "common/ctrader/edge_loop.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>

namespace depthwire::ctrader {
namespace {

constexpr std::chrono::milliseconds tick_every{100};

/// Calls `tick` again and again. What is due at once after a stall is due once.
void tick_on(boost::asio::steady_timer& timer, const std::function<void()>& tick) {
  timer.expires_after(tick_every);
  timer.async_wait([&timer, &tick](const boost::system::error_code& error) {
    if (error) return;
    tick();
    tick_on(timer, tick);
  });
}

}  // namespace

void run_loop(boost::asio::io_context& io, const std::stop_token& stop,
              const std::function<void()>& tick) {
  const std::stop_callback stopping(stop, [&io] { io.stop(); });
  boost::asio::steady_timer timer(io);
  tick_on(timer, tick);
  if (!stop.stop_requested()) io.run();
}

}  // namespace depthwire::ctrader
