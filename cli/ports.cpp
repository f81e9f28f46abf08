#include "cli/ports.hpp"

#include "simulator/texts.hpp"

#include <netdb.h>
#include <unistd.h>

#include <algorithm>
#include <arpa/inet.h>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <fstream>
#include <memory>
#include <optional>
#include <set>
#include <sstream>
#include <sys/socket.h>
#include <tuple>

namespace depthwire::cli {
namespace {

namespace fs = std::filesystem;

void add(std::vector<Port>& ports, const std::string& key, const std::string& process,
         std::string address) {
  constexpr std::string_view tcp = "tcp://";
  if (address.starts_with(tcp)) address.erase(0, tcp.size());
  const auto colon = address.rfind(':');
  if (colon == std::string::npos) return;
  Port port{key, process, address.substr(0, colon)};
  const char* end = address.data() + address.size();
  const auto [at, error] = std::from_chars(address.data() + colon + 1, end, port.port);
  if (error != std::errc{} || at != end || port.port == 0) return;
  if (port.host == "*") port.host = "0.0.0.0";
  if (port.host.starts_with('[')) port.host = port.host.substr(1, port.host.size() - 2);
  ports.push_back(std::move(port));
}

/// 0, or errno of the bind. A host that is no address (an interface) is left to its process.
int try_port(const Port& port) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  const auto number = std::to_string(port.port);
  if (::getaddrinfo(port.host.c_str(), number.c_str(), &hints, &found) != 0) return 0;
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owned(found, &::freeaddrinfo);
  const int peer = ::socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int on = 1;  // as all our servers do: what has just been closed does not count
  ::setsockopt(peer, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  const int error = ::bind(peer, found->ai_addr, found->ai_addrlen) == 0 ? 0 : errno;
  ::close(peer);
  return error;
}

/// The sockets (inodes) that listen at `port`, of any local address.
std::set<std::string> listeners(std::uint16_t port) {
  std::set<std::string> inodes;
  for (const char* table : {"/proc/net/tcp", "/proc/net/tcp6"}) {
    std::ifstream in(table);
    std::string line;
    std::getline(in, line);
    while (std::getline(in, line)) {
      std::istringstream words(line);
      std::string slot, local, remote, state, queues, timer, retransmits, uid, timeout, inode;
      words >> slot >> local >> remote >> state >> queues >> timer >> retransmits >> uid >>
          timeout >> inode;
      const auto colon = local.rfind(':');
      if (state == "0A" && colon != std::string::npos &&
          std::stoul(local.substr(colon + 1), nullptr, 16) == port) {
        inodes.insert("socket:[" + inode + "]");
      }
    }
  }
  return inodes;
}

/// Who listens at `port`; nothing when that is hidden from us, being another user's.
std::optional<pid_t> holder(std::uint16_t port) {
  const auto inodes = listeners(port);
  for (const auto& process : fs::directory_iterator("/proc")) {
    const std::string pid = process.path().filename();
    if (pid.find_first_not_of("0123456789") != std::string::npos) continue;
    std::error_code hidden;
    for (const auto& file : fs::directory_iterator(process.path() / "fd", hidden)) {
      const auto target = fs::read_symlink(file.path(), hidden);
      if (inodes.contains(target.string())) return std::stoi(pid);
    }
  }
  return std::nullopt;
}

std::string name_of(pid_t pid) {
  std::string name;
  std::getline(std::ifstream("/proc/" + std::to_string(pid) + "/comm"), name);
  return name + " (pid " + std::to_string(pid) + ")";
}

bool held_by(pid_t pid, const std::string& process, const std::vector<Living>& living) {
  return std::any_of(living.begin(), living.end(),
                     [&](const Living& each) { return each.pid == pid && each.name == process; });
}

std::string problem_of(const Port& port, const std::vector<Living>& living) {
  const int error = try_port(port);
  if (error == 0) return "";
  if (error != EADDRINUSE) return std::strerror(error);
  const auto pid = holder(port.port);
  if (!pid) return "in use by a process of another user";
  if (held_by(*pid, port.process, living)) return "";
  return "in use by " + name_of(*pid);
}

}  // namespace

std::vector<Port> needed_ports(const AllSettings& settings,
                               const std::vector<std::string>& processes) {
  std::vector<Port> ports;
  for (const std::string& name : processes) {
    if (name == "postgres") {
      ports.push_back({"database.port", name, "127.0.0.1", settings.persister.database.port});
      continue;
    }
    add(ports, name + ".health", name, settings.hosts.at(name).health);
    if (const auto* endpoint = settings.streaming.bus.find(name)) {
      add(ports, "bus." + name + ".publish", name, endpoint->publish);
      add(ports, "bus." + name + ".requests", name, endpoint->requests);
    }
    if (name == "simulator") {
      const auto& [listen, listen_json] =
          std::tie(settings.simulator.listen, settings.simulator.listen_json);
      add(ports, "simulator.listen", name, listen);
      if (const auto json = simulator::json_address(listen, listen_json)) {
        add(ports, "simulator.listen_json", name, json->first + ":" + std::to_string(json->second));
      }
    }
    if (name == "gateway") {
      const auto& gateway = settings.gateway;
      add(ports, "gateway.port", name, gateway.address + ":" + std::to_string(gateway.port));
    }
  }
  return ports;
}

std::vector<std::string> port_problems(const std::vector<Port>& ports,
                                       const std::vector<Living>& living) {
  std::vector<std::string> problems;
  for (auto port = ports.begin(); port != ports.end(); ++port) {
    const auto twin = std::find_if(ports.begin(), port, [&](const Port& other) {
      return other.port == port->port && other.host == port->host;
    });
    const auto problem =
        twin != port ? "also the address of " + twin->key : problem_of(*port, living);
    if (problem.empty()) continue;
    problems.push_back(port->key + ": " + port->host + ":" + std::to_string(port->port) + " is " +
                       problem);
  }
  return problems;
}

}  // namespace depthwire::cli
