#include "cli/commands.hpp"
#include "cli/history_progress.hpp"
#include "cli/place.hpp"
#include "cli/publisher.hpp"
#include "cli/settings.hpp"
#include "common/replay/replay.hpp"
#include "proto/bus/command.pb.h"

#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <sys/ioctl.h>
#include <thread>

namespace depthwire::cli {
namespace {

using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

constexpr auto answer_patience = 2s;    // for one answer
constexpr auto connect_patience = 15s;  // until historical has logged in
constexpr auto poll_every = 250ms;
constexpr auto line_every = 5s;  // without a terminal
constexpr int interrupted = 130;

std::atomic<bool> interrupt_asked{false};

[[noreturn]] void refuse_backfill(const std::string& text) {
  throw service::ExitError(service::exit_code::usage, "backfill: " + text);
}

std::int64_t now_ns() {
  return std::chrono::nanoseconds(std::chrono::system_clock::now().time_since_epoch()).count();
}

std::int64_t instant(const std::string& option, const std::string& text) {
  const auto bound = replay::parse_bound(text);
  const auto* const time = bound ? std::get_if<replay::Instant>(&*bound) : nullptr;
  if (time == nullptr) {
    refuse_backfill(option +
                    ": expected a UTC time such as 2026-01-31 or 2026-01-31T13:45:00, got \"" +
                    text + "\"");
  }
  if (time->ns > now_ns()) refuse_backfill(option + ": " + text + " lies in the future");
  return time->ns;
}

bus::Period period_of_name(const std::string& name) {
  std::string lower = name;
  std::ranges::transform(lower, lower.begin(), [](unsigned char c) { return std::tolower(c); });
  bus::Period period = bus::period_unknown;
  if (bus::Period_Parse(lower, &period) && period >= bus::m1) return period;
  refuse_backfill("--period: expected M1 to M5, M10, M15, M30, H1, H4, H12, D1, W1 or MN1, got \"" +
                  name + "\"");
}

/// What to ask for: a command for each series.
std::vector<bus::BackfillCommand> commands_of(const BackfillOptions& options) {
  if (options.symbols.empty()) refuse_backfill("--symbols: name at least one");
  if (options.ticks != options.period.empty()) {
    refuse_backfill("name either a --period of bars or --ticks");
  }
  bus::BackfillCommand command;
  command.set_from_time_ns(instant("--from", options.from));
  command.set_until_time_ns(options.to.empty() ? now_ns() : instant("--to", options.to));
  if (command.from_time_ns() >= command.until_time_ns()) {
    refuse_backfill("--from " + options.from + " is not before --to " + options.to);
  }
  command.set_again(options.again);
  if (!options.ticks) command.set_period(period_of_name(options.period));
  std::vector<bus::BackfillCommand> commands;
  for (const auto& symbol : options.symbols) {
    command.set_symbol(symbol);
    command.set_side(bus::bid);
    commands.push_back(command);
    if (!options.ticks) continue;
    command.set_side(bus::ask);
    commands.push_back(command);
  }
  return commands;
}

/// The jobs of one run of the command, in the process that does them.
class Jobs {
 public:
  Jobs(const service::BusSettings& bus, std::vector<bus::BackfillCommand> commands)
      : historical_{bus, "historical"}, commands_{std::move(commands)} {}

  /// Throws service::ExitError when one is refused, or nobody answers.
  void submit() {
    jobs_.clear();
    for (const auto& command : commands_) {
      auto& job = jobs_.emplace_back();
      if (!job.ParseFromString(ask_patiently("backfill", command).body())) unreadable();
    }
  }

  /// How they stand; nothing while historical does not answer.
  std::optional<std::vector<bus::Job>> look() {
    const auto reply = historical_.command("jobs", ids(), answer_patience);
    if (!reply) return std::nullopt;
    bus::JobsReply body;
    if (reply->status() != bus::CommandReply::done) {
      // A power cut may have taken their beginning; what was fetched is known by itself.
      submit();
    } else if (body.ParseFromString(reply->body())) {
      jobs_.assign(body.jobs().begin(), body.jobs().end());
    } else {
      unreadable();
    }
    return jobs_;
  }

  void cancel() { (void)historical_.command("cancel", ids(), answer_patience); }

 private:
  [[noreturn]] static void unreadable() {
    throw service::ExitError(service::exit_code::software,
                             "backfill: historical's answer cannot be read; is it of another "
                             "release?");
  }

  [[nodiscard]] bus::JobsCommand ids() const {
    bus::JobsCommand command;
    for (const auto& job : jobs_) command.add_ids(job.id());
    return command;
  }

  /// A process that has just started needs a moment until it is connected.
  bus::CommandReply ask_patiently(const std::string& name,
                                  const google::protobuf::MessageLite& body) {
    const auto deadline = Clock::now() + connect_patience;
    while (true) {
      auto reply = historical_.command(name, body, answer_patience);
      if (reply && reply->status() == bus::CommandReply::done) return std::move(*reply);
      if (reply && reply->status() == bus::CommandReply::refused) refuse_backfill(reply->text());
      const bool again = reply && reply->status() == bus::CommandReply::failed &&
                         Clock::now() < deadline && !interrupt_asked;
      if (!again) {
        throw service::ExitError(
            service::exit_code::unavailable,
            reply ? "backfill: historical: " + reply->text()
                  : "backfill: historical does not answer at " + historical_.address() +
                        "; `depthwire status` tells whether it runs, `depthwire up` starts it");
      }
      std::this_thread::sleep_for(poll_every);
    }
  }

  Publisher historical_;
  std::vector<bus::BackfillCommand> commands_;
  std::vector<bus::Job> jobs_;
};

/// A bar that is drawn again and again on a terminal, else a line now and then.
class Display {
 public:
  void show(const HistoryProgress& progress) {
    if (terminal_) {
      std::printf("\r%s\033[K", progress.bar(width()).c_str());
      std::fflush(stdout);
      drawn_ = true;
    } else if (const auto now = Clock::now(); now >= next_line_) {
      next_line_ = now + line_every;
      line(progress.text());
    }
  }
  void line(const std::string& text) {
    if (drawn_) std::printf("\r\033[K");
    drawn_ = false;
    std::printf("%s\n", text.c_str());
    std::fflush(stdout);
  }

 private:
  static std::size_t width() {
    winsize size{};
    const bool known = ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
    return known ? size.ws_col : 80;
  }

  bool terminal_ = ::isatty(STDOUT_FILENO) == 1;
  bool drawn_ = false;
  Clock::time_point next_line_;
};

bool all_over(const std::vector<bus::Job>& jobs) {
  return std::ranges::none_of(jobs, [](const bus::Job& job) {
    return job.state() == bus::Job::queued || job.state() == bus::Job::running;
  });
}

std::string series_name(const bus::Job& job) {
  return job.symbol() + ' ' +
         (job.period() == bus::period_unknown ? bus::Side_Name(job.side()) + " ticks"
                                              : bus::Period_Name(job.period()));
}

int tell_end(const std::vector<bus::Job>& jobs, const HistoryProgress& progress, Display& display) {
  int code = service::exit_code::ok;
  for (const auto& job : jobs) {
    if (job.state() == bus::Job::done) continue;
    code = service::exit_code::unavailable;
    display.line(series_name(job) + ": " +
                 (job.state() == bus::Job::failed ? job.detail() : "cancelled by somebody else"));
  }
  if (code == service::exit_code::ok) {
    display.line(progress.requests() == 0
                     ? "nothing to do: all of it was fetched before (--again fetches it anew)"
                     : "done: " + with_commas(progress.records()) + " records with " +
                           with_commas(progress.requests()) + " requests");
  }
  return code;
}

int watch(Jobs& jobs, HistoryProgress& progress, Display& display) {
  bool silent = false;
  while (!interrupt_asked) {
    const auto now = jobs.look();
    if (!now && !std::exchange(silent, true)) {
      display.line("historical does not answer; waiting until it is back");
    }
    if (now) {
      if (std::exchange(silent, false)) display.line("historical is back");
      progress.take(*now, Clock::now());
      if (all_over(*now)) return tell_end(*now, progress, display);
      display.show(progress);
    }
    std::this_thread::sleep_for(poll_every);
  }
  jobs.cancel();
  display.line("stopped at " + progress.text() + "; the same command goes on from here");
  return interrupted;
}

}  // namespace

int backfill(const Common& common, const BackfillOptions& options) {
  auto commands = commands_of(options);
  const Place place = find_place(common.root, common.config);
  AllSettings settings;
  settings.load(place.config);
  if (!options.environment.empty() && options.environment != settings.environment()) {
    throw service::ExitError(service::exit_code::config,
                             "--env " + options.environment + ": the configuration is of " +
                                 settings.environment() + ". Name the other one's with --config.");
  }
  struct sigaction action {};
  action.sa_handler = [](int) { interrupt_asked = true; };
  ::sigaction(SIGINT, &action, nullptr);
  ::sigaction(SIGTERM, &action, nullptr);

  Jobs jobs(settings.historical.bus, std::move(commands));
  Display display;
  HistoryProgress progress(Clock::now());
  jobs.submit();
  return watch(jobs, progress, display);
}

}  // namespace depthwire::cli
