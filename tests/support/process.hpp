#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

namespace depthwire::tests {

/// Waits until `condition` holds; false when it does not within `limit`.
[[nodiscard]] bool eventually(const std::function<bool()>& condition,
                              std::chrono::milliseconds limit = std::chrono::seconds(10));

/// A program that a test started; killed when the object goes away.
class Process {
 public:
  struct Options {
    std::vector<std::string> command;              ///< program and arguments
    std::map<std::string, std::string> variables;  ///< added to this process's own
    std::filesystem::path output;                  ///< file for stdout and stderr
    std::filesystem::path directory;               ///< working directory; empty: ours
  };
  explicit Process(const Options& options);
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  [[nodiscard]] pid_t pid() const { return pid_; }
  void signal(int number) const;
  /// The exit code, 128 + signal when one ended it; nothing when it still runs after `limit`.
  [[nodiscard]] std::optional<int> wait(std::chrono::milliseconds limit = std::chrono::seconds(10));
  [[nodiscard]] bool running();
  /// All it has written so far.
  [[nodiscard]] std::string output() const;
  /// Waits for `text` in the output; the output from there on, nothing when it does not come.
  [[nodiscard]] std::optional<std::string> output_from(
      const std::string& text, std::chrono::milliseconds limit = std::chrono::seconds(10));

 private:
  pid_t pid_;
  std::filesystem::path output_;
  std::optional<int> status_;
};

struct HttpReply {
  int status = 0;
  std::string head;
  std::string body;
};

/// GET http://<address><path>, address as host:port; nothing when there is no answer.
[[nodiscard]] std::optional<HttpReply> http_get(const std::string& address,
                                                const std::string& path);

/// A TCP connection to 127.0.0.1:port of `address`; sends `text` and reads until the peer closes.
[[nodiscard]] std::optional<std::string> tcp_exchange(const std::string& address,
                                                      const std::string& text);

/// A port that was free a moment ago. Where a program can take port 0, let it.
[[nodiscard]] int free_port();

}  // namespace depthwire::tests
