#include "common/bus/requester.hpp"

#include "common/bus/sockets.hpp"

namespace depthwire::bus {

Requester::Requester(zmq::context_t& context, const std::string& requests_address,
                     const Curve& curve, const std::string& server_public_key)
    : socket_(context, zmq::socket_type::dealer) {
  set_common_options(socket_);
  secure_client(socket_, curve, server_public_key);
  handshakes_.watch(context, socket_, curve);
  socket_.connect(requests_address);
}

tl::expected<Reply, std::string> Requester::ask(Request request,
                                                std::chrono::milliseconds timeout) {
  const auto deadline = std::chrono::steady_clock::now() + timeout;
  request.set_id(next_id_++);
  socket_.send(zmq::buffer(request.SerializeAsString()), zmq::send_flags::dontwait);
  while (true) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        deadline - std::chrono::steady_clock::now());
    if (left.count() <= 0) {
      handshakes_.look(std::chrono::steady_clock::now());
      return tl::unexpected("no answer; " + (handshakes_.problem().empty()
                                                 ? std::string("is the process running?")
                                                 : handshakes_.problem()));
    }
    zmq::pollitem_t item{socket_.handle(), 0, ZMQ_POLLIN, 0};
    zmq::poll(&item, 1, left);
    zmq::message_t message;
    if (!socket_.recv(message, zmq::recv_flags::dontwait)) continue;
    Reply reply;
    if (!reply.ParseFromArray(message.data(), static_cast<int>(message.size()))) {
      return tl::unexpected(std::string("the answer cannot be read"));
    }
    // An older id answers a request that was given up.
    if (reply.id() == request.id()) return reply;
  }
}

}  // namespace depthwire::bus
