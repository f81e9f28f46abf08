// From the broker's socket write to a bus subscriber, through streaming's own session: at 1,000
// events a second against a bare loop of TLS and PUB/SUB, and paced at 400,000 a second, where
// nothing may be lost or late. Both ends are in this process: events carry the time of their write.
#include "bench/streaming/frames.hpp"
#include "bench/streaming/setup.hpp"
#include "common/bus/subscriber.hpp"
#include "common/codec/wire.hpp"
#include "common/ctrader/decode.hpp"
#include "common/ctrader/edge_loop.hpp"
#include "common/ctrader/frame.hpp"
#include "common/ctrader/test_broker.hpp"
#include "common/ctrader/tls.hpp"
#include "proto/bus/envelope.pb.h"
#include "services/streaming/actors/session.hpp"
#include "tests/support/temp_dir.hpp"

#include <boost/asio/io_context.hpp>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <stdexcept>
#include <thread>
#include <vector>

namespace {

using namespace depthwire;
using namespace std::chrono_literals;
using bench::Frames;
using ctrader::testing::TestBroker;

std::int64_t utc_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

struct Pace {
  std::size_t events_per_burst = 1;
  std::chrono::microseconds every{1'000};
};

/// Writes `frames` at `pace`, each stamped with the time of its write.
template <class Write>
void send_paced(const Frames& frames, Pace pace, const Write& write) {
  auto due = std::chrono::steady_clock::now();
  for (std::size_t at = 0; at < frames.count();) {
    std::this_thread::sleep_until(due);
    due += pace.every;
    const auto end = std::min(at + pace.events_per_burst, frames.count());
    auto bytes = frames.slice(at, end);
    const auto offset = at == 0 ? 0 : frames.ends[at - 1];
    const auto now = utc_ns();
    for (; at < end; ++at) bench::stamp(bytes, frames.ends[at] - offset, now);
    write(bytes);
  }
}

std::int64_t receive_time(std::string_view envelope) {
  codec::wire::Reader reader(envelope);
  while (reader.next()) {
    if (reader.field() == bus::Envelope::kReceiveTimeNsFieldNumber) return reader.fixed64();
    reader.skip();
  }
  return 0;
}

/// Latencies in microseconds, sorted.
using Latencies = std::vector<double>;

double quantile(const Latencies& sorted, double q) {
  return sorted[static_cast<std::size_t>(q * static_cast<double>(sorted.size() - 1))];
}

Latencies through_session(const Frames& frames, Pace pace) {
  TestBroker broker;
  bench::list_symbols(broker);
  std::atomic<bool> go = false;
  broker.on(ctrader::PROTO_OA_SUBSCRIBE_DEPTH_QUOTES_REQ, [&](TestBroker::Reply& reply) {
    reply.answer(2157, ctrader::ProtoOASubscribeDepthQuotesRes());
    while (!go) std::this_thread::sleep_for(1ms);
    send_paced(frames, pace, [&](const std::string& bytes) { reply.raw(bytes); });
  });
  const tests::TempDir directory;
  zmq::context_t context;
  boost::asio::io_context io;
  streaming::Session session(io, context,
                             bench::session_options(broker, "sim", directory.path() / "journal"),
                             {[](ctrader::SessionState, const std::string&) {},
                              [](const std::string& why) { throw std::runtime_error(why); }});
  bus::Subscriber subscriber(context, {.source = "sim.streaming",
                                       .publish = session.publisher().publish_address(),
                                       .requests = session.publisher().requests_address(),
                                       .consumer = "bench"});
  session.start();
  const std::jthread feed(
      [&](const std::stop_token& stop) { ctrader::run_loop(io, stop, [&] { session.tick(); }); });

  Latencies latencies;
  latencies.reserve(frames.count());
  while (latencies.size() < frames.count()) {
    const auto batch = subscriber.receive(100ms);
    const auto now = utc_ns();
    if (subscriber.live()) go = true;
    for (const auto& record : batch.records) {
      if (record.header.payload_type != bus::Envelope::kDepth) continue;
      const auto sent = receive_time(record.payload);
      if (sent > 0) latencies.push_back(static_cast<double>(now - sent) / 1e3);
    }
  }
  std::sort(latencies.begin(), latencies.end());
  return latencies;
}

/// TLS and PUB/SUB alone: frames go on as they came.
Latencies through_bare_loop(const Frames& frames, Pace pace) {
  const ctrader::testing::Certificates certificates;
  const ctrader::testing::TestServer server(certificates, [&](ctrader::testing::Peer& peer) {
    if (!peer.read_frame()) return;
    send_paced(frames, pace, [&](const std::string& bytes) { peer.write(bytes); });
    peer.read_frame();  // until the client has gone
  });
  zmq::context_t context;
  zmq::socket_t publisher(context, zmq::socket_type::pub);
  publisher.set(zmq::sockopt::linger, 0);
  publisher.bind("tcp://127.0.0.1:*");
  Latencies latencies;
  std::thread subscriber([&, address = publisher.get(zmq::sockopt::last_endpoint)] {
    zmq::socket_t socket(context, zmq::socket_type::sub);
    socket.set(zmq::sockopt::linger, 0);
    socket.set(zmq::sockopt::subscribe, "");
    socket.connect(address);
    zmq::message_t message;
    while (latencies.size() < frames.count() && socket.recv(message)) {
      const auto now = utc_ns();
      const auto sent = bench::stamp_of(message.to_string_view());
      latencies.push_back(static_cast<double>(now - sent) / 1e3);
    }
  });
  std::this_thread::sleep_for(300ms);  // a subscription needs a moment to travel

  const int socket = bench::connect_to(server.port());
  const auto tls = ctrader::make_context(certificates.ca_file());
  const auto ssl = ctrader::make_session(tls->get(), "localhost", socket);
  std::string begin;
  ctrader::append_frame(begin, "go");
  SSL_write(ssl.get(), begin.data(), static_cast<int>(begin.size()));
  ctrader::FrameSplitter splitter;
  for (std::size_t count = 0; count < frames.count();) {
    const auto space = splitter.prepare(64 * 1024);
    const int size = SSL_read(ssl.get(), space.data(), static_cast<int>(space.size()));
    if (size <= 0) throw std::runtime_error("the test server has gone");
    splitter.commit(static_cast<std::size_t>(size));
    for (auto frame = splitter.next(); frame && *frame; frame = splitter.next(), ++count) {
      publisher.send(zmq::buffer(**frame), zmq::send_flags::dontwait);
    }
  }
  subscriber.join();
  ::close(socket);
  std::sort(latencies.begin(), latencies.end());
  return latencies;
}

void print(const char* name, double value, const char* unit, double reference) {
  std::printf(
      "{\"name\": \"%s\", \"value\": %.1f, \"unit\": \"%s\", \"reference\": %.1f, \"ratio\": "
      "%.3f}\n",
      name, value, unit, reference, value / reference);
  std::fflush(stdout);
}

bool is_wanted(std::string_view name, std::string_view prefix) {
  return name.starts_with(prefix.substr(0, name.size()));
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view wanted = argc > 1 ? argv[1] : "";
  spdlog::set_level(spdlog::level::warn);
  if (is_wanted("streaming.latency", wanted)) {
    const auto frames = bench::depth_frames(5'000, true);
    const auto bare = through_bare_loop(frames, {});
    const auto session = through_session(frames, {});
    print("streaming.latency_p50_us", quantile(session, 0.5), "us", quantile(bare, 0.5));
    print("streaming.latency_p99_us", quantile(session, 0.99), "us", quantile(bare, 0.99));
  }
  if (is_wanted("streaming.paced_late_ms_max", wanted)) {
    // 10 s of 400,000 events a second. All of them arrive, or this does not end; the reference is
    // how late one may be.
    constexpr double late_ms = 50;
    const auto frames = bench::depth_frames(4'000'000, true);
    const auto latencies = through_session(frames, {.events_per_burst = 400, .every = 1ms});
    print("streaming.paced_late_ms_max", latencies.back() / 1e3, "ms", late_ms);
  }
  return 0;
}
