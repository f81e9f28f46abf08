#include "services/gateway/net/hub.hpp"

#include <algorithm>

namespace depthwire::gateway {

void Hub::join(const std::shared_ptr<Client>& client) {
  clients_.push_back(client);
  send_snapshot(*client);
}

void Hub::leave(const Client* client) {
  std::erase_if(clients_, [&](const auto& member) { return member.get() == client; });
}

void Hub::send_snapshot(Client& client) const {
  for (const auto& frame : board_.snapshot()) {
    if (client.subscription().wants(*frame)) client.send(frame);
  }
  client.flush();
}

void Hub::publish(const std::vector<FramePtr>& frames) {
  for (const auto& client : clients_) {
    for (const auto& frame : frames) {
      if (!client->subscription().wants(*frame)) continue;
      client->send(frame);
      ++counters_.frames_sent;
    }
  }
}

void Hub::flush() {
  for (const auto& client : clients_) client->flush();
}

void Hub::check(std::chrono::steady_clock::time_point now) {
  for (const auto& client : clients_) client->check(now);
}

void Hub::close_all(std::uint16_t code, std::string_view reason) {
  for (const auto& client : clients_) client->close(code, reason);
}

}  // namespace depthwire::gateway
