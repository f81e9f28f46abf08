// From a broker's socket write to a bus subscriber, through streaming's own session, paced at
// 400,000 events a second: nothing may be lost or late. Both ends are in this process: events carry
// the time of their write.
#include "bench/streaming/frames.hpp"
#include "bench/streaming/setup.hpp"
#include "common/bus/subscriber.hpp"
#include "common/codec/wire.hpp"
#include "common/ctrader/edge_loop.hpp"
#include "common/ctrader/test_broker.hpp"
#include "proto/bus/envelope.pb.h"
#include "services/streaming/actors/session.hpp"
#include "tests/support/temp_dir.hpp"

#include <boost/asio/io_context.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <stdexcept>
#include <thread>

namespace {

using namespace depthwire;
using namespace std::chrono_literals;
using bench::Frames;
using ctrader::testing::TestBroker;

constexpr const char* figure = "streaming.paced_late_ms_max";
constexpr std::size_t events = 4'000'000;  // 10 s
constexpr std::size_t events_per_burst = 400;
constexpr auto every = 1ms;
constexpr double late_ms = 50;

std::int64_t utc_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

/// Writes `frames` at their pace, each stamped with the time of its write.
template <class Write>
void send_paced(const Frames& frames, const Write& write) {
  auto due = std::chrono::steady_clock::now();
  for (std::size_t at = 0; at < frames.count();) {
    std::this_thread::sleep_until(due);
    due += every;
    const auto end = std::min(at + events_per_burst, frames.count());
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

/// How late the latest of `frames` arrives. Does not end before all have.
std::int64_t latest_ns(const Frames& frames) {
  TestBroker broker;
  bench::list_symbols(broker);
  std::atomic<bool> go = false;
  broker.on(ctrader::PROTO_OA_SUBSCRIBE_DEPTH_QUOTES_REQ, [&](TestBroker::Reply& reply) {
    reply.answer(2157, ctrader::ProtoOASubscribeDepthQuotesRes());
    while (!go) std::this_thread::sleep_for(1ms);
    send_paced(frames, [&](const std::string& bytes) { reply.raw(bytes); });
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

  std::int64_t latest = 0;
  for (std::size_t count = 0; count < frames.count();) {
    const auto batch = subscriber.receive(100ms);
    const auto now = utc_ns();
    if (subscriber.live()) go = true;
    for (const auto& record : batch.records) {
      if (record.header.payload_type != bus::Envelope::kDepth) continue;
      const auto sent = receive_time(record.payload);
      if (sent == 0) continue;
      latest = std::max(latest, now - sent);
      ++count;
    }
  }
  return latest;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view prefix = argc > 1 ? argv[1] : "";
  if (!std::string_view(figure).starts_with(prefix)) return 0;
  spdlog::set_level(spdlog::level::warn);
  // The reference is how late one may be.
  const auto ms = static_cast<double>(latest_ns(bench::depth_frames(events, true))) / 1e6;
  std::printf(
      "{\"name\": \"%s\", \"value\": %.1f, \"unit\": \"ms\", \"reference\": %.1f, \"ratio\": "
      "%.3f}\n",
      figure, ms, late_ms, ms / late_ms);
  return 0;
}
