#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace depthwire::ctrader::testing {

/// A certificate authority and a server certificate for `host`, in files of a new directory that
/// goes with the object.
class Certificates {
 public:
  explicit Certificates(const std::string& host = "localhost");
  ~Certificates();
  Certificates(const Certificates&) = delete;
  Certificates& operator=(const Certificates&) = delete;

  [[nodiscard]] std::filesystem::path ca_file() const { return directory_ / "ca.pem"; }
  [[nodiscard]] std::filesystem::path certificate() const { return directory_ / "server.pem"; }
  [[nodiscard]] std::filesystem::path key() const { return directory_ / "server.key"; }
  /// Of the server's public key.
  [[nodiscard]] const std::string& pin() const { return pin_; }

 private:
  std::string pin_;
  std::filesystem::path directory_;
};

/// The server's end of one connection. Blocking, on the server's thread.
class Peer {
 public:
  virtual ~Peer() = default;
  /// The next frame without its length; empty when the client has gone.
  virtual std::optional<std::string> read_frame() = 0;
  /// All of `bytes` in one TLS record where they fit; false when the client has gone.
  virtual bool write(const std::string& bytes) = 0;
  /// The name the client asked for (SNI).
  [[nodiscard]] virtual std::string server_name() const = 0;
};

/// A TLS server on a free port of loopback: runs `script` for each connection, one after another,
/// then closes it.
class TestServer {
 public:
  TestServer(const Certificates& certificates, std::function<void(Peer&)> script);
  ~TestServer();
  TestServer(const TestServer&) = delete;
  TestServer& operator=(const TestServer&) = delete;

  [[nodiscard]] std::uint16_t port() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace depthwire::ctrader::testing
