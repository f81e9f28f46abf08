#pragma once

#include <functional>
#include <memory>
#include <string>

namespace depthwire::service {

struct HttpAnswer {
  int status = 200;
  std::string type = "text/plain; charset=utf-8";
  std::string body;
};

/// Answers GET requests on one thread of its own. Requests are bounded in size and time, so that no
/// client can hold it up; every answer ends its connection.
class HttpServer {
 public:
  /// Called on the server's thread with the path of a GET, without its query.
  using Handler = std::function<HttpAnswer(const std::string& path)>;

  /// Binds `address` (host:port; port 0: the system chooses) and serves. Throws ExitError: 78 for
  /// an address that cannot be read or does not exist here, 69 for one in use.
  HttpServer(const std::string& address, Handler handler);
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  /// host:port as bound.
  [[nodiscard]] std::string address() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace depthwire::service
