#include "cli/supervisor.hpp"

#include "cli/command.hpp"
#include "common/service/exit_error.hpp"

#include <unistd.h>

#include <chrono>
#include <fstream>
#include <sstream>
#include <sys/socket.h>
#include <sys/un.h>
#include <thread>

namespace depthwire::cli {
namespace {

constexpr std::size_t longest_socket_path = 107;

std::filesystem::path socket_of(const Place& place) { return place.run() / "supervisor.sock"; }

/// supervisor expands %(...)s everywhere.
std::string escape_percent(const std::string& text) {
  std::string out;
  for (const char c : text) out += c == '%' ? std::string("%%") : std::string(1, c);
  return out;
}

/// Waits up to ten seconds for `condition`.
template <class Condition>
bool wait_for(Condition condition) {
  for (int i = 0; i < 1000; ++i) {
    if (condition()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return false;
}

}  // namespace

std::string quote_command(const std::vector<std::string>& words) {
  std::string line;
  for (const std::string& word : words) {
    if (!line.empty()) line += ' ';
    line += '\'';
    for (const char c : word) line += c == '\'' ? std::string("'\"'\"'") : std::string(1, c);
    line += '\'';
  }
  return escape_percent(line);
}

std::string supervisor_config(const Place& place, const std::vector<Program>& programs) {
  const auto path = [](const std::filesystem::path& p) { return escape_percent(p.string()); };
  std::ostringstream out;
  out << "; Written by `depthwire up`.\n[supervisord]\n"
      << "logfile=" << path(place.log() / "supervisord.log") << "\nlogfile_maxbytes=1MB\n"
      << "pidfile=" << path(place.run() / "supervisord.pid") << "\n"
      << "childlogdir=" << path(place.log()) << "\n";
  if (::geteuid() == 0) out << "user=root\n";
  out << "\n[unix_http_server]\nfile=" << path(socket_of(place)) << "\nchmod=0700\n"
      << "\n[supervisorctl]\nserverurl=unix://" << path(socket_of(place)) << "\n"
      << "\n[rpcinterface:supervisor]\n"
      << "supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface\n";
  int priority = 10;
  for (const Program& program : programs) {
    out << "\n[program:" << program.name << "]\ncommand=" << quote_command(program.command) << "\n"
        << "directory=" << path(place.root) << "\npriority=" << priority << "\n"
        << "autostart=false\nautorestart=unexpected\nexitcodes=0,64,65,74,77,78\n"
        << "startsecs=0\nstartretries=1000000\nstopsignal=" << program.stop_signal << "\n"
        << "stopwaitsecs=10\nredirect_stderr=true\n"
        << "stdout_logfile=" << path(place.log() / (program.name + ".log")) << "\n"
        << "stdout_logfile_maxbytes=16MB\nstdout_logfile_backups=4\n";
    if (!program.user.empty()) out << "user=" << program.user << "\n";
    priority += 10;
  }
  return out.str();
}

std::map<std::string, ProgramState> parse_states(const std::string& text) {
  std::map<std::string, ProgramState> states;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string name;
    ProgramState state;
    if (!(words >> name >> state.state)) continue;
    std::getline(words >> std::ws, state.detail);
    states.emplace(name, std::move(state));
  }
  return states;
}

std::string Supervisor::control(const std::vector<std::string>& arguments) const {
  std::vector<std::string> command{"supervisorctl", "-c", place_.supervisor_config().string()};
  command.insert(command.end(), arguments.begin(), arguments.end());
  return run_command(command, place_.root).output;
}

bool Supervisor::running() const {
  // Asking with supervisorctl would cost half a second each time.
  const std::string path = socket_of(place_).string();
  sockaddr_un address{};
  if (path.size() > longest_socket_path) return false;
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, path.size());
  const int peer = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const bool answers =
      ::connect(peer, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  ::close(peer);
  return answers;
}

void Supervisor::ensure(const std::vector<Program>& programs) const {
  using service::ExitError;
  if (!have_command("supervisord")) {
    throw ExitError(service::exit_code::config,
                    "supervisord is missing; `scripts/deps run` installs it");
  }
  if (socket_of(place_).string().size() > longest_socket_path) {
    throw ExitError(service::exit_code::config,
                    "the path " + socket_of(place_).string() +
                        " is too long for a socket; choose a shorter --root");
  }
  std::filesystem::create_directories(place_.run());
  std::filesystem::create_directories(place_.log());
  const bool was_running = running();
  std::ofstream out(place_.supervisor_config(), std::ios::trunc);
  out << supervisor_config(place_, programs);
  out.close();
  if (!out) {
    throw ExitError(service::exit_code::disk,
                    "cannot write " + place_.supervisor_config().string());
  }
  if (was_running) {
    control({"update"});
    return;
  }
  const auto started =
      run_command({"supervisord", "-c", place_.supervisor_config().string()}, place_.root);
  if (!started.ok() || !wait_for([this] { return running(); })) {
    throw ExitError(service::exit_code::software, "supervisord does not start: " + started.output +
                                                      "; see " +
                                                      (place_.log() / "supervisord.log").string());
  }
}

void Supervisor::start(const std::vector<std::string>& names) const {
  const auto before = states();
  std::vector<std::string> command{"start"};
  for (const std::string& name : names) {
    const auto state = before.find(name);
    if (state == before.end() || !state->second.running()) command.push_back(name);
  }
  if (command.size() == 1) return;
  const std::string output = control(command);
  if (output.find("ERROR (no such") != std::string::npos ||
      output.find("ERROR (spawn error)") != std::string::npos) {
    throw service::ExitError(service::exit_code::software, "cannot start: " + output);
  }
}

void Supervisor::stop(const std::vector<std::string>& names) const {
  std::vector<std::string> command{"stop"};
  command.insert(command.end(), names.begin(), names.end());
  control(command);
}

bool Supervisor::shut_down() const {
  if (!running()) return false;
  std::ifstream in(place_.run() / "supervisord.pid");
  pid_t pid = 0;
  in >> pid;
  control({"shutdown"});
  // The pid file goes last; a minute is more than all programs may take together.
  for (int i = 0; i < 6; ++i) {
    if (wait_for([&] { return !std::filesystem::exists(place_.run() / "supervisord.pid"); })) {
      return true;
    }
  }
  throw service::ExitError(service::exit_code::software, "supervisord (pid " + std::to_string(pid) +
                                                             ") has not ended in a minute");
}

std::map<std::string, ProgramState> Supervisor::states() const {
  if (!running()) return {};
  return parse_states(control({"status"}));
}

}  // namespace depthwire::cli
