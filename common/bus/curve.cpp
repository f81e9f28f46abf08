#include "common/bus/curve.hpp"

#include "common/journal/file.hpp"
#include "common/service/exit_error.hpp"

#include <fcntl.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <fstream>
#include <sys/stat.h>
#include <system_error>
#include <thread>

namespace depthwire::bus {
namespace {

constexpr std::size_t key_length = 40;
constexpr const char* zap_domain = "depthwire";

[[noreturn]] void key_error(const std::filesystem::path& path, const std::string& what) {
  throw service::ExitError(service::exit_code::config,
                           "bus key " + path.string() + ": " + what +
                               "; expected 40 characters of Z85 as `depthwire keys` writes them.");
}

std::string read_key(const std::filesystem::path& path) {
  std::ifstream file(path);
  if (!file) key_error(path, "cannot be read");
  std::string key;
  file >> key;
  if (key.size() != key_length) {
    key_error(path, "has " + std::to_string(key.size()) + " characters");
  }
  return key;
}

void write_key(const std::filesystem::path& path, const std::string& key, mode_t mode) {
  const journal::File file(path, O_WRONLY | O_CREAT | O_EXCL, mode);
  file.write_at(key + '\n', 0);
}

std::vector<std::string> read_allowed(const std::filesystem::path& directory) {
  std::vector<std::string> allowed;
  for (const auto& entry : std::filesystem::directory_iterator(directory)) {
    if (entry.path().extension() == ".public") allowed.push_back(read_key(entry.path()));
  }
  std::sort(allowed.begin(), allowed.end());
  return allowed;
}

}  // namespace

Curve load_curve(const std::filesystem::path& directory, const std::string& name) {
  Curve curve;
  const auto secret = directory / (name + ".secret");
  struct stat status {};
  if (::stat(secret.c_str(), &status) == 0 && (status.st_mode & 077) != 0) {
    key_error(secret, "can be read by others (chmod 600)");
  }
  curve.secret_key = read_key(secret);
  curve.public_key = read_key(directory / (name + ".public"));
  curve.allowed = read_allowed(directory);
  curve.directory = directory;
  return curve;
}

std::string load_public_key(const std::filesystem::path& directory, const std::string& name) {
  return read_key(directory / (name + ".public"));
}

void make_curve_keys(const std::filesystem::path& directory, const std::string& name) {
  std::filesystem::create_directories(directory);
  std::array<char, key_length + 1> public_key{};
  std::array<char, key_length + 1> secret_key{};
  if (zmq_curve_keypair(public_key.data(), secret_key.data()) != 0) {
    throw std::system_error(errno, std::generic_category(), "libzmq was built without CURVE");
  }
  write_key(directory / (name + ".secret"), secret_key.data(), 0600);
  write_key(directory / (name + ".public"), public_key.data(), 0644);
}

void rotate_curve_keys(const std::filesystem::path& directory, const std::string& name) {
  const auto current = directory / (name + ".public");
  const auto old = directory / (name + ".old.public");
  if (!std::filesystem::exists(current)) key_error(current, "there is no pair to rotate");
  if (std::filesystem::exists(old)) {
    throw service::ExitError(service::exit_code::config,
                             old.string() +
                                 " is still allowed: remove it with `depthwire keys "
                                 "--retire` before the next rotation.");
  }
  // Under another name first: each file is replaced at once, and the new key is allowed before
  // anybody can use it.
  const std::string fresh = name + ".new";
  make_curve_keys(directory, fresh);
  std::filesystem::copy_file(current, old);
  std::filesystem::rename(directory / (fresh + ".public"), current);
  std::filesystem::rename(directory / (fresh + ".secret"), directory / (name + ".secret"));
}

bool retire_curve_key(const std::filesystem::path& directory, const std::string& name) {
  return std::filesystem::remove(directory / (name + ".old.public"));
}

bool is_loopback(const std::string& address) {
  const std::array<std::string_view, 5> local{
      "tcp://127.", "tcp://localhost:", "tcp://[::1]:", "inproc://", "ipc://"};
  return std::any_of(local.begin(), local.end(),
                     [&](std::string_view prefix) { return address.starts_with(prefix); });
}

void secure_server(zmq::socket_t& socket, const Curve& curve, const std::string& address) {
  if (!curve.enabled()) {
    if (is_loopback(address)) return;
    throw service::ExitError(service::exit_code::config,
                             "refusing to bind " + address +
                                 " in clear: an address that is not loopback needs CURVE keys. "
                                 "Make them with `depthwire keys` and set bus.keys.");
  }
  socket.set(zmq::sockopt::curve_server, true);
  socket.set(zmq::sockopt::curve_secretkey, curve.secret_key);
  socket.set(zmq::sockopt::zap_domain, zap_domain);
}

void secure_client(zmq::socket_t& socket, const Curve& curve,
                   const std::string& server_public_key) {
  if (!curve.enabled()) return;
  socket.set(zmq::sockopt::curve_serverkey, server_public_key);
  socket.set(zmq::sockopt::curve_publickey, curve.public_key);
  socket.set(zmq::sockopt::curve_secretkey, curve.secret_key);
}

// ZAP, ZeroMQ RFC 27: version, request id, domain, address, identity, mechanism, credentials.
class Authenticator::Impl {
 public:
  Impl(zmq::context_t& context, Curve curve)
      : directory_(std::move(curve.directory)),
        allowed_(std::move(curve.allowed)),
        socket_(context, zmq::socket_type::rep) {
    socket_.set(zmq::sockopt::linger, 0);
    socket_.set(zmq::sockopt::rcvtimeo, 100);
    socket_.bind("inproc://zeromq.zap.01");
    thread_ = std::thread([this] { run(); });
  }
  ~Impl() {
    stop_ = true;
    thread_.join();
  }

  std::atomic<std::uint64_t> refused_ = 0;

 private:
  void run() {
    while (!stop_) {
      std::vector<std::string> request;
      zmq::message_t part;
      while (socket_.recv(part)) {
        request.push_back(part.to_string());
        if (!part.more()) break;
      }
      if (request.size() >= 6) answer(request);
    }
  }

  void look_again() {
    if (directory_.empty()) return;
    try {
      allowed_ = read_allowed(directory_);
    } catch (const std::exception&) {
      // A file that is being replaced, or is damaged: who was allowed stays so.
      return;
    }
  }

  void answer(const std::vector<std::string>& request) {
    look_again();
    const bool known = request[5] == "CURVE" && request.size() == 7 && request[6].size() == 32 &&
                       std::binary_search(allowed_.begin(), allowed_.end(), encode(request[6]));
    if (!known) ++refused_;
    const std::array<std::string, 6> reply{
        "1.0", request[1], known ? "200" : "400", known ? "OK" : "unknown key", "", ""};
    for (std::size_t i = 0; i < reply.size(); ++i) {
      socket_.send(zmq::buffer(reply[i]),
                   i + 1 < reply.size() ? zmq::send_flags::sndmore : zmq::send_flags::none);
    }
  }

  static std::string encode(const std::string& raw) {
    std::array<char, key_length + 1> text{};
    std::array<std::uint8_t, 32> bytes{};
    std::copy(raw.begin(), raw.end(), bytes.begin());
    zmq_z85_encode(text.data(), bytes.data(), bytes.size());
    return text.data();
  }

  std::filesystem::path directory_;
  std::vector<std::string> allowed_;  // sorted
  zmq::socket_t socket_;
  std::atomic<bool> stop_ = false;
  std::thread thread_;
};

Authenticator::Authenticator(zmq::context_t& context, Curve curve)
    : impl_(std::make_unique<Impl>(context, std::move(curve))) {}
Authenticator::~Authenticator() = default;
std::uint64_t Authenticator::refused() const { return impl_->refused_; }

}  // namespace depthwire::bus
