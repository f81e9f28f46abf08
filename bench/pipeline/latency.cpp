#include "bench/pipeline/latency.hpp"

#include "bench/pipeline/chain.hpp"
#include "bench/pipeline/figure.hpp"
#include "bench/pipeline/pipeline.hpp"
#include "proto/bus/envelope.pb.h"
#include "tests/support/websocket_client.hpp"

#include <zmq.hpp>

#include <charconv>
#include <stdexcept>
#include <string_view>

// The simulator stamps each event with the wall clock just before it encodes and writes it. In
// environment sim that is the receive time, which every record and message carries on.

namespace depthwire::bench {
namespace {

using namespace std::chrono_literals;

std::vector<std::string> market(int rate) {
  return {"--symbols", "4", "--time", "now", "--pace", std::to_string(rate)};
}

void check(const std::string& name, const Samples& samples, int rate) {
  const auto expected = samples.seconds() * rate;
  std::fprintf(stderr, "%s: %zu events, %.0f us at most\n", name.c_str(), samples.count(),
               samples.quantile_us(1));
  // Some events of the market are spots alone.
  if (static_cast<double>(samples.count()) < 0.5 * expected) {
    throw std::runtime_error(name + ": only " + std::to_string(samples.count()) + " events came");
  }
}

void print_latency(const std::string& name, const Samples& samples, const Samples& bare) {
  print({name + "_p50_us", samples.quantile_us(0.5), "us", bare.quantile_us(0.5)});
  print({name + "_p99_us", samples.quantile_us(0.99), "us", bare.quantile_us(0.99)});
}

Samples from_bus(const Pipeline& pipeline) {
  zmq::context_t context;
  bus::Subscriber subscriber(context, pipeline.subscription("streaming"));
  Samples samples;
  bus::Envelope envelope;
  for (bool more = true; more;) {
    const auto batch = subscriber.receive(1s);
    if (!subscriber.live()) continue;  // pages of the journal are read before what is live
    for (const auto& record : batch.records) {
      if (record.header.payload_type != bus::Envelope::kDepth) continue;
      if (!envelope.ParseFromArray(record.payload.data(),
                                   static_cast<int>(record.payload.size()))) {
        throw std::runtime_error("a depth record cannot be read");
      }
      if (envelope.depth().kind() == bus::Depth::change) {
        more = samples.add(envelope.receive_time_ns());
      }
    }
  }
  return samples;
}

/// The field t of a message: milliseconds with six decimals.
std::int64_t time_of(std::string_view message) {
  constexpr std::string_view key = ",\"t\":";
  const auto at = message.rfind(key);
  const auto point = at == std::string_view::npos ? at : message.find('.', at);
  if (point == std::string_view::npos || message.size() < point + 7) return 0;
  std::int64_t ms = 0;
  std::int64_t ns = 0;
  std::from_chars(message.data() + at + key.size(), message.data() + point, ms);
  std::from_chars(message.data() + point + 1, message.data() + point + 7, ns);
  return ms * 1'000'000 + ns;
}

Samples from_gateway(std::uint16_t port) {
  tests::WebSocketClient client(port);
  if (client.upgrade() != 101) throw std::runtime_error("the gateway makes no WebSocket");
  Samples samples;
  for (bool more = true; more;) {
    const auto message = client.read_text();
    if (!message) throw std::runtime_error("the gateway falls silent");
    if (!message->starts_with(R"({"type":"book")")) continue;
    if (const auto sent = time_of(*message); sent != 0) more = samples.add(sent);
  }
  return samples;
}

}  // namespace

void measure_streaming_latency() {
  constexpr int rate = 1'000;
  Pipeline pipeline({.simulator = market(rate)});
  const auto bare = measure_chain({.certificates = pipeline.certificates(), .rate = rate});
  pipeline.start("streaming");
  pipeline.wait_ready("streaming");
  const auto samples = from_bus(pipeline);
  check("streaming.latency", samples, rate);
  print_latency("streaming.latency", samples, bare);
}

void measure_pipeline_latency(const std::string& name, int rate) {
  Pipeline pipeline({.simulator = market(rate), .sources = "streaming, aggregator"});
  const auto bare = measure_chain({.certificates = pipeline.certificates(),
                                   .rate = static_cast<double>(rate),
                                   .to_client = true});
  for (const auto* service : {"streaming", "aggregator", "gateway"}) {
    pipeline.start(service);
    pipeline.wait_ready(service);
  }
  const auto samples = from_gateway(pipeline.web_port());
  check(name, samples, rate);
  print_latency(name, samples, bare);
}

}  // namespace depthwire::bench
