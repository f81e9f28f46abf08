// Events per CPU-second of the feed thread, from TLS records to journaled and published, by
// streaming's own session; and the same work in one bare loop: OpenSSL, decode, book, encode,
// append, send, without connection, session, rate limits, time stamps, counters or continuity.
#include "bench/streaming/drain.hpp"
#include "bench/streaming/frames.hpp"
#include "bench/streaming/setup.hpp"
#include "common/codec/envelope.hpp"
#include "common/ctrader/decode.hpp"
#include "common/ctrader/frame.hpp"
#include "common/ctrader/test_broker.hpp"
#include "common/ctrader/tls.hpp"
#include "common/journal/file.hpp"
#include "common/market/book.hpp"
#include "proto/ctrader/messages.pb.h"
#include "services/streaming/actors/session.hpp"
#include "tests/support/temp_dir.hpp"

#include <boost/asio/io_context.hpp>
#include <fcntl.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <cstdio>
#include <stdexcept>

namespace {

using namespace depthwire;
using bench::Frames;
using ctrader::testing::TestBroker;

constexpr std::size_t frames_per_write = 200;  // about a TLS record

struct Workload {
  const Frames& frames;
  bool single = false;  ///< one frame per TLS record
  bool depth = true;
};

/// Writes all frames, in the packing that is asked for.
template <class Write>
void flood(const Workload& work, const Write& write) {
  const auto step = work.single ? 1 : frames_per_write;
  for (std::size_t at = 0; at < work.frames.count(); at += step) {
    write(work.frames.slice(at, std::min(at + step, work.frames.count())));
  }
}

double measure_session(const Workload& work) {
  TestBroker broker;
  bench::list_symbols(broker);
  broker.on(ctrader::PROTO_OA_SUBSCRIBE_DEPTH_QUOTES_REQ, [&](TestBroker::Reply& reply) {
    reply.answer(2157, ctrader::ProtoOASubscribeDepthQuotesRes());
    flood(work, [&](const std::string& bytes) { reply.raw(bytes); });
  });
  const tests::TempDir directory;
  zmq::context_t context;
  boost::asio::io_context io;
  streaming::Session session(io, context,
                             bench::session_options(broker, "demo", directory.path() / "journal"),
                             {[](ctrader::SessionState, const std::string&) {},
                              [](const std::string& why) { throw std::runtime_error(why); }});
  const bench::Drain drain(context, session.publisher().publish_address());
  session.start();

  const auto done = [&] {
    return work.depth ? session.counts().depth_events : session.counts().spots;
  };
  double begin = 0;
  std::uint64_t before = 0;
  auto next_tick = std::chrono::steady_clock::now();
  while (done() < work.frames.count()) {
    io.run_one_for(std::chrono::milliseconds(50));
    if (before == 0) {
      // From the end of the first group on: what came before is the log-in.
      begin = bench::thread_cpu_seconds();
      before = done();
    }
    if (std::chrono::steady_clock::now() >= next_tick) {
      session.tick();
      next_tick += std::chrono::milliseconds(50);
    }
  }
  const auto seconds = bench::thread_cpu_seconds() - begin;
  return static_cast<double>(done() - before) / seconds;
}

/// The bare loop's own journal: one write per group, no recovery, no sync.
struct BareLog {
  explicit BareLog(const std::filesystem::path& path) : file(path, O_RDWR | O_CREAT) {}

  void append(const std::string& topic, int type, std::string_view envelope) {
    const auto at = group.size();
    const auto size = journal::append_entry(
        group, topic, {.position = {1, ++offset}, .payload_type = static_cast<std::uint16_t>(type)},
        envelope);
    frames.emplace_back(at + 8, size);
  }
  void flush(zmq::socket_t& socket) {
    file.write_at(group, written);
    written += group.size();
    for (const auto& [at, size] : frames) {
      socket.send(zmq::buffer(std::string_view(group).substr(at, size)), zmq::send_flags::dontwait);
    }
    group.clear();
    frames.clear();
  }

  journal::File file;
  std::string group;
  std::vector<std::pair<std::size_t, std::size_t>> frames;
  std::uint64_t offset = 0;
  std::uint64_t written = 0;
};

double measure_bare(const Workload& work) {
  const ctrader::testing::Certificates certificates;
  const ctrader::testing::TestServer server(certificates, [&](ctrader::testing::Peer& peer) {
    flood(work, [&](const std::string& bytes) { peer.write(bytes); });
    peer.read_frame();  // until the client has gone
  });
  const tests::TempDir directory;
  zmq::context_t context;
  zmq::socket_t publisher(context, zmq::socket_type::pub);
  publisher.set(zmq::sockopt::linger, 0);
  publisher.set(zmq::sockopt::sndhwm, 10'000);
  publisher.bind("tcp://127.0.0.1:*");
  const bench::Drain drain(context, publisher.get(zmq::sockopt::last_endpoint));
  BareLog log(directory.path() / "journal");
  std::array<market::Book, bench::bench_symbols> books;
  std::array<std::string, bench::bench_symbols> names, topics;
  for (std::size_t i = 0; i < names.size(); ++i) {
    names[i] = "SYM" + std::to_string(i + 1);
    topics[i] = std::string("demo.") + (work.depth ? "depth." : "spot.") + names[i] + "|";
  }
  ctrader::DepthEvent depth;
  ctrader::SpotEvent spot;
  std::string envelope;
  std::uint64_t events = 0;
  const auto handle = [&](std::string_view frame) {
    const auto message = ctrader::decode_envelope(frame);
    const auto read = work.depth ? ctrader::decode_depth(message->payload, depth)
                                 : ctrader::decode_spot(message->payload, spot);
    if (!read) throw std::runtime_error("a frame of our own cannot be read");
    const auto at = static_cast<std::size_t>(work.depth ? depth.symbol_id : spot.symbol_id) - 1;
    const codec::EnvelopeHead head{"ctrader", names[at], 1'789'757'100'309'000'000,
                                   1'789'757'100'309'000'000};
    if (work.depth) {
      std::ignore = books[at].apply(depth.update);
      codec::encode_depth(head, depth.update, envelope);
    } else {
      codec::encode_spot(head, spot.spot, envelope);
    }
    log.append(topics[at], work.depth ? codec::depth_type : codec::spot_type, envelope);
    ++events;
  };

  const int socket = bench::connect_to(server.port());
  const auto tls = ctrader::make_context(certificates.ca_file());
  const auto ssl = ctrader::make_session(tls->get(), "localhost", socket);
  if (SSL_connect(ssl.get()) != 1) throw std::runtime_error("no TLS to the test server");
  ctrader::FrameSplitter splitter;
  const auto begin = bench::thread_cpu_seconds();
  while (events < work.frames.count()) {
    // A group is what is ready: one waiting read, then all that OpenSSL holds already.
    do {
      const auto space = splitter.prepare(64 * 1024);
      const int size = SSL_read(ssl.get(), space.data(), static_cast<int>(space.size()));
      if (size <= 0) throw std::runtime_error("the test server has gone");
      splitter.commit(static_cast<std::size_t>(size));
    } while (SSL_has_pending(ssl.get()) == 1 && splitter.buffered() < 256 * 1024);
    for (auto frame = splitter.next(); frame && *frame; frame = splitter.next()) handle(**frame);
    log.flush(publisher);
  }
  const auto seconds = bench::thread_cpu_seconds() - begin;
  ::close(socket);
  return static_cast<double>(events) / seconds;
}

void compare(const char* name, const Workload& work, std::string_view wanted) {
  if (!std::string_view(name).starts_with(wanted)) return;
  const auto reference = measure_bare(work);
  const auto value = measure_session(work);
  std::printf(
      "{\"name\": \"%s\", \"value\": %.0f, \"unit\": \"events/cpu-s\", \"reference\": %.0f, "
      "\"ratio\": %.3f}\n",
      name, value, reference, value / reference);
  std::fflush(stdout);
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view wanted = argc > 1 ? argv[1] : "";
  const std::string_view family = "streaming.";
  if (!family.starts_with(wanted.substr(0, family.size()))) return 0;
  spdlog::set_level(spdlog::level::warn);
  const auto depth = bench::depth_frames(1'500'000);
  const auto depth_single = bench::depth_frames(500'000);
  const auto spots = bench::spot_frames(2'000'000);
  compare("streaming.depth_rate", {.frames = depth}, wanted);
  compare("streaming.depth_rate_single", {.frames = depth_single, .single = true}, wanted);
  compare("streaming.spot_rate", {.frames = spots, .depth = false}, wanted);
  return 0;
}
