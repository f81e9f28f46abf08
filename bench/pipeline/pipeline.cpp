#include "bench/pipeline/pipeline.hpp"

#include <signal.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <fstream>
#include <set>
#include <stdexcept>
#include <string_view>

namespace depthwire::bench {
namespace {

using namespace std::chrono_literals;

constexpr std::array<std::string_view, 4> publishers{"streaming", "historical", "aggregator",
                                                     "analyzer"};
constexpr std::array<std::string_view, 3> others{"persister", "auditor", "gateway"};
constexpr auto patience = 30s;
/// A market at a pace of thousands of events a second ends within this time.
constexpr auto market_patience = 300s;

std::size_t index_of(std::string_view publisher) {
  return static_cast<std::size_t>(std::find(publishers.begin(), publishers.end(), publisher) -
                                  publishers.begin());
}

std::string address(int port) { return "tcp://127.0.0.1:" + std::to_string(port); }

std::string program(const std::string& name) {
  return std::string(DEPTHWIRE_PROGRAMS) + "/depthwire-" + name;
}

}  // namespace

Pipeline::Pipeline(const Options& options) : config_(dir_.path() / "depthwire.yaml") {
  std::set<int> ports;
  while (ports.size() < 2 * publishers.size()) ports.insert(tests::free_port());
  ports_.assign(ports.begin(), ports.end());
  std::vector<std::string> command{program("sim"), "--listen", "127.0.0.1:0", "--health",
                                   "127.0.0.1:0",  "--state",  certificates()};
  command.insert(command.end(), options.simulator.begin(), options.simulator.end());
  start("simulator", std::move(command));
  const auto broker = told("simulator", "listening on 127.0.0.1:");
  write_config(options, broker);
}

Pipeline::~Pipeline() {
  for (; !children_.empty(); children_.pop_back()) {
    auto& process = *children_.back().process;
    if (process.running()) process.signal(SIGTERM);
    static_cast<void>(process.wait());  // one that does not end is killed by its destructor
  }
}

void Pipeline::write_config(const Options& options, const std::string& broker_port) {
  std::ofstream out(config_);
  out << "environment: sim\nctrader:\n  host: localhost\n  port: " << broker_port
      << "\n  ca_file: " << (certificates() / "ca.pem").string()
      << "\nbus:\n  journals: " << (dir_.path() / "journals").string() << "\n";
  for (const auto name : publishers) {
    const auto port = 2 * index_of(name);
    out << "  " << name << ": {publish: '" << address(ports_[port]) << "', requests: '"
        << address(ports_[port + 1]) << "'}\n";
  }
  for (const auto name : publishers) out << name << ":\n  health: 127.0.0.1:0\n";
  for (const auto name : others) out << name << ":\n  health: 127.0.0.1:0\n";
  out << "  port: 0\n";  // of the gateway, which is the last
  if (!options.sources.empty()) out << "  sources: [" << options.sources << "]\n";
  if (!options.database.empty()) {
    out << "database: {host: '" << options.database_host << "', name: '" << options.database
        << "'}\n";
  }
  if (!out.flush()) throw std::runtime_error("cannot write " + config_.string());
}

void Pipeline::start(const std::string& name) { start(name, {program(name), "--config", config_}); }

void Pipeline::start(const std::string& name, std::vector<std::string> command) {
  children_.push_back({name, std::make_unique<tests::Process>(
                                 tests::Process::Options{.command = std::move(command),
                                                         .variables = {{"DEPTHWIRE_RECORDING", ""}},
                                                         .output = dir_.path() / (name + ".log"),
                                                         .directory = dir_.path()})});
}

tests::Process& Pipeline::process(const std::string& name) {
  const auto found = std::find_if(children_.begin(), children_.end(),
                                  [&](const Child& child) { return child.name == name; });
  if (found == children_.end()) throw std::logic_error(name + " has not been started");
  return *found->process;
}

std::string Pipeline::told(const std::string& name, const std::string& text) {
  auto& speaker = process(name);
  const auto from = speaker.output_from(text, patience);
  const auto end = from ? from->find('\n', text.size()) : std::string::npos;
  if (end == std::string::npos) {
    throw std::runtime_error(name + " did not say '" + text + "':\n" + speaker.output());
  }
  return from->substr(text.size(), end - text.size());
}

std::string Pipeline::status(const std::string& name) {
  const auto reply = tests::http_get(told(name, "health at http://"), "/readyz");
  return reply ? std::to_string(reply->status) + " " + reply->body : "";
}

void Pipeline::wait_ready(const std::string& name) {
  if (tests::eventually([&] { return status(name).starts_with("200"); }, patience)) return;
  throw std::runtime_error(name + " is not ready: " + status(name) + "\n" + process(name).output());
}

void Pipeline::wait_for_market_end() {
  const auto ended = [&] { return status("simulator").find("\"ended\"") != std::string::npos; };
  if (!tests::eventually(ended, market_patience)) throw std::runtime_error("the market goes on");
}

std::vector<std::string> Pipeline::names() const {
  std::vector<std::string> all;
  for (const auto& child : children_) all.push_back(child.name);
  return all;
}

pid_t Pipeline::pid(const std::string& name) { return process(name).pid(); }

std::uint16_t Pipeline::web_port() {
  const auto url = told("gateway", "The page is at ");
  return static_cast<std::uint16_t>(std::stoi(url.substr(url.rfind(':') + 1)));
}

bus::SubscriberOptions Pipeline::subscription(const std::string& name) const {
  const auto port = 2 * index_of(name);
  return {.source = "sim." + name,
          .publish = address(ports_[port]),
          .requests = address(ports_[port + 1]),
          .consumer = "bench",
          .start = bus::FromNewest{.what_followed = false}};
}

}  // namespace depthwire::bench
