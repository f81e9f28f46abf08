#pragma once

#include "common/bus/subscriber.hpp"
#include "tests/support/process.hpp"
#include "tests/support/temp_dir.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace depthwire::bench {

/// The real programs of one pipeline, in a directory of their own and on free ports, with the
/// simulator as broker. They stop with the object, in the opposite order of their start.
class Pipeline {
 public:
  struct Options {
    std::vector<std::string> simulator;  ///< its options, such as --pace 1000
    std::string sources;                 ///< whom the gateway shows, with commas; empty: everybody
    std::string database_host;           ///< of the persister
    std::string database;
  };
  /// Starts the simulator; its market waits for streaming.
  explicit Pipeline(const Options& options);
  ~Pipeline();
  Pipeline(const Pipeline&) = delete;
  Pipeline& operator=(const Pipeline&) = delete;

  void start(const std::string& name);
  /// Waits until /readyz of `name` says 200; throws with its output when it does not.
  void wait_ready(const std::string& name);
  /// What /readyz says of `name`.
  [[nodiscard]] std::string status(const std::string& name);
  /// Waits until the simulator has sent all events that it was told to.
  void wait_for_market_end();

  /// All processes, the simulator too.
  [[nodiscard]] std::vector<std::string> names() const;
  [[nodiscard]] pid_t pid(const std::string& name);
  [[nodiscard]] std::uint16_t web_port();
  /// Reads the journal of the publisher `name` from its newest record on.
  [[nodiscard]] bus::SubscriberOptions subscription(const std::string& name) const;
  /// The simulator's authority and certificate.
  [[nodiscard]] std::filesystem::path certificates() const { return dir_.path() / "simulator"; }

 private:
  struct Child {
    std::string name;
    std::unique_ptr<tests::Process> process;
  };

  void start(const std::string& name, std::vector<std::string> command);
  void write_config(const Options& options, const std::string& broker_port);
  [[nodiscard]] tests::Process& process(const std::string& name);
  /// The rest of the line of its output that begins with `text`.
  [[nodiscard]] std::string told(const std::string& name, const std::string& text);

  tests::TempDir dir_;
  std::filesystem::path config_;
  std::vector<int> ports_;
  std::vector<Child> children_;
};

}  // namespace depthwire::bench
