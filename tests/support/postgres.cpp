#include "tests/support/postgres.hpp"

#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <thread>
#include <vector>

namespace depthwire::tests {

namespace {

namespace fs = std::filesystem;

// Debian installs /usr/lib/postgresql/<version>/bin; the newest that can make a cluster.
fs::path bin_directory() {
  int newest = 0;
  fs::path found;
  for (const auto& entry : fs::directory_iterator("/usr/lib/postgresql")) {
    const int version = std::stoi(entry.path().filename());
    if (version > newest && fs::exists(entry.path() / "bin" / "initdb")) {
      newest = version;
      found = entry.path() / "bin";
    }
  }
  if (found.empty()) throw std::runtime_error("PostgreSQL's server programs are not installed");
  return found;
}

// Runs a program as the user that owns the cluster; it ends when we do.
pid_t spawn(const std::vector<std::string>& command, const fs::path& log) {
  const passwd* user = geteuid() == 0 ? getpwnam("postgres") : nullptr;
  if (geteuid() == 0 && user == nullptr) throw std::runtime_error("there is no user 'postgres'");
  std::vector<char*> arguments;
  arguments.reserve(command.size() + 1);
  for (const std::string& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  const pid_t parent = getpid();
  const pid_t child = fork();
  if (child < 0) throw std::runtime_error("fork failed");
  if (child > 0) return child;
  // The child: nothing but system calls from here to exec.
  if (user != nullptr &&
      (setgroups(0, nullptr) != 0 || setgid(user->pw_gid) != 0 || setuid(user->pw_uid) != 0)) {
    _exit(126);
  }
  prctl(PR_SET_PDEATHSIG, SIGQUIT);
  if (getppid() != parent) _exit(126);
  const int out = open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
  const int in = open("/dev/null", O_RDONLY);
  if (out < 0 || in < 0) _exit(126);
  dup2(in, 0);
  dup2(out, 1);
  dup2(out, 2);
  setpgid(0, 0);
  execv(arguments[0], arguments.data());
  _exit(127);
}

std::string contents(const fs::path& file) {
  std::ifstream in(file);
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace

PostgresServer::PostgresServer(bool durable) : durable_(durable) {
  std::string name = fs::temp_directory_path() / "depthwire-postgres-XXXXXX";
  if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary directory");
  directory_ = name;
  if (geteuid() == 0) {
    const passwd* user = getpwnam("postgres");
    if (user == nullptr || chown(name.c_str(), user->pw_uid, user->pw_gid) != 0) {
      throw std::runtime_error("cannot give the cluster to user 'postgres'");
    }
  }
  const pid_t child = spawn({bin_directory() / "initdb", "-D", directory_ / "data", "-U",
                             "postgres", "--auth=trust", "--no-sync", "-E", "UTF8", "--locale=C"},
                            directory_ / "log");
  int status = 0;
  if (waitpid(child, &status, 0) != child || status != 0) {
    throw std::runtime_error("initdb failed: " + contents(directory_ / "log"));
  }
  start();
}

PostgresServer::~PostgresServer() {
  stop();
  std::error_code ignored;
  fs::remove_all(directory_, ignored);
}

void PostgresServer::start() {
  pid_ = spawn({bin_directory() / "postgres", "-D", directory_ / "data", "-k", directory_, "-c",
                "listen_addresses=", "-c", durable_ ? "fsync=on" : "fsync=off", "-c",
                "shared_buffers=64MB", "-c", "max_wal_size=1GB"},
               directory_ / "log");
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  for (;;) {
    try {
      const postgres::Connection connection(superuser());
      return;
    } catch (const postgres::Error&) {
      int status = 0;
      if (waitpid(pid_, &status, WNOHANG) == pid_ || std::chrono::steady_clock::now() > deadline) {
        throw std::runtime_error("PostgreSQL does not start: " + contents(directory_ / "log"));
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
  }
}

void PostgresServer::stop() {
  if (pid_ < 0) return;
  kill(pid_, SIGINT);
  waitpid(pid_, nullptr, 0);
  pid_ = -1;
}

postgres::Settings PostgresServer::superuser(const std::string& database) const {
  return as("postgres", database);
}

postgres::Settings PostgresServer::as(const std::string& user, const std::string& database) const {
  postgres::Settings settings;
  settings.host = directory_;
  settings.database = database;
  settings.user = user;
  return settings;
}

}  // namespace depthwire::tests
