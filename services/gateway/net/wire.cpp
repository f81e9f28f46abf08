#include "services/gateway/net/wire.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>

#include <array>
#include <cassert>
#include <utility>

namespace depthwire::gateway {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using ErrorCode = boost::system::error_code;

constexpr std::size_t max_write_bytes = 64 << 10;
/// Small pieces for a slow reader, so that what it gets next is as new as can be.
constexpr std::size_t max_slow_write_bytes = 16 << 10;
constexpr std::size_t max_control_bytes = 64 << 10;
/// The kernel holds little, so that the outbox conflates early; and at the end it takes all that is
/// left at once, so that even a client that hardly reads will find the close frame.
constexpr int send_buffer_bytes = 64 << 10;
constexpr int last_send_buffer_bytes = 208 << 10;
constexpr auto linger = std::chrono::seconds(5);
constexpr char close_first_byte = '\x88';

}  // namespace

Wire::Wire(tcp::socket socket, Outbox::Limits limits)
    : socket_(std::move(socket)), last_call_(socket_.get_executor()), outbox_(limits) {
  ErrorCode ignored;  // a peer that is gone already is found out by the first read
  socket_.set_option(tcp::no_delay(true), ignored);
  socket_.set_option(asio::socket_base::send_buffer_size(send_buffer_bytes), ignored);
  socket_.non_blocking(true, ignored);
}

bool Wire::push(const FramePtr& frame) { return closing_ || outbox_.push(frame); }

bool Wire::push_control(std::string_view bytes) {
  if (closing_) return true;
  if (control_.size() + bytes.size() > max_control_bytes) return false;
  if (bytes.starts_with(close_first_byte)) {
    outbox_.clear();
    closing_ = true;
  }
  control_ += bytes;
  return true;
}

void Wire::flush() {
  while (socket_.is_open()) {
    if (written_ == writing_.size() && !fill()) {
      ErrorCode ignored;  // the peer may have gone first
      if (finishing_) socket_.shutdown(tcp::socket::shutdown_send, ignored);
      return;
    }
    ErrorCode error;
    const auto rest = asio::buffer(writing_.data() + written_, writing_.size() - written_);
    written_ += socket_.write_some(rest, error);
    if (error == asio::error::would_block) return wait_for_room();
    if (error) return abort();  // the pending read ends with it and tells the session
  }
}

bool Wire::fill() {
  stuck_since_ = {};
  writing_.clear();
  written_ = 0;
  writing_.swap(control_);
  if (!outbox_.empty()) {
    outbox_.take(writing_, outbox_.conflating() ? max_slow_write_bytes : max_write_bytes);
  }
  return !writing_.empty();
}

void Wire::wait_for_room() {
  if (stuck_since_ == Clock::time_point{}) stuck_since_ = Clock::now();
  if (waiting_) return;
  waiting_ = true;
  socket_.async_wait(tcp::socket::wait_write, [self = shared_from_this()](ErrorCode error) {
    self->waiting_ = false;
    if (!error) self->flush();
  });
}

void Wire::close(std::uint16_t code, std::string_view reason) {
  if (closing_) return;
  control_.clear();
  const bool fits = push_control(close_frame(code, reason));
  assert(fits);
  static_cast<void>(fits);
  finishing_ = true;
  ErrorCode ignored;
  socket_.set_option(asio::socket_base::send_buffer_size(last_send_buffer_bytes), ignored);
  flush();  // also while waiting for room: now there is
}

void Wire::finish() {
  closing_ = true;
  finishing_ = true;
  flush();
  if (std::exchange(draining_, true)) return;
  drain_input();
  last_call_.expires_after(linger);
  last_call_.async_wait([self = shared_from_this()](ErrorCode error) {
    if (!error) self->abort();
  });
}

void Wire::drain_input() {
  auto scratch = std::make_shared<std::array<char, 1024>>();
  socket_.async_read_some(asio::buffer(*scratch),
                          [self = shared_from_this(), scratch](ErrorCode error, std::size_t) {
                            if (error) return self->abort();
                            self->drain_input();
                          });
}

void Wire::abort() {
  ErrorCode ignored;  // closing is all that is left to do
  socket_.close(ignored);
  last_call_.cancel();
}

Wire::Clock::duration Wire::stuck(Clock::time_point now) const {
  return stuck_since_ == Clock::time_point{} ? Clock::duration::zero() : now - stuck_since_;
}

}  // namespace depthwire::gateway
