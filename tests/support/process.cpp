#include "tests/support/process.hpp"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <arpa/inet.h>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <system_error>
#include <thread>

extern "C" char** environ;

namespace depthwire::tests {
namespace {

[[noreturn]] void fail(const std::string& what) {
  throw std::system_error(errno, std::generic_category(), what);
}

// What the caller has set for its own processes (a recording, an account) is not for those of a
// test.
bool of_the_product(const std::string& entry) {
  return entry.starts_with("DEPTHWIRE_") || entry.starts_with("CTRADER_");
}

std::vector<std::string> environment_with(const std::map<std::string, std::string>& variables) {
  std::vector<std::string> entries;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string text(*entry);
    const bool replaced = variables.contains(text.substr(0, text.find('=')));
    if (!replaced && !of_the_product(text)) entries.push_back(text);
  }
  for (const auto& [name, value] : variables) entries.push_back(name + "=" + value);
  return entries;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> out;
  for (auto& text : texts) out.push_back(text.data());
  out.push_back(nullptr);
  return out;
}

sockaddr_in loopback(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

const sockaddr* generic(const sockaddr_in& address) {
  return reinterpret_cast<const sockaddr*>(&address);
}

}  // namespace

bool eventually(const std::function<bool()>& condition, std::chrono::milliseconds limit) {
  const auto deadline = std::chrono::steady_clock::now() + limit;
  while (!condition()) {
    if (std::chrono::steady_clock::now() >= deadline) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return true;
}

Process::Process(const Options& options) : pid_(0), output_(options.output) {
  auto command = options.command;
  auto variables = environment_with(options.variables);
  const auto arguments = pointers(command);
  const auto entries = pointers(variables);
  const int out = ::open(output_.empty() ? "/dev/null" : output_.c_str(),
                         O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0644);
  if (out < 0) fail("open " + output_.string());
  pid_ = ::fork();
  if (pid_ < 0) fail("fork");
  if (pid_ == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::dup2(out, STDOUT_FILENO);
    ::dup2(out, STDERR_FILENO);
    if (!options.directory.empty() && ::chdir(options.directory.c_str()) != 0) ::_exit(127);
    ::execvpe(arguments[0], arguments.data(), entries.data());
    ::_exit(127);
  }
  ::close(out);
}

Process::~Process() {
  if (!running()) return;
  signal(SIGKILL);
  int status = 0;
  ::waitpid(pid_, &status, 0);
}

void Process::signal(int number) const { ::kill(pid_, number); }

bool Process::running() {
  if (status_) return false;
  int status = 0;
  if (::waitpid(pid_, &status, WNOHANG) != pid_) return true;
  status_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return false;
}

std::optional<int> Process::wait(std::chrono::milliseconds limit) {
  if (!eventually([this] { return !running(); }, limit)) return std::nullopt;
  return status_;
}

std::string Process::output() const {
  std::ostringstream text;
  text << std::ifstream(output_, std::ios::binary).rdbuf();
  return text.str();
}

std::optional<std::string> Process::output_from(const std::string& text,
                                                std::chrono::milliseconds limit) {
  std::string all;
  bool last = false;  // look once more after it ended
  const bool found = eventually(
      [&] {
        all = output();
        if (all.find(text) != std::string::npos || last) return true;
        last = !running();
        return false;
      },
      limit);
  const auto at = all.find(text);
  if (!found || at == std::string::npos) return std::nullopt;
  return all.substr(at);
}

std::optional<std::string> tcp_exchange(const std::string& address, const std::string& text) {
  const int port = std::stoi(address.substr(address.rfind(':') + 1));
  const int peer = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (peer < 0) fail("socket");
  const timeval limit{10, 0};
  ::setsockopt(peer, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  const auto to = loopback(port);
  std::optional<std::string> reply;
  if (::connect(peer, generic(to), sizeof to) == 0) {
    ::send(peer, text.data(), text.size(), MSG_NOSIGNAL);
    reply.emplace();
    std::array<char, 4096> part{};
    for (;;) {
      const ssize_t size = ::recv(peer, part.data(), part.size(), 0);
      if (size <= 0) break;
      reply->append(part.data(), static_cast<std::size_t>(size));
    }
  }
  ::close(peer);
  return reply;
}

std::optional<HttpReply> http_get(const std::string& address, const std::string& path) {
  const auto text = tcp_exchange(
      address, "GET " + path + " HTTP/1.1\r\nHost: " + address + "\r\nConnection: close\r\n\r\n");
  if (!text || !text->starts_with("HTTP/1.1 ")) return std::nullopt;
  const auto end = text->find("\r\n\r\n");
  if (end == std::string::npos) return std::nullopt;
  return HttpReply{std::atoi(text->c_str() + 9), text->substr(0, end), text->substr(end + 4)};
}

int free_port() {
  const int probe = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (probe < 0) fail("socket");
  auto address = loopback(0);
  socklen_t size = sizeof address;
  if (::bind(probe, generic(address), size) != 0) fail("bind");
  ::getsockname(probe, reinterpret_cast<sockaddr*>(&address), &size);
  ::close(probe);
  return ntohs(address.sin_port);
}

}  // namespace depthwire::tests
