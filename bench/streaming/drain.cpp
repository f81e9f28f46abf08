#include "bench/streaming/drain.hpp"

#include <chrono>
#include <ctime>

namespace depthwire::bench {

double thread_cpu_seconds() {
  timespec time{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

Drain::Drain(zmq::context_t& context, const std::string& address)
    : thread_([this, &context, address] {
        zmq::socket_t socket(context, zmq::socket_type::sub);
        socket.set(zmq::sockopt::linger, 0);
        socket.set(zmq::sockopt::rcvtimeo, 50);
        socket.set(zmq::sockopt::subscribe, "");
        socket.connect(address);
        zmq::message_t message;
        while (!stopping_) {
          if (socket.recv(message)) ++received_;
        }
      }) {
  // A subscription needs a moment to travel, and nothing tells when it has arrived.
  std::this_thread::sleep_for(std::chrono::milliseconds(300));
}

Drain::~Drain() {
  stopping_ = true;
  thread_.join();
}

}  // namespace depthwire::bench
