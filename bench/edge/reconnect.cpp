// Streaming's own session from nothing to 50 symbols subscribed: TLS, log-in, symbols, spots, depth
// and a live bar each; over the time that the rate limit makes so many requests take.
#include "bench/edge/edge.hpp"
#include "bench/pipeline/figure.hpp"
#include "common/ctrader/rate_limiter.hpp"
#include "common/ctrader/test_broker.hpp"
#include "proto/ctrader/messages.pb.h"
#include "services/streaming/actors/session.hpp"
#include "tests/support/temp_dir.hpp"

#include <boost/asio/io_context.hpp>

#include <algorithm>
#include <chrono>
#include <stdexcept>
#include <string>
#include <vector>

namespace depthwire::bench {
namespace {

using namespace std::chrono_literals;
using ctrader::testing::TestBroker;
using Clock = std::chrono::steady_clock;

constexpr int symbols = 50;
constexpr int runs = 3;

void list_all_symbols(TestBroker& broker) {
  ctrader::ProtoOASymbolsListRes list;
  for (int id = 1; id <= symbols; ++id) {
    auto* symbol = list.add_symbol();
    symbol->set_symbolid(id);
    symbol->set_symbolname("SYM" + std::to_string(id));
    symbol->set_enabled(true);
  }
  broker.on(ctrader::PROTO_OA_SYMBOLS_LIST_REQ,
            [list](TestBroker::Reply& reply) { reply.answer(2115, list); });
}

streaming::SessionOptions options_for(const TestBroker& broker,
                                      const std::filesystem::path& journal) {
  streaming::SessionOptions options;
  options.publisher.environment = "demo";
  options.publisher.source = "demo.streaming";
  options.publisher.journal = journal;
  options.publisher.publish = "tcp://127.0.0.1:*";
  options.publisher.requests = "tcp://127.0.0.1:*";
  options.client.name = "streaming";
  options.client.connection.host = "localhost";
  options.client.connection.port = broker.port();
  options.client.connection.ca_file = broker.certificates().ca_file();
  options.client.account = {"id", "secret", "token", TestBroker::account_id, false};
  options.symbols = {"all"};
  return options;
}

struct Run {
  double seconds = 0;
  std::size_t requests = 0;
};

Run connect_once() {
  TestBroker broker;
  list_all_symbols(broker);
  const tests::TempDir directory;
  zmq::context_t context;
  boost::asio::io_context io;
  streaming::Session session(io, context, options_for(broker, directory.path() / "journal"),
                             {[](ctrader::SessionState, const std::string&) {},
                              [](const std::string& why) { throw std::runtime_error(why); }});
  const auto begin = Clock::now();
  auto next_tick = begin;
  auto last = begin;  // the last request
  std::size_t seen = 0;
  session.start();
  while (Clock::now() - last < 1s) {
    io.run_one_for(1ms);
    if (const auto count = broker.requests().size(); count != seen) {
      seen = count;
      last = Clock::now();
    }
    if (Clock::now() >= next_tick) {
      session.tick();
      next_tick += 100ms;
    }
  }
  if (seen < symbols) throw std::runtime_error("the symbols were not subscribed");
  session.stop("measured");
  return {std::chrono::duration<double>(last - begin).count(), seen};
}

}  // namespace

void measure_reconnect() {
  std::vector<Run> all;
  all.reserve(runs);
  for (int i = 0; i < runs; ++i) all.push_back(connect_once());
  std::ranges::sort(all, {}, &Run::seconds);
  const auto& run = all[all.size() / 2];
  const auto forced =
      static_cast<double>(run.requests - 1) / ctrader::RateLimits{}.ordinary.per_second;
  print({"edge.reconnect_ratio", run.seconds, "s", forced});
}

}  // namespace depthwire::bench
