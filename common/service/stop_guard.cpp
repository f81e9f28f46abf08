#include "common/service/stop_guard.hpp"

#include "common/service/crash_loop.hpp"

#include <poll.h>
#include <signal.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <optional>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <system_error>

namespace depthwire::service {
namespace {

using Clock = std::chrono::steady_clock;

sigset_t stop_signals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  return set;
}

int checked(int descriptor, const char* what) {
  if (descriptor < 0) throw std::system_error(errno, std::generic_category(), what);
  return descriptor;
}

[[noreturn]] void end_at_once(int code, std::string_view why) {
  spdlog::error("{}", why);
  spdlog::default_logger()->flush();
  ::_exit(code);
}

}  // namespace

void block_stop_signals() {
  const sigset_t set = stop_signals();
  ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
  ::signal(SIGPIPE, SIG_IGN);  // NOLINT(performance-no-int-to-ptr): the macro's cast
}

bool wait_unless_stopped(std::chrono::seconds time) {
  const sigset_t set = stop_signals();
  const timespec limit{time.count(), 0};
  return ::sigtimedwait(&set, nullptr, &limit) < 0;
}

StopGuard::StopGuard(Runtime& runtime, std::chrono::milliseconds patience,
                     std::function<void()> survived)
    : runtime_(runtime),
      patience_(patience),
      survived_(std::move(survived)),
      signals_([] {
        const sigset_t set = stop_signals();
        return checked(::signalfd(-1, &set, SFD_CLOEXEC), "signalfd");
      }()),
      done_(checked(::eventfd(0, EFD_CLOEXEC), "eventfd")),
      thread_([this] { watch(); }) {}

StopGuard::~StopGuard() {
  ::eventfd_write(done_, 1);
  thread_.join();
  ::close(done_);
  ::close(signals_);
}

void StopGuard::watch() {
  std::optional<Clock::time_point> deadline;
  std::optional<Clock::time_point> survived_at = Clock::now() + short_life;
  bool signalled = false;
  for (;;) {
    std::array<pollfd, 3> wait{{{signals_, POLLIN, 0},
                                {done_, POLLIN, 0},
                                {deadline ? -1 : runtime_.stop_descriptor(), POLLIN, 0}}};
    int timeout = -1;
    if (const auto next = deadline ? deadline : survived_at) {
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(*next - Clock::now());
      timeout = static_cast<int>(std::max<std::int64_t>(left.count(), 0));
    }
    const int ready = ::poll(wait.data(), wait.size(), timeout);
    if (ready < 0) continue;  // EINTR
    if (wait[1].revents != 0) return;
    if (survived_at && Clock::now() >= *survived_at) {
      survived_();
      survived_at.reset();
    }
    if (wait[0].revents != 0) {
      signalfd_siginfo signal{};
      if (::read(signals_, &signal, sizeof signal) != sizeof signal) continue;
      if (signalled) end_at_once(128 + static_cast<int>(signal.ssi_signo), "a second signal came");
      signalled = true;
      spdlog::info("{} received, stopping", signal.ssi_signo == SIGINT ? "SIGINT" : "SIGTERM");
      runtime_.stop();
    }
    if (wait[2].revents != 0 && !deadline) deadline = Clock::now() + patience_;
    if (ready == 0 && deadline && Clock::now() >= *deadline) {
      const int code = runtime_.exit_code();
      end_at_once(code == exit_code::ok ? exit_code::software : code,
                  "the orderly stop took longer than 5 s; ending at once");
    }
  }
}

}  // namespace depthwire::service
