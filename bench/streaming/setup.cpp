#include "bench/streaming/setup.hpp"

#include "bench/streaming/frames.hpp"
#include "proto/ctrader/messages.pb.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdexcept>
#include <sys/socket.h>

namespace depthwire::bench {

using ctrader::testing::TestBroker;

void list_symbols(TestBroker& broker) {
  ctrader::ProtoOASymbolsListRes symbols;
  for (std::int64_t id = 1; id <= bench_symbols; ++id) {
    auto* symbol = symbols.add_symbol();
    symbol->set_symbolid(id);
    symbol->set_symbolname("SYM" + std::to_string(id));
    symbol->set_enabled(true);
  }
  broker.on(ctrader::PROTO_OA_SYMBOLS_LIST_REQ,
            [symbols](TestBroker::Reply& reply) { reply.answer(2115, symbols); });
}

streaming::SessionOptions session_options(const TestBroker& broker, const std::string& environment,
                                          const std::filesystem::path& journal) {
  streaming::SessionOptions options;
  options.publisher.environment = environment;
  options.publisher.source = environment + ".streaming";
  options.publisher.journal = journal;
  options.publisher.publish = "tcp://127.0.0.1:*";
  options.publisher.requests = "tcp://127.0.0.1:*";
  options.client.name = "streaming";
  options.client.connection.host = "localhost";
  options.client.connection.port = broker.port();
  options.client.connection.ca_file = broker.certificates().ca_file();
  options.client.account = {"id", "secret", "token", TestBroker::account_id, false};
  options.symbols = {"all"};
  options.live_bars = false;
  return options;
}

int connect_to(std::uint16_t port) {
  const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(socket, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
    throw std::runtime_error("cannot connect to the test server");
  }
  return socket;
}

}  // namespace depthwire::bench
