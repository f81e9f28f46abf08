#pragma once

#include <zmq.hpp>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace depthwire::bus {

/// CURVE keys in Z85 (40 characters). All empty: clear text, allowed on loopback only.
struct Curve {
  std::string public_key;
  std::string secret_key;
  std::vector<std::string> allowed;  ///< public keys that may connect to us
  std::filesystem::path directory;   ///< where they came from, to be looked at again; may be empty

  [[nodiscard]] bool enabled() const { return !secret_key.empty(); }
};

/// Reads `<directory>/<name>.secret` (ours, 0600) and every `*.public` (who may connect). Throws
/// service::ExitError 78 with the file and what is wrong with it.
[[nodiscard]] Curve load_curve(const std::filesystem::path& directory, const std::string& name);

/// The public key of another process, `<directory>/<name>.public`.
[[nodiscard]] std::string load_public_key(const std::filesystem::path& directory,
                                          const std::string& name);

/// Makes a key pair: `<name>.secret` (0600) and `<name>.public`. Refuses to overwrite.
void make_curve_keys(const std::filesystem::path& directory, const std::string& name);

/// Makes a new pair in the place of the one that is there. The old public key stays allowed as
/// `<name>.old.public`, for a process that still runs with it, until retire_curve_key(). Refuses,
/// with service::ExitError 78, when there is no pair or an older one has not been retired.
void rotate_curve_keys(const std::filesystem::path& directory, const std::string& name);

/// Removes `<name>.old.public`; false when there was none.
bool retire_curve_key(const std::filesystem::path& directory, const std::string& name);

/// True for tcp://127.x, tcp://localhost, tcp://[::1], inproc and ipc.
[[nodiscard]] bool is_loopback(const std::string& address);

/// Makes `socket` a CURVE server, or leaves it in clear when `curve` is off. The context needs an
/// Authenticator before: without one libzmq 4.3 lets every key in (its option to enforce the domain
/// is in the draft API, which Debian does not build). Throws service::ExitError 78 when `address`
/// is not loopback and there are no keys.
void secure_server(zmq::socket_t& socket, const Curve& curve, const std::string& address);

/// Makes `socket` a CURVE client of the server with `server_public_key`; in clear when `curve` is
/// off.
void secure_client(zmq::socket_t& socket, const Curve& curve, const std::string& server_public_key);

/// Answers libzmq's authentication requests from the allow-list; one per context, before the
/// first CURVE bind. A peer whose key is not in the list is refused and counted. The list is read
/// again whenever somebody connects, so that keys come and go without a restart; who is connected
/// already stays so.
class Authenticator {
 public:
  Authenticator(zmq::context_t& context, Curve curve);
  ~Authenticator();
  Authenticator(const Authenticator&) = delete;
  Authenticator& operator=(const Authenticator&) = delete;

  [[nodiscard]] std::uint64_t refused() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace depthwire::bus
