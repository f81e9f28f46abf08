// Which processes are ours is asked of /proc. A service is one of our programs that works in our
// root: also one that waits out a crash loop, which has no run file. Where /proc hides that from us
// (a process of another user), its run file tells. PostgreSQL names itself in postmaster.pid and
// works in its data directory. A pid alone proves nothing: after a reboot it is anybody's.
#include "cli/living.hpp"

#include "cli/run_file.hpp"
#include "cli/settings.hpp"
#include "common/service/exit_error.hpp"

#include <signal.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <thread>

namespace depthwire::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t longest_comm = 15;

fs::path proc(pid_t pid) { return fs::path("/proc") / std::to_string(pid); }

std::string program_of(const Living& process) {
  return process.name == "postgres" ? "postgres" : program_name(process.name);
}

bool is_ours(const Place& place, const Living& process) {
  if (!runs_program(process.pid, program_of(process))) return false;
  std::error_code error;
  const auto directory = fs::read_symlink(proc(process.pid) / "cwd", error);
  if (!error) return directory == place.root;
  const auto file = read_run_file(place.run(), process.name);
  return file && file->pid == process.pid;
}

std::vector<pid_t> all_pids() {
  std::vector<pid_t> pids;
  for (const auto& entry : fs::directory_iterator("/proc")) {
    const std::string name = entry.path().filename();
    if (name.find_first_not_of("0123456789") == std::string::npos) pids.push_back(std::stoi(name));
  }
  return pids;
}

void find_postgres(const Place& place, std::vector<Living>& living) {
  const auto data = place.postgres() / "data";
  pid_t pid = 0;
  if (!(std::ifstream(data / "postmaster.pid") >> pid) || !runs_program(pid, "postgres")) return;
  std::error_code error;
  const auto directory = fs::read_symlink(proc(pid) / "cwd", error);
  if (error || directory == data) living.push_back({"postgres", pid});
}

bool wait_for_end(const Living& process, std::chrono::milliseconds patience) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (runs_program(process.pid, program_of(process))) {
    if (std::chrono::steady_clock::now() >= deadline) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return true;
}

void send(const Living& process, int signal) {
  if (::kill(process.pid, signal) == 0 || errno == ESRCH) return;
  throw service::ExitError(service::exit_code::unavailable,
                           "cannot end " + process.name + " (pid " + std::to_string(process.pid) +
                               "): " + std::strerror(errno) +
                               "; run this as the user who started it");
}

}  // namespace

bool runs_program(pid_t pid, const std::string& program) {
  if (pid <= 0) return false;
  std::error_code error;
  std::string name = fs::read_symlink(proc(pid) / "exe", error).filename();
  if (!error) return name == program || name == program + " (deleted)";
  if (error != std::errc::permission_denied) return false;
  std::getline(std::ifstream(proc(pid) / "comm"), name);
  return name == program.substr(0, longest_comm);
}

std::vector<Living> find_living(const Place& place) {
  std::vector<Living> living;
  find_postgres(place, living);
  const auto pids = all_pids();
  for (const auto service : services()) {
    for (const pid_t pid : pids) {
      Living process{std::string(service), pid};
      if (is_ours(place, process)) living.push_back(std::move(process));
    }
  }
  return living;
}

void end_living(const std::vector<Living>& living,
                const std::function<void(const std::string&, const std::string&)>& tell,
                std::chrono::milliseconds patience) {
  for (auto process = living.rbegin(); process != living.rend(); ++process) {
    // PostgreSQL takes SIGTERM for: wait until the last client has gone.
    send(*process, process->name == "postgres" ? SIGINT : SIGTERM);
    if (wait_for_end(*process, patience)) continue;
    tell(process->name, "pid " + std::to_string(process->pid) + " did not end when asked; killed");
    send(*process, SIGKILL);
    if (!wait_for_end(*process, patience)) {
      throw service::ExitError(service::exit_code::software,
                               process->name + " (pid " + std::to_string(process->pid) +
                                   ") does not end, not even when killed");
    }
  }
}

}  // namespace depthwire::cli
