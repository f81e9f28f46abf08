#pragma once

#include "common/bus/publisher.hpp"
#include "common/journal/reader.hpp"
#include "proto/bus/envelope.pb.h"
#include "tests/support/temp_dir.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace depthwire::bus::testing {

/// A publisher whose spots a stage steps.
class StageFixture : public ::testing::Test {
 protected:
  void feed(int count, std::string_view payload = "spot") {
    const auto topic = input_.topic("spot", "EURUSD");
    for (int i = 0; i < count; ++i) input_.append(topic, Envelope::kSpot, payload);
    input_.flush();
  }
  // All but control records: flags, then the envelope.
  static std::vector<std::string> outputs(const std::filesystem::path& journal) {
    std::vector<std::string> out;
    each(journal, [&](const journal::Record& record) {
      if (record.control()) return;
      out.push_back(std::to_string(record.header.flags) + ' ' + std::string(record.payload));
    });
    return out;
  }
  static std::vector<Envelope> dead_letters(const std::filesystem::path& journal) {
    std::vector<Envelope> out;
    each(journal, [&](const journal::Record& record) {
      if (record.header.payload_type != Envelope::kDeadLetter) return;
      out.emplace_back();
      ASSERT_TRUE(out.back().ParseFromString(std::string(record.payload)));
    });
    return out;
  }

  tests::TempDir dir_;
  zmq::context_t context_;
  Publisher input_{context_,
                   {.environment = "sim",
                    .source = "sim.streaming",
                    .journal = dir_.path() / "streaming",
                    .publish = "tcp://127.0.0.1:*",
                    .requests = "tcp://127.0.0.1:*"}};

 private:
  template <class Take>
  static void each(const std::filesystem::path& journal, const Take& take) {
    journal::Reader reader(journal);
    while (true) {
      const auto result = reader.next();
      const auto* record = std::get_if<journal::Record>(&result);
      if (record == nullptr) return;
      take(*record);
    }
  }
};

}  // namespace depthwire::bus::testing
