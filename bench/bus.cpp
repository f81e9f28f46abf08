// The bus against bare ZeroMQ: records of 256 bytes in groups of 16, over tcp on loopback, through
// the journal to a subscriber that checks continuity. Every figure has its reference in one run.
#include "common/bus/publisher.hpp"
#include "common/bus/subscriber.hpp"
#include "proto/bus/envelope.pb.h"
#include "tests/support/process.hpp"
#include "tests/support/temp_dir.hpp"

#include <signal.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <exception>
#include <string>
#include <thread>
#include <vector>

namespace {

using namespace depthwire;
using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr std::size_t record_bytes = 256;
constexpr std::size_t group = 16;
constexpr std::uint64_t records = 300'000;
// Nothing is to be dropped: a pipe with a high-water mark of 10,000 learns what has been read in
// steps of half of that.
constexpr std::uint64_t window = 4'000;
constexpr std::uint64_t live_rate = 5'000;
const std::string payload(record_bytes, 'x');

double seconds(Clock::duration span) { return std::chrono::duration<double>(span).count(); }

void print(const char* name, double value, const char* unit, double reference, double ratio) {
  std::printf(
      "{\"name\": \"%s\", \"value\": %.3f, \"unit\": \"%s\", \"reference\": %.3f, \"ratio\": "
      "%.3f}\n",
      name, value, unit, reference, ratio);
}

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

std::int64_t utc_ns() {
  return std::chrono::nanoseconds(std::chrono::system_clock::now().time_since_epoch()).count();
}

/// A publisher in a journal of its own.
class Source {
 public:
  explicit Source(zmq::context_t& context)
      : context_(context),
        publisher_(context, {.environment = "sim",
                             .source = "sim.bench",
                             .journal = dir_.path() / "journal",
                             .publish = "tcp://127.0.0.1:*",
                             .requests = "tcp://127.0.0.1:*",
                             .fetch_bytes_per_second = 0}),
        topic_(publisher_.topic("spot", "EURUSD")) {}

  void publish(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i)
      publisher_.append(topic_, bus::Envelope::kSpot, payload);
    publisher_.flush();
    publisher_.tick();
  }
  std::unique_ptr<bus::Subscriber> subscriber(bus::Start start = bus::FromOldest{}) {
    return std::make_unique<bus::Subscriber>(
        context_, bus::SubscriberOptions{.source = "sim.bench",
                                         .publish = publisher_.publish_address(),
                                         .requests = publisher_.requests_address(),
                                         .consumer = "bench",
                                         .start = start});
  }
  [[nodiscard]] bus::Publisher& publisher() { return publisher_; }

 private:
  tests::TempDir dir_;
  zmq::context_t& context_;
  bus::Publisher publisher_;
  journal::TopicId topic_;
};

/// Publishes at the live rate on a thread of its own until it goes away.
class LiveFlow {
 public:
  explicit LiveFlow(Source& source) : thread_([this, &source] { run(source); }) {}
  ~LiveFlow() {
    stop_ = true;
    thread_.join();
  }

 private:
  void run(Source& source) {
    auto next = Clock::now();
    while (!stop_) {
      source.publish(5);
      next += std::chrono::microseconds(5'000'000 / live_rate);
      std::this_thread::sleep_until(next);
    }
  }
  std::atomic<bool> stop_ = false;
  std::thread thread_;
};

// Records a second from the first append to the last delivery; the writer keeps `window` ahead.
double through_the_journal(zmq::context_t& context) {
  Source source(context);
  const auto subscriber = source.subscriber();
  while (!subscriber->live()) {
    source.publisher().tick();
    (void)subscriber->receive(milliseconds(10));
  }
  std::atomic<std::uint64_t> taken = 0;
  const auto begin = Clock::now();
  std::thread writer([&] {
    for (std::uint64_t sent = 0; sent < records; sent += group) {
      while (sent - taken.load(std::memory_order_relaxed) > window) std::this_thread::yield();
      source.publish(group);
    }
  });
  while (taken < records) taken += subscriber->receive(milliseconds(100)).records.size();
  const auto end = Clock::now();
  writer.join();
  return static_cast<double>(records) / seconds(end - begin);
}

double bare(zmq::context_t& context) {
  zmq::socket_t out(context, zmq::socket_type::pub);
  zmq::socket_t in(context, zmq::socket_type::sub);
  out.set(zmq::sockopt::sndhwm, 0);
  in.set(zmq::sockopt::rcvhwm, 0);
  out.bind("tcp://127.0.0.1:*");
  in.set(zmq::sockopt::subscribe, "");
  in.connect(out.get(zmq::sockopt::last_endpoint));
  const std::string frame = "sim.spot.EURUSD|" + std::string(journal::header_bytes, 'h') + payload;
  zmq::message_t message;
  while (!in.recv(message, zmq::recv_flags::dontwait)) {
    out.send(zmq::buffer(frame), zmq::send_flags::dontwait);
  }
  while (in.recv(message, zmq::recv_flags::dontwait)) {
  }
  std::atomic<std::uint64_t> taken = 0;
  const auto begin = Clock::now();
  std::thread writer([&] {
    for (std::uint64_t sent = 0; sent < records; ++sent) {
      while (sent - std::min(sent, taken.load(std::memory_order_relaxed)) > window) {
        std::this_thread::yield();
      }
      out.send(zmq::buffer(frame), zmq::send_flags::dontwait);
    }
  });
  while (taken < records) taken += in.recv(message) ? 1 : 0;
  const auto end = Clock::now();
  writer.join();
  return static_cast<double>(records) / seconds(end - begin);
}

// In turns, since from one run to the next each of them moves by a third.
void publish_rate(zmq::context_t& context) {
  std::vector<double> rates, references, ratios;
  for (int round = 0; round < 7; ++round) {
    references.push_back(bare(context));
    rates.push_back(through_the_journal(context));
    ratios.push_back(rates.back() / references.back());
  }
  print("bus.publish_rate", median(rates), "records/s", median(references), median(ratios));
}

// Until `subscriber` has what the publisher had journaled by now.
double time_to_head(Source& source, bus::Subscriber& subscriber) {
  const auto begin = Clock::now();
  const auto head = source.publisher().head();
  while (subscriber.last() < head) (void)subscriber.receive(milliseconds(100));
  return seconds(Clock::now() - begin);
}

void replay(zmq::context_t& context) {
  Source source(context);
  for (std::uint64_t sent = 0; sent < 2 * records; sent += 1'000) source.publish(1'000);
  const auto subscriber = source.subscriber();
  const double rate = 2.0 * static_cast<double>(records) / time_to_head(source, *subscriber);
  print("bus.replay_rate", rate, "records/s", 1'000'000, rate / 1'000'000);
}

void gap_repair(zmq::context_t& context) {
  Source source(context);
  auto subscriber = source.subscriber();
  (void)time_to_head(source, *subscriber);
  source.publish(100);
  (void)time_to_head(source, *subscriber);
  const auto last = subscriber->last();
  subscriber.reset();
  source.publish(10'000);
  const LiveFlow flow(source);
  subscriber = source.subscriber(bus::After{last});
  const double ms = 1'000 * time_to_head(source, *subscriber);
  print("bus.gap_repair_ms", ms, "ms", 200, ms / 200);
}

// The 99th percentile of the time from publishing to delivery, in us, over `span`.
double p99_us(bus::Subscriber& subscriber, milliseconds span) {
  std::vector<double> latencies;
  const auto end = Clock::now() + span;
  while (Clock::now() < end) {
    const auto batch = subscriber.receive(milliseconds(50));
    const auto now = utc_ns();
    for (const auto& record : batch.records) {
      latencies.push_back(static_cast<double>(now - record.header.publish_time_ns) / 1'000);
    }
  }
  if (latencies.empty()) return 0;
  const auto at = latencies.begin() + static_cast<std::ptrdiff_t>(latencies.size() * 99 / 100);
  std::nth_element(latencies.begin(), at, latencies.end());
  return *at;
}

/// A consumer in a process of its own, which can be stopped as the kernel stops one. It tells how
/// far it is as any consumer does, by ACK.
class OtherProcess {
 public:
  OtherProcess(Source& source, const std::filesystem::path& output)
      : source_(source),
        process_({.command = {"/proc/self/exe", "read", source.publisher().publish_address(),
                              source.publisher().requests_address()},
                  .variables = {},
                  .output = output,
                  .directory = {}}) {}
  void stop() const { process_.signal(SIGSTOP); }
  void go_on() const { process_.signal(SIGCONT); }
  [[nodiscard]] std::uint64_t applied() const {
    const auto all = source_.publisher().acknowledged();
    const auto own = all.find("other process");
    return own == all.end() ? 0 : own->second.offset;
  }
  void wait_until(std::uint64_t offset) const {
    while (applied() < offset) std::this_thread::sleep_for(milliseconds(1));
  }

  /// The process itself.
  [[noreturn]] static void run(const std::string& publish, const std::string& requests) {
    zmq::context_t context;
    bus::Subscriber subscriber(context, {.source = "sim.bench",
                                         .publish = publish,
                                         .requests = requests,
                                         .consumer = "other process"});
    for (auto next = Clock::now();;) {
      (void)subscriber.receive(milliseconds(50));
      if (Clock::now() < next) continue;
      next = Clock::now() + milliseconds(20);
      subscriber.acknowledge(subscriber.last());
    }
  }

 private:
  Source& source_;
  tests::Process process_;
};

// One consumer is stopped for five seconds: what it costs another, and how fast it comes back. In
// turns, since what else the machine does moves a p99 more than that.
void slow_consumer(zmq::context_t& context) {
  constexpr milliseconds span{5'000};
  const tests::TempDir dir;
  Source source(context);
  const auto other = source.subscriber();
  const OtherProcess slow(source, dir.path() / "output");
  const LiveFlow flow(source);
  std::vector<double> before, during, rates;
  for (int round = 0; round < 3; ++round) {
    slow.wait_until(source.publisher().head().offset);
    (void)p99_us(*other, milliseconds(1'000));  // it has not read meanwhile
    before.push_back(p99_us(*other, span));
    slow.stop();
    during.push_back(p99_us(*other, span));
    const auto begin = Clock::now();
    const auto head = source.publisher().head().offset;
    const auto behind = head - slow.applied();
    slow.go_on();
    slow.wait_until(head);
    rates.push_back(static_cast<double>(behind) / seconds(Clock::now() - begin));
  }
  const double rate = median(rates) / live_rate;
  print("bus.slow_consumer_p99_us", median(during), "us", median(before),
        median(during) / median(before));
  print("bus.catch_up_rate_ratio", rate, "x", 5, rate / 5);
}

}  // namespace

int main(int argc, char** argv) try {
  if (argc == 4) OtherProcess::run(argv[2], argv[3]);
  const std::string_view wanted = argc > 1 ? argv[1] : "";
  const auto is_wanted = [&](std::string_view name) {
    return wanted.empty() || name.starts_with(wanted) || wanted.starts_with(name);
  };
  zmq::context_t context;
  if (is_wanted("bus.publish_rate")) publish_rate(context);
  if (is_wanted("bus.replay_rate")) replay(context);
  if (is_wanted("bus.gap_repair_ms")) gap_repair(context);
  if (is_wanted("bus.slow_consumer") || is_wanted("bus.catch_up")) slow_consumer(context);
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "bench_bus: %s\n", error.what());
  return 1;
}
