#include "cli/commands.hpp"
#include "cli/place.hpp"
#include "cli/record_summary.hpp"
#include "cli/record_text.hpp"
#include "cli/settings.hpp"
#include "cli/topic_kind.hpp"
#include "common/bus/subscriber.hpp"
#include "common/bus/topic.hpp"

#include <signal.h>
#include <unistd.h>
#include <zmq.hpp>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <map>
#include <mutex>
#include <set>
#include <sys/ioctl.h>
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

Selection selection(const std::string& environment, const std::string& kind,
                    const std::string& symbol) {
  Selection selected{environment + ".", ""};
  if (!kind.empty()) selected.prefix += kind + ".";
  if (!symbol.empty()) selected.end = "." + symbol + "|";
  return selected;
}

/// Columns of the terminal; without one a line is as long as it gets.
std::size_t terminal_width() {
  winsize size{};
  const bool known = ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
  return known ? size.ws_col : std::string::npos;
}

/// Prints from several threads, one line at a time, and counts.
class Printer {
 public:
  explicit Printer(const TailOptions& options) : options_(options), width_(terminal_width()) {}

  /// Takes note of a symbol that there is, for the hint.
  void saw(const std::string& topic) {
    const auto parts = bus::parse_topic(topic);
    const std::lock_guard lock(mutex_);
    if (parts && !parts->symbol.empty() && parts->symbol != "_control")
      symbols_.emplace(parts->symbol);
  }

  /// Told once, when nothing that was asked for has come after a while.
  void hint_when_silent() {
    const std::lock_guard lock(mutex_);
    if (any_ || hinted_ || std::chrono::steady_clock::now() < hint_at_) return;
    hinted_ = true;
    std::string seen;
    for (const auto& symbol : symbols_) seen += (seen.empty() ? "" : ", ") + symbol;
    const std::string what =
        options_.symbol.empty() ? "no such record" : "nothing of " + options_.symbol;
    std::fprintf(stderr, "tail: %s for %d s; %s. Still waiting.\n", what.c_str(),
                 static_cast<int>(patience.count()),
                 seen.empty() ? "`depthwire status` tells whether the publishers are ready"
                              : ("symbols that come: " + seen).c_str());
  }

  void print(const std::string& source, const journal::Record& record) {
    const std::string text =
        options_.json ? record_json(source, record) : record_summary(record, width_);
    const std::lock_guard lock(mutex_);
    if (stop_asked) return;
    any_ = true;
    if (std::puts(text.c_str()) < 0 || std::fflush(stdout) != 0) stop_asked = true;
    if (options_.count > 0 && ++printed_ >= options_.count) stop_asked = true;
  }

 private:
  static constexpr std::chrono::seconds patience{3};

  TailOptions options_;
  std::size_t width_;
  std::chrono::steady_clock::time_point hint_at_ = std::chrono::steady_clock::now() + patience;
  std::mutex mutex_;
  bool any_ = false;
  bool hinted_ = false;
  std::set<std::string> symbols_;
  std::uint64_t printed_ = 0;
};

void follow(zmq::context_t& context, const bus::SubscriberOptions& options,
            const Selection& selected, Printer& printer) {
  bus::Subscriber subscriber(context, options);
  std::map<std::string, journal::Position, std::less<>> newest;  // by topic
  std::string problem;
  while (!stop_asked) {
    const auto batch = subscriber.receive(std::chrono::milliseconds(100));
    if (subscriber.problem() != problem) {
      problem = subscriber.problem();
      if (!problem.empty()) std::fprintf(stderr, "tail: %s\n", problem.c_str());
    }
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
      // The newest record of a topic, with which a view begins, may come again as a live one.
      auto& last = newest[std::string(record.topic)];
      if (record.position() <= last) continue;
      last = record.position();
      if (selected.takes(record.topic)) {
        printer.print(options.source, record);
      } else {
        printer.saw(std::string(record.topic));
      }
    }
    printer.hint_when_silent();
  }
}

}  // namespace

int tail(const Common& common, const TailOptions& options) {
  const std::string kind = topic_kind(options.kind);
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
  const Selection selected = selection(environment, kind, options.symbol);

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
