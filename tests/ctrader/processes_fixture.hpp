#pragma once

#include "common/journal/reader.hpp"
#include "tests/support/process.hpp"
#include "tests/support/temp_dir.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace depthwire {

/// A simulator and the processes that talk to it, with their journals in a directory of the test.
class CtraderProcesses : public testing::Test {
 protected:
  using Variables = std::map<std::string, std::string>;

  /// Health addresses on any free port.
  static Variables any_health() {
    return {{"DEPTHWIRE_SIMULATOR_HEALTH", "127.0.0.1:0"},
            {"DEPTHWIRE_STREAMING_HEALTH", "127.0.0.1:0"},
            {"DEPTHWIRE_HISTORICAL_HEALTH", "127.0.0.1:0"}};
  }
  /// Starts a simulator on a free port and waits until it listens.
  tests::Process& simulate(std::vector<std::string> arguments = {"--symbols", "2"}) {
    std::vector<std::string> command{SIMULATOR, "--listen", "127.0.0.1:0", "--state",
                                     (dir_.path() / "sim").string()};
    command.insert(command.end(), arguments.begin(), arguments.end());
    simulator_ = std::make_unique<tests::Process>(tests::Process::Options{
        command, any_health(), dir_.path() / ("simulator." + std::to_string(++outputs_))});
    const auto line = simulator_->output_from("listening on 127.0.0.1:");
    EXPECT_TRUE(line);
    if (line) port_ = line->substr(23, line->find('\n') - 23);
    const auto json = simulator_->output_from("JSON on 127.0.0.1:");
    EXPECT_TRUE(json);
    if (json) json_port_ = json->substr(18, json->find('\n') - 18);
    return *simulator_;
  }

  std::unique_ptr<tests::Process> start(const std::string& program, const Variables& more = {}) {
    Variables variables{{"DEPTHWIRE_CTRADER_PORT", port_},
                        {"DEPTHWIRE_CTRADER_JSON_PORT", json_port_},
                        {"DEPTHWIRE_CTRADER_CA_FILE", (dir_.path() / "sim/ca.pem").string()},
                        {"DEPTHWIRE_BUS_JOURNALS", (dir_.path() / "journals").string()},
                        {"DEPTHWIRE_BUS_STREAMING_PUBLISH", "tcp://127.0.0.1:*"},
                        {"DEPTHWIRE_BUS_STREAMING_REQUESTS", "tcp://127.0.0.1:*"},
                        {"DEPTHWIRE_BUS_HISTORICAL_PUBLISH", "tcp://127.0.0.1:*"},
                        {"DEPTHWIRE_BUS_HISTORICAL_REQUESTS", "tcp://127.0.0.1:*"}};
    variables.merge(any_health());
    for (const auto& [name, value] : more) variables[name] = value;
    return std::make_unique<tests::Process>(tests::Process::Options{
        {program}, variables, dir_.path() / ("output." + std::to_string(++outputs_))});
  }

  static std::string health_of(tests::Process& process) {
    const auto line = process.output_from("health at http://");
    EXPECT_TRUE(line) << process.output();
    return line ? line->substr(17, line->find('\n') - 17) : "";
  }
  /// Waits until /readyz of `process` holds `text`; gives its status.
  static int wait_ready(tests::Process& process, const std::string& text) {
    const auto address = health_of(process);
    int status = 0;
    EXPECT_TRUE(tests::eventually([&] {
      const auto reply = tests::http_get(address, "/readyz");
      if (reply) status = reply->status;
      return reply && reply->body.find(text) != std::string::npos;
    })) << process.output();
    return status;
  }

  /// Counts the records of a journal by payload.
  std::map<int, std::uint64_t> count(const std::string& source) {
    std::map<int, std::uint64_t> counts;
    journal::Reader reader(dir_.path() / "journals" / source);
    for (auto next = reader.next(); std::holds_alternative<journal::Record>(next);
         next = reader.next()) {
      ++counts[std::get<journal::Record>(next).header.payload_type];
    }
    return counts;
  }

  tests::TempDir dir_;
  std::unique_ptr<tests::Process> simulator_;
  std::string port_ = "1";
  std::string json_port_ = "1";
  int outputs_ = 0;
};

}  // namespace depthwire
