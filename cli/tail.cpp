#include "cli/commands.hpp"
#include "cli/place.hpp"
#include "cli/record_text.hpp"
#include "cli/settings.hpp"
#include "common/bus/subscriber.hpp"

#include <signal.h>
#include <zmq.hpp>

#include <atomic>
#include <cstdio>
#include <mutex>
#include <thread>

namespace depthwire::cli {
namespace {

std::atomic<bool> stop_asked{false};

/// Topics as `options` select them: a prefix on the wire, the rest here.
struct Selection {
  std::string prefix;
  std::string end;  ///< ".EURUSD|" when a symbol is asked for of any kind

  [[nodiscard]] bool takes(std::string_view topic) const {
    return topic.starts_with(prefix) && topic.ends_with(end);
  }
};

Selection selection(const TailOptions& options, const std::string& environment) {
  Selection selected{environment + ".", ""};
  if (!options.kind.empty()) selected.prefix += options.kind + ".";
  if (!options.symbol.empty()) selected.end = "." + options.symbol + "|";
  return selected;
}

/// Prints from several threads, one line at a time, and counts.
class Printer {
 public:
  explicit Printer(const TailOptions& options) : options_(options) {}

  void print(const std::string& source, const journal::Record& record) {
    const std::string text =
        options_.json ? record_json(source, record) : record_line(source, record);
    const std::lock_guard lock(mutex_);
    if (stop_asked) return;
    if (std::puts(text.c_str()) < 0 || std::fflush(stdout) != 0) stop_asked = true;
    if (options_.count > 0 && ++printed_ >= options_.count) stop_asked = true;
  }

 private:
  TailOptions options_;
  std::mutex mutex_;
  std::uint64_t printed_ = 0;
};

void follow(zmq::context_t& context, const bus::SubscriberOptions& options,
            const Selection& selected, Printer& printer) {
  bus::Subscriber subscriber(context, options);
  while (!stop_asked) {
    const auto batch = subscriber.receive(std::chrono::milliseconds(100));
    for (const auto& notice : batch.notices) {
      if (std::holds_alternative<bus::Stale>(notice)) {
        std::fprintf(stderr, "%s: silent\n", options.source.c_str());
      } else if (std::holds_alternative<bus::Fresh>(notice)) {
        std::fprintf(stderr, "%s: speaks\n", options.source.c_str());
      } else if (const auto* halted = std::get_if<bus::Halted>(&notice)) {
        std::fprintf(stderr, "%s: %s\n", options.source.c_str(), halted->reason.c_str());
      } else if (std::holds_alternative<bus::Resumed>(notice)) {
        std::fprintf(stderr, "%s: the halt is over\n", options.source.c_str());
      }
    }
    for (const auto& record : batch.records) {
      if (selected.takes(record.topic)) printer.print(options.source, record);
    }
  }
}

}  // namespace

int tail(const Common& common, const TailOptions& options) {
  const Place place = find_place(common.root, common.config);
  AllSettings settings;
  settings.load(place.config);
  const std::string environment = settings.environment();
  if (!options.environment.empty() && options.environment != environment) {
    throw service::ExitError(service::exit_code::config,
                             "--env " + options.environment + ": the configuration is of " +
                                 environment + ". Name the other one's with --config.");
  }
  const auto& bus = settings.streaming.bus;
  const Selection selected = selection(options, environment);

  struct sigaction action {};
  action.sa_handler = [](int) { stop_asked = true; };
  ::sigaction(SIGINT, &action, nullptr);
  ::sigaction(SIGTERM, &action, nullptr);
  ::signal(SIGPIPE, SIG_IGN);

  zmq::context_t context;
  Printer printer(options);
  {
    std::vector<std::jthread> threads;
    for (const auto name : service::publishers) {
      const std::string publisher(name);
      const auto* const endpoint = bus.find(publisher);
      bus::SubscriberOptions subscriber;
      subscriber.source = environment + "." + publisher;
      subscriber.publish = endpoint->publish;
      subscriber.requests = endpoint->requests;
      subscriber.consumer = "tail";
      subscriber.start = bus::FromNewest{.what_followed = false};
      subscriber.topic_prefixes = {selected.prefix};
      if (!bus.keys.empty()) {
        subscriber.curve = bus::load_curve(bus.keys, "cli");
        subscriber.server_public_key = bus::load_public_key(bus.keys, publisher);
      }
      threads.emplace_back([&context, subscriber, &selected, &printer] {
        follow(context, subscriber, selected, printer);
      });
    }
  }
  return service::exit_code::ok;
}

}  // namespace depthwire::cli
